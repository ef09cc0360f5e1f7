package dev.cortado.model.gguf;

import dev.cortado.model.quant.BlockFormat;
import dev.cortado.model.quant.BlockMatrix;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.weights.MappedPages;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// The tensors of a GGUF file under Hugging Face's names and in Hugging Face's order of elements.
///
/// What is stored as plain numbers in that order is a view of the mapped file. A matrix in blocks, or one whose rows
/// lie in another order, is read in place through [#blocks]. Only what is asked for by [#find] and is neither is
/// copied: decoded, or rearranged.
final class GgufWeights implements WeightSource {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final SequencedMap<String, Placed> tensors;

    /// A tensor in the file.
    ///
    /// @param stored the shape it has there, of an expert: its own part
    /// @param bytes  of that
    record Placed(List<Long> stored, GgmlType type, MemorySegment bytes, Arrangement arrangement) {
        BlockFormat format() {
            return BlockFormat.of(type).orElseThrow();
        }

        boolean plain() {
            return type.blockLength() == 1;
        }

        /// The dtype of plain numbers.
        DType dtype() {
            return switch (type) {
                case F16 -> DType.F16;
                case BF16 -> DType.BF16;
                default -> DType.F32;
            };
        }

        /// Its rows in Hugging Face's order; a vector whose elements are rearranged is a column, any other a
        /// row.
        BlockMatrix matrix() {
            long count = stored.stream().reduce(1L, Math::multiplyExact);
            boolean vector = stored.size() < 2;
            long columns = !vector ? stored.getLast() : arrangement.inOrder() ? count : 1;
            long rows = count / columns;
            return new BlockMatrix(format(), rows, columns, bytes, row -> arrangement.row(row, rows));
        }
    }

    /// @param arena closed with this source
    GgufWeights(Path file, Arena arena, SequencedMap<String, Placed> tensors) {
        this.file = file;
        this.arena = arena;
        this.tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(tensors.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(placed -> {
            long[] sizes = placed.arrangement().shape(placed.stored()).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            boolean asItIs = placed.plain() && placed.arrangement().inOrder();
            DType dtype = placed.plain() ? placed.dtype() : DType.F32;
            return new StoredTensor(name, dtype, Shape.of(sizes), asItIs ? placed.bytes() : copy(placed, dtype));
        });
    }

    private static MemorySegment copy(Placed placed, DType dtype) {
        BlockMatrix matrix = placed.matrix();
        long rowBytes = matrix.columns() * dtype.bytes();
        // Freed when the last view of it is gone.
        MemorySegment copy = Arena.ofAuto().allocate(matrix.rows() * rowBytes, dtype.bytes());
        if (placed.plain()) {
            for (long row = 0; row < matrix.rows(); row++) {
                copy.asSlice(row * rowBytes, rowBytes).copyFrom(matrix.row(row));
            }
        } else {
            matrix.decode(0, matrix.rows(), copy);
        }
        return switch (placed.arrangement()) {
            case Arrangement.Transposed _ -> transposed(copy, matrix.rows(), matrix.columns(), dtype.bytes());
            case Arrangement.Shifted _ -> shifted(copy, placed);
            default -> copy;
        };
    }

    private static MemorySegment transposed(MemorySegment from, long rows, long columns, int bytes) {
        MemorySegment to = Arena.ofAuto().allocate(from.byteSize(), bytes);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                long source = (row * columns + column) * bytes;
                long target = (column * rows + row) * bytes;
                if (bytes == 2) {
                    to.set(ValueLayout.JAVA_SHORT, target, from.get(ValueLayout.JAVA_SHORT, source));
                } else {
                    to.set(ValueLayout.JAVA_INT, target, from.get(ValueLayout.JAVA_INT, source));
                }
            }
        }
        return to;
    }

    private static MemorySegment shifted(MemorySegment numbers, Placed placed) {
        if (placed.type() != GgmlType.F32) {
            throw new IllegalStateException("norms are F32, as was checked when the file was opened");
        }
        for (long at = 0; at < numbers.byteSize(); at += Float.BYTES) {
            numbers.set(F32, at, numbers.get(F32, at) - 1);
        }
        return numbers;
    }

    @Override
    public Optional<QuantisedMatrix> blocks(String name) {
        return Optional.ofNullable(tensors.get(name))
                .filter(placed -> placed.stored().size() == 2)
                .filter(placed -> !placed.plain() || !placed.arrangement().inOrder())
                .map(Placed::matrix);
    }

    @Override
    public void release() {
        tensors.values().forEach(placed -> MappedPages.release(placed.bytes()));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
