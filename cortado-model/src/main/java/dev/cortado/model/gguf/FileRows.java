package dev.cortado.model.gguf;

import dev.cortado.model.quant.BlockFormat;
import dev.cortado.model.quant.BlockMatrix;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// A tensor of a source as rows in the order of a GGUF file, some of them at a time. Thread-safe. A vector is a row,
/// one whose elements are rearranged is a column.
sealed interface FileRows {
    ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    long count();

    long columns();

    /// Numbers of `rows` rows from `first` on.
    void read(long first, int rows, float[] into);

    /// Whether rows can be copied for a file of this type.
    default boolean copies(GgmlType type) {
        return false;
    }

    /// Bytes of `rows` rows from `first` on.
    default void copy(long first, int rows, MemorySegment into) {
        throw new IllegalStateException("rows are to be encoded");
    }

    static FileRows of(WeightSource source, String name, Arrangement arrangement) {
        Optional<QuantisedMatrix> blocks = source.blocks(name);
        if (blocks.isPresent()) {
            // A matrix in blocks is [out, in] already.
            return new Blocks(blocks.get(), arrangement);
        }
        StoredTensor tensor = source.find(name).orElseThrow();
        if (arrangement instanceof Arrangement.Transposed) {
            return new Columns(tensor);
        }
        boolean vector = tensor.shape().rank() < 2;
        long columns = !vector
                ? tensor.shape().size(-1)
                : arrangement.inOrder() ? tensor.shape().count() : 1;
        return new Rows(tensor, tensor.shape().count() / columns, columns, arrangement);
    }

    /// Of a matrix in some number format.
    record Blocks(QuantisedMatrix matrix, Arrangement arrangement) implements FileRows {
        @Override
        public long count() {
            return matrix.rows();
        }

        @Override
        public long columns() {
            return matrix.columns();
        }

        @Override
        public void read(long first, int rows, float[] into) {
            int columns = Math.toIntExact(matrix.columns());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment row = arena.allocate(columns * 4L, 4);
                for (int r = 0; r < rows; r++) {
                    matrix.decode(arrangement.rowOfFile(first + r, count()), 1, row);
                    MemorySegment.copy(row, F32, 0, into, r * columns, columns);
                }
            }
        }

        @Override
        public boolean copies(GgmlType type) {
            return matrix instanceof BlockMatrix known && known.blockFormat().type() == type;
        }

        @Override
        public void copy(long first, int rows, MemorySegment into) {
            if (matrix instanceof BlockMatrix known) {
                long at = 0;
                for (int r = 0; r < rows; r++) {
                    MemorySegment row = known.row(arrangement.rowOfFile(first + r, count()));
                    MemorySegment.copy(row, 0, into, at, row.byteSize());
                    at += row.byteSize();
                }
            }
        }
    }

    /// Of plain numbers.
    record Rows(StoredTensor tensor, long count, long columns, Arrangement arrangement) implements FileRows {
        @Override
        public void read(long first, int rows, float[] into) {
            int width = Math.toIntExact(columns);
            boolean ordered = arrangement.inOrder() || arrangement instanceof Arrangement.Shifted;
            if (ordered) {
                numbers(tensor, first * columns, rows * width, into, 0);
            } else {
                for (int r = 0; r < rows; r++) {
                    numbers(tensor, arrangement.rowOfFile(first + r, count) * columns, width, into, r * width);
                }
            }
            if (arrangement instanceof Arrangement.Shifted) {
                for (int i = 0; i < rows * width; i++) {
                    into[i] += 1;
                }
            }
        }
    }

    /// The columns of a matrix of plain numbers `[in, out]`, as rows.
    record Columns(StoredTensor tensor) implements FileRows {
        @Override
        public long count() {
            return tensor.shape().size(1);
        }

        @Override
        public long columns() {
            return tensor.shape().size(0);
        }

        @Override
        public void read(long first, int rows, float[] into) {
            int width = Math.toIntExact(columns());
            float[] side = new float[rows];
            for (int i = 0; i < width; i++) {
                numbers(tensor, i * count() + first, rows, side, 0);
                for (int r = 0; r < rows; r++) {
                    into[r * width + i] = side[r];
                }
            }
        }
    }

    private static void numbers(StoredTensor tensor, long first, int count, float[] into, int at) {
        Optional<GgmlType> type = switch (tensor.dtype()) {
            case F32 -> Optional.of(GgmlType.F32);
            case F16 -> Optional.of(GgmlType.F16);
            case BF16 -> Optional.of(GgmlType.BF16);
            default -> Optional.empty();
        };
        if (type.isPresent()) {
            BlockFormat.of(type.get()).orElseThrow().decode(tensor.bytes(), first, count, into, at);
            return;
        }
        int bytes = tensor.dtype().bytes();
        try (var _ = Scope.open("numbers")) {
            MemorySegment part = tensor.bytes().asSlice(first * bytes, (long) count * bytes);
            MemorySegment floats = Tensors.copyOf(part, tensor.dtype(), Shape.of(count))
                    .to(DType.F32)
                    .bytes();
            MemorySegment.copy(floats, F32, 0, into, at, count);
        }
    }
}
