package dev.cortado.model.convert;

import dev.cortado.model.Model;
import dev.cortado.model.QuantisedParameter;
import dev.cortado.model.Storage;
import dev.cortado.model.quant.QuantError;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.source.ModelSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What it costs to keep a model's matrices in fewer bits: how far their numbers move, and the outputs with them.
///
/// @param matrices in the order of the model; all else is kept in F32
/// @param bytes    of all parameters, as they are kept
/// @param likeness to the model as it is in its file
public record StorageCost(List<MatrixCost> matrices, long bytes, Likeness likeness) {
    private static final long PIECE = 1 << 20; // numbers

    /// Of one matrix.
    public record MatrixCost(String name, String format, QuantError error) {}

    public StorageCost {
        matrices = List.copyOf(matrices);
    }

    /// Reads a model twice, as it is and in this storage, on the CPU.
    public static StorageCost of(ModelSource source, Storage storage) throws IOException {
        try (Model original = source.open(Device.CPU, Storage.MAPPED);
                Model kept = source.open(Device.CPU, storage)) {
            Map<String, Rows> rows = new HashMap<>();
            original.parameters().list().forEach(p -> rows.put(p.name(), new Rows.Plain(p.tensor())));
            original.parameters().quantised().forEach(q -> rows.put(q.name(), new Rows.Blocks(q.matrix())));
            List<MatrixCost> matrices = new ArrayList<>();
            for (QuantisedParameter q : kept.parameters().quantised()) {
                try (var _ = Scope.open(q.name())) {
                    Rows was = rows.get(q.name());
                    Rows turned = was instanceof Rows.Plain plain && q.turned() ? plain.turned() : was;
                    matrices.add(new MatrixCost(q.name(), q.matrix().format(), error(turned, q.matrix())));
                }
                original.parameters().release();
            }
            long plain = kept.parameters().list().stream()
                    .mapToLong(p -> p.tensor().count() * p.tensor().dtype().bytes())
                    .sum();
            long narrow = matrices.stream().mapToLong(m -> m.error().bytes()).sum();
            return new StorageCost(matrices, plain + narrow, Likeness.of(original, kept));
        }
    }

    /// All matrices together.
    public QuantError error() {
        return matrices.stream().map(MatrixCost::error).reduce(QuantError.NOTHING, QuantError::plus);
    }

    private static QuantError error(Rows was, QuantisedMatrix is) {
        long step = Math.max(1, PIECE / is.columns());
        QuantError total = QuantError.NOTHING;
        for (long from = 0; from < is.rows(); from += step) {
            long count = Math.min(step, is.rows() - from);
            total = total.plus(QuantError.of(was.floats(from, count), decoded(is, from, count), 0));
        }
        return total.plus(new QuantError(0, is.bytes(), 0, 0, 0));
    }

    private static float[] decoded(QuantisedMatrix matrix, long from, long count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, count * matrix.columns());
            matrix.decode(from, count, floats);
            return floats.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// A matrix as the file has it.
    private sealed interface Rows {
        float[] floats(long from, long count);

        record Plain(Tensor matrix) implements Rows {
            Plain turned() {
                return new Plain(matrix.transpose(0, 1));
            }

            @Override
            public float[] floats(long from, long count) {
                try (var _ = Scope.open("rows")) {
                    return matrix.slice(0, from, from + count)
                            .to(DType.F32)
                            .contiguous()
                            .toFloats();
                }
            }
        }

        record Blocks(QuantisedMatrix matrix) implements Rows {
            @Override
            public float[] floats(long from, long count) {
                return decoded(matrix, from, count);
            }
        }
    }
}
