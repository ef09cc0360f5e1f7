package dev.cortado.model;

import dev.cortado.model.quant.Int8Matrix;
import dev.cortado.model.quant.Int8Rows;
import dev.cortado.model.quant.Nf4;
import dev.cortado.model.quant.Nf4Matrix;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/// Makes the parameters of one model and remembers them: the other half of [Params], which gives them their paths.
final class ParameterPool {
    private static final int PROBLEMS_SHOWN = 8;

    /// A configuration that claims billions of layers is not followed to its end.
    private static final int PROBLEMS_FOLLOWED = 1000;

    private final Origin origin;
    private final Device device;
    private final Map<String, Tensor> made = new LinkedHashMap<>();
    private final List<QuantisedParameter> quantised = new ArrayList<>();
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> read = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> respelled = new ArrayList<>();

    /// Where parameters come from.
    sealed interface Origin {
        record Random(long seed) implements Origin {}

        record Checkpoint(WeightSource weights, CheckpointNames names, Storage storage) implements Origin {}
    }

    ParameterPool(Origin origin, Device device) {
        this.origin = origin;
        this.device = device;
    }

    /// A tensor that is always kept in F32.
    Tensor tensor(String name, Shape shape, Init init) {
        once(name);
        return dense(name, shape, init, false);
    }

    Projection projection(String name, long in, long out, Init init) {
        once(name);
        return narrow(name, out, in, false)
                .<Projection>map(Projection.Quantised::new)
                .orElseGet(() -> new Projection.Dense(dense(name, Shape.of(out, in), init, true)));
    }

    /// A matrix that checkpoints hold as [in, out]; in a number format of blocks it is [out, in] as any other.
    Projection transposed(String name, long in, long out, Init init) {
        once(name);
        return narrow(name, out, in, true)
                .<Projection>map(Projection.Quantised::new)
                .orElseGet(() -> new Projection.Transposed(dense(name, Shape.of(in, out), init, true)));
    }

    Embedding embedding(String name, long count, long width, Init init) {
        once(name);
        return narrow(name, count, width, false)
                .<Embedding>map(Embedding.Quantised::new)
                .orElseGet(() -> new Embedding.Dense(dense(name, Shape.of(count, width), init, true)));
    }

    boolean has(String name) {
        return switch (origin) {
            case Origin.Random _ -> true;
            case Origin.Checkpoint(WeightSource weights, CheckpointNames names, var _) ->
                names.spellings(name).stream().anyMatch(weights.names()::contains);
        };
    }

    private void once(String name) {
        if (!asked.add(name)) {
            throw new IllegalStateException("parameter " + name + " is asked for twice");
        }
    }

    /// A matrix in the number format that the storage asks for or the file has; empty where it is to be a tensor.
    ///
    /// @param turned whether a checkpoint's plain numbers are [columns, rows]
    private Optional<QuantisedMatrix> narrow(String name, long rows, long columns, boolean turned) {
        if (!(origin instanceof Origin.Checkpoint(WeightSource weights, var _, Storage storage))) {
            return Optional.empty();
        }
        Optional<String> spelling = spelling(name);
        Optional<QuantisedMatrix> matrix = switch (storage) {
            case TRAINABLE -> Optional.empty();
            case MAPPED -> spelling.flatMap(weights::blocks);
            case INT8 ->
                plain(
                        name,
                        rows,
                        columns,
                        turned,
                        floats -> new Int8Matrix(Int8Rows.encode(floats, rows, Math.toIntExact(columns))));
            case NF4 -> plain(name, rows, columns, turned, floats -> new Nf4Matrix(Nf4.encode(floats), rows, columns));
        };
        matrix.ifPresent(found -> {
            read.add(spelling.orElseThrow());
            if (found.rows() != rows || found.columns() != columns) {
                misfit(name + " is " + Shape.of(found.rows(), found.columns()) + " where the configuration says "
                        + Shape.of(rows, columns));
            }
            quantised.add(new QuantisedParameter(name, found, turned && storage != Storage.MAPPED));
        });
        return matrix;
    }

    /// A matrix quantised now; empty where the checkpoint has no such matrix, which [#dense] will say.
    private Optional<QuantisedMatrix> plain(
            String name, long rows, long columns, boolean turned, Function<MemorySegment, QuantisedMatrix> encode) {
        Shape shape = turned ? Shape.of(columns, rows) : Shape.of(rows, columns);
        Optional<StoredTensor> stored = spelling(name)
                .flatMap(checkpoint().weights()::find)
                .filter(found -> found.shape().equals(shape));
        try (var _ = Scope.open(name)) {
            return stored.map(found -> {
                Tensor all = Tensors.copyOf(found.bytes(), found.dtype(), shape).to(DType.F32);
                try {
                    return encode.apply(
                            (turned ? all.transpose(0, 1) : all).contiguous().bytes());
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            checkpoint().weights().path() + ": tensor " + name + ": " + e.getMessage(), e);
                }
            });
        }
    }

    private Tensor dense(String name, Shape shape, Init init, boolean matrix) {
        try (var scope = Scope.open(name)) {
            boolean trainable = true;
            Tensor tensor;
            switch (origin) {
                case Origin.Random(long seed) -> tensor = init.make(shape, new SplittableRandom(mix(seed, name)));
                case Origin.Checkpoint(var _, var _, Storage storage) -> {
                    tensor = load(name, shape, matrix && storage == Storage.MAPPED);
                    trainable = storage == Storage.TRAINABLE;
                }
            }
            Tensor placed = scope.own(tensor.to(device)).requiresGrad(trainable);
            made.put(name, placed);
            return placed;
        }
    }

    private Tensor load(String name, Shape shape, boolean inPlace) {
        Optional<StoredTensor> stored = find(name, shape);
        if (stored.isEmpty()) {
            // A stand-in, so that all problems are found before the one error is thrown.
            return Tensors.zeros(Shape.of(0), DType.F32, Device.CPU);
        }
        StoredTensor found = stored.get();
        boolean viewable = found.dtype().isFloating()
                && found.dtype() != DType.F64
                && found.dtype().bytes() > 1;
        boolean aligned = found.bytes().address() % found.dtype().bytes() == 0;
        return inPlace && viewable && aligned && found.bytes().isNative()
                ? Tensors.view(found.bytes(), found.dtype(), shape)
                : Tensors.copyOf(found.bytes(), found.dtype(), shape).to(DType.F32);
    }

    /// The stored tensor of this shape; otherwise a problem is noted.
    private Optional<StoredTensor> find(String name, Shape shape) {
        Optional<String> spelling = spelling(name);
        if (spelling.isEmpty()) {
            misfit("missing " + name + " " + shape);
            return Optional.empty();
        }
        StoredTensor found = checkpoint().weights().find(spelling.get()).orElseThrow();
        read.add(spelling.get());
        if (!found.shape().equals(shape)) {
            misfit(name + " is " + found.shape() + " where the configuration says " + shape);
            return Optional.empty();
        }
        return Optional.of(found);
    }

    private Optional<String> spelling(String name) {
        Origin.Checkpoint checkpoint = checkpoint();
        Optional<String> found = checkpoint.names().spellings(name).stream()
                .filter(checkpoint.weights().names()::contains)
                .findFirst();
        found.filter(other -> !other.equals(name)).ifPresent(other -> respelled.add(name + " as " + other));
        return found;
    }

    private Origin.Checkpoint checkpoint() {
        return switch (origin) {
            case Origin.Checkpoint checkpoint -> checkpoint;
            case Origin.Random _ -> throw new IllegalStateException("no checkpoint");
        };
    }

    ParameterSet finish() {
        List<String> mentions = new ArrayList<>();
        if (origin instanceof Origin.Checkpoint(WeightSource weights, CheckpointNames names, var _)) {
            for (String name : weights.names()) {
                if (!read.contains(name)) {
                    (names.isStray(name) ? mentions : problems).add("unused " + name);
                }
            }
            if (!respelled.isEmpty()) {
                mentions.add("spelled otherwise: "
                        + shown(respelled.stream().distinct().toList()));
            }
        }
        var set = new ParameterSet(
                asked,
                made.entrySet().stream()
                        .map(e -> new Parameter(e.getKey(), e.getValue()))
                        .toList(),
                quantised,
                mentions);
        if (!problems.isEmpty()) {
            set.close();
            throw refused();
        }
        return set;
    }

    private void misfit(String problem) {
        problems.add(problem);
        if (problems.size() == PROBLEMS_FOLLOWED) {
            made.values().forEach(Tensor::close);
            throw refused();
        }
    }

    private IllegalArgumentException refused() {
        return new IllegalArgumentException(
                checkpoint().weights().path() + " does not fit its configuration: " + shown(problems));
    }

    private static String shown(List<String> all) {
        return String.join("; ", all.subList(0, Math.min(PROBLEMS_SHOWN, all.size())))
                + (all.size() > PROBLEMS_SHOWN ? "; and " + (all.size() - PROBLEMS_SHOWN) + " more" : "");
    }

    private static long mix(long seed, String name) {
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x9E3779B97F4A7C15L;
        }
        return hash;
    }
}
