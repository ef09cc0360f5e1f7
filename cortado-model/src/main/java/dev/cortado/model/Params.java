package dev.cortado.model;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// What an architecture asks for its parameters while it is built: it names them, and they are loaded from a
/// checkpoint or initialised, and placed on a device.
///
/// Paths are Hugging Face's names: `params.at("layers").at(3).projection("q_proj", in, out)` is
/// `layers.3.q_proj.weight`. When the model is complete, [#finish] fails if the checkpoint lacks a tensor or holds
/// one that nobody asked for, and gives the set of all parameters.
public final class Params {
    private final String path;
    private final Shared shared;

    private Params(String path, Shared shared) {
        this.path = path;
        this.shared = shared;
    }

    /// Parameters that start at random. Each draws from a stream of its own, seeded by `seed` and its name.
    public static Params initialised(long seed, Device device) {
        return new Params("", new Shared(new Origin.Random(seed), device));
    }

    /// Parameters read from a checkpoint, as F32.
    public static Params loaded(WeightSource weights, Device device) {
        return new Params("", new Shared(new Origin.Checkpoint(weights), device));
    }

    /// The parameters under a name inside this path.
    public Params at(String name) {
        return new Params(path + name + ".", shared);
    }

    /// The parameters of the layer with this number.
    public Params at(int number) {
        return at(Integer.toString(number));
    }

    /// A linear map without bias, initialised to keep the scale of activations.
    public Projection projection(String name, long in, long out) {
        return projection(name, in, out, Init.fanIn(in));
    }

    /// A linear map without bias: parameter `name.weight` [out, in].
    public Projection projection(String name, long in, long out, Init init) {
        return new Projection.Dense(tensor(name + ".weight", Shape.of(out, in), init));
    }

    /// One parameter, named in full relative to this path.
    public Tensor tensor(String name, Shape shape, Init init) {
        return shared.make(path + name, shape, init);
    }

    /// The complete set; to be called once, after the model has been built.
    ///
    /// @throws IllegalArgumentException naming the tensors a checkpoint lacks, those of another shape, and those
    /// unused
    public ParameterSet finish() {
        return shared.finish();
    }

    private sealed interface Origin {
        record Random(long seed) implements Origin {}

        record Checkpoint(WeightSource weights) implements Origin {}
    }

    private static final class Shared {
        private final Origin origin;
        private final Device device;
        private final Map<String, Tensor> made = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        Shared(Origin origin, Device device) {
            this.origin = origin;
            this.device = device;
        }

        Tensor make(String name, Shape shape, Init init) {
            if (made.containsKey(name)) {
                throw new IllegalStateException("parameter " + name + " is asked for twice");
            }
            try (var scope = Scope.open(name)) {
                Tensor onCpu = switch (origin) {
                    case Origin.Random(long seed) -> init.make(shape, new SplittableRandom(mix(seed, name)));
                    case Origin.Checkpoint(WeightSource weights) -> load(weights, name, shape);
                };
                Tensor placed = scope.own(onCpu.to(device)).requiresGrad(true);
                made.put(name, placed);
                return placed;
            }
        }

        private Tensor load(WeightSource weights, String name, Shape shape) {
            Optional<StoredTensor> stored = weights.find(name);
            if (stored.isEmpty()) {
                problems.add("missing " + name + " " + shape);
            } else if (!stored.get().shape().equals(shape)) {
                problems.add(name + " is " + stored.get().shape() + " where the configuration says " + shape);
            } else {
                StoredTensor found = stored.get();
                Tensor copy = Tensors.copyOf(found.bytes(), found.dtype(), shape);
                return copy.to(DType.F32);
            }
            // A stand-in, so that all problems are found before the one error is thrown.
            return Tensors.zeros(Shape.of(0), DType.F32, Device.CPU);
        }

        ParameterSet finish() {
            var set = new ParameterSet(made.entrySet().stream()
                    .map(e -> new Parameter(e.getKey(), e.getValue()))
                    .toList());
            if (origin instanceof Origin.Checkpoint(WeightSource weights)) {
                var unused = new TreeSet<>(weights.names());
                unused.removeAll(made.keySet());
                unused.forEach(name -> problems.add("unused " + name));
                if (!problems.isEmpty()) {
                    set.close();
                    throw new IllegalArgumentException(weights.path() + " does not fit its configuration: "
                            + String.join("; ", problems.subList(0, Math.min(8, problems.size())))
                            + (problems.size() > 8 ? "; and " + (problems.size() - 8) + " more" : ""));
                }
            }
            return set;
        }

        private static long mix(long seed, String name) {
            long hash = seed;
            for (int i = 0; i < name.length(); i++) {
                hash = (hash ^ name.charAt(i)) * 0x9E3779B97F4A7C15L;
            }
            return hash;
        }
    }
}
