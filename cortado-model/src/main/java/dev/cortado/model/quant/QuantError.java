package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;

/// What storing numbers in fewer bits lost. Errors of parts add up: gather them row by row, then tensor by tensor.
///
/// ```java
/// QuantError error = QuantError.NOTHING;
/// for (float[] row : rows) {
///     …                                            // encode the row, decode it again
///     error = error.plus(QuantError.of(row, decoded, format.rowBytes(row.length)));
/// }
/// ```
///
/// @param count the numbers compared
/// @param bytes what their stored form takes
/// @param maxAbs the largest absolute difference
/// @param squaredError the sum of squared differences
/// @param squares the sum of the originals' squares
public record QuantError(long count, long bytes, double maxAbs, double squaredError, double squares) {
    /// The error of no numbers at all.
    public static final QuantError NOTHING = new QuantError(0, 0, 0, 0, 0);

    /// Compares originals with what became of them. A NaN among either makes the sums NaN.
    ///
    /// @param bytes what the stored form of these numbers takes
    /// @throws IllegalArgumentException if the arrays differ in length
    public static QuantError of(float[] original, float[] decoded, long bytes) {
        if (original.length != decoded.length) {
            throw new IllegalArgumentException(
                    original.length + " numbers cannot be compared with " + decoded.length + " decoded ones");
        }
        double maxAbs = 0;
        double squaredError = 0;
        double squares = 0;
        for (int i = 0; i < original.length; i++) {
            double difference = (double) original[i] - decoded[i];
            maxAbs = Math.max(maxAbs, Math.abs(difference));
            squaredError += difference * difference;
            squares += (double) original[i] * original[i];
        }
        return new QuantError(original.length, bytes, maxAbs, squaredError, squares);
    }

    /// What writing a tensor in a format would lose; the tensor is worked through in pieces and nothing is kept.
    ///
    /// @param values little-endian F32, whole blocks of them
    /// @throws IllegalArgumentException if they are no whole blocks, or the format refuses a value
    public static QuantError of(MemorySegment values, WritableFormat format) {
        if (values.byteSize() % Float.BYTES != 0) {
            throw new IllegalArgumentException(values.byteSize() + " bytes are no whole number of F32 values");
        }
        long count = values.byteSize() / Float.BYTES;
        long blocks = format.rowBytes(count) / format.blockBytes();
        int most = Pieces.of(blocks, format.blockLength() * Float.BYTES);
        byte[] stored = new byte[most * format.blockBytes()];
        QuantError total = NOTHING;
        for (long done = 0; done < blocks; done += most) {
            int now = (int) Math.min(most, blocks - done);
            float[] original = new float[now * format.blockLength()];
            float[] decoded = new float[original.length];
            long offset = done * format.blockLength() * Float.BYTES;
            MemorySegment.copy(values, Pieces.F32, offset, original, 0, original.length);
            format.encode(original, 0, now, stored, 0);
            format.decode(stored, 0, now, decoded, 0);
            total = total.plus(of(original, decoded, (long) now * format.blockBytes()));
        }
        return total;
    }

    /// The error of both parts together.
    public QuantError plus(QuantError other) {
        return new QuantError(
                count + other.count,
                bytes + other.bytes,
                Math.max(maxAbs, other.maxAbs),
                squaredError + other.squaredError,
                squares + other.squares);
    }

    /// Root mean square of the differences; 0 for no numbers.
    public double rms() {
        return count == 0 ? 0 : Math.sqrt(squaredError / count);
    }

    /// [#rms] as a share of the root mean square of the originals: 0 where nothing was lost, infinite where
    /// zeros became something else.
    public double relativeRms() {
        return squaredError == 0 ? 0 : Math.sqrt(squaredError / squares);
    }

    /// Bits of storage for a number, scales included; 0 for no numbers.
    public double bitsPerWeight() {
        return count == 0 ? 0 : 8.0 * bytes / count;
    }
}
