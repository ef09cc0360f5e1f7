package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A matrix `[rows, columns]` of signed bytes with one F32 scale for every row (an output of a projection):
/// `x = scale[row] · code`, codes from −127 to 127, `scale = max |x| / 127`. Symmetric absmax quantisation, per
/// output row as in Dettmers et al. 2022 ("LLM.int8()", arXiv:2208.07339), section 2.
///
/// A value is off by no more than half its row's scale.
public final class Int8Rows {
    private static final int TOP = 127;

    private final long rows;
    private final int columns;
    private final MemorySegment codes;
    private final MemorySegment scales;

    /// A matrix that is stored already.
    ///
    /// @param codes `rows · columns` signed bytes, row-major
    /// @param scales `rows` little-endian F32
    /// @throws IllegalArgumentException if the sizes do not agree
    public Int8Rows(long rows, int columns, MemorySegment codes, MemorySegment scales) {
        if (rows < 0
                || columns < 1
                || codes.byteSize() % columns != 0
                || codes.byteSize() / columns != rows
                || scales.byteSize() % Float.BYTES != 0
                || scales.byteSize() / Float.BYTES != rows) {
            throw new IllegalArgumentException(codes.byteSize() + " codes and " + scales.byteSize()
                    + " bytes of F32 scales are no int8 matrix [" + rows + ", " + columns + "]");
        }
        this.rows = rows;
        this.columns = columns;
        this.codes = codes.asReadOnly();
        this.scales = scales.asReadOnly();
    }

    /// Quantises a matrix on the heap's account: at most 2³¹ codes.
    ///
    /// @param values `rows · columns` little-endian F32, row-major
    /// @throws IllegalArgumentException if they are not that many, too many, or not all finite
    public static Int8Rows encode(MemorySegment values, long rows, int columns) {
        long rowBytes = (long) columns * Float.BYTES;
        if (columns < 1 || values.byteSize() % rowBytes != 0 || values.byteSize() / rowBytes != rows) {
            throw new IllegalArgumentException(
                    values.byteSize() + " bytes of F32 are no matrix [" + rows + ", " + columns + "]");
        }
        if (rows > Integer.MAX_VALUE / columns) {
            throw new IllegalArgumentException(
                    "a matrix [" + rows + ", " + columns + "] is too large for int8 on the heap: cut it by rows");
        }
        byte[] codes = new byte[(int) rows * columns];
        float[] scales = new float[(int) rows];
        float[] row = new float[columns];
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(values, Pieces.F32, r * rowBytes, row, 0, columns);
            scales[r] = encode(row, r, codes, r * columns);
        }
        return new Int8Rows(rows, columns, MemorySegment.ofArray(codes), MemorySegment.ofArray(scales));
    }

    /// Encodes one row and returns its scale.
    private static float encode(float[] row, long number, byte[] codes, int at) {
        float most = 0;
        for (int i = 0; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                throw new IllegalArgumentException("value " + i + " of row " + number + " is " + row[i]
                        + ": only finite numbers can be quantised to int8");
            }
            most = Math.max(most, Math.abs(row[i]));
        }
        float scale = most / TOP;
        if (scale == 0) {
            return 0; // zeros, or so small that no scale can tell them from zero; the codes are zero already
        }
        if (Float.isInfinite(scale * TOP)) {
            scale = Math.nextDown(scale); // the scale of the largest floats must not round up
        }
        for (int i = 0; i < row.length; i++) {
            codes[at + i] = (byte) Math.clamp((int) Math.rint(row[i] / scale), -TOP, TOP);
        }
        return scale;
    }

    /// Decodes one row into `columns` floats from index `at` on.
    public void decode(long row, float[] into, int at) {
        Objects.checkIndex(row, rows);
        Objects.checkFromIndexSize(at, columns, into.length);
        float scale = scales.get(Pieces.F32, row * Float.BYTES);
        byte[] piece = new byte[Pieces.of(columns, 1)];
        for (int done = 0; done < columns; done += piece.length) {
            int now = Math.min(piece.length, columns - done);
            MemorySegment.copy(codes, ValueLayout.JAVA_BYTE, row * columns + done, piece, 0, now);
            for (int i = 0; i < now; i++) {
                into[at + done + i] = piece[i] * scale;
            }
        }
    }

    public long rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /// The codes, `[rows, columns]` signed bytes; read-only.
    public MemorySegment codes() {
        return codes;
    }

    /// The scales, `[rows]` little-endian F32; read-only.
    public MemorySegment scales() {
        return scales;
    }

    /// What all of it takes.
    public long bytes() {
        return codes.byteSize() + scales.byteSize();
    }
}
