package dev.cortado.model;

import dev.cortado.model.arch.Llama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.NaiveLlama;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Small random Llamas of all kinds.
public final class TinyLlama {
    private TinyLlama() {}

    /// Numbers of a small model: tied or not, with one, some or as many key/value heads as query heads, and heads
    /// that together may be wider or narrower than the model.
    public static LlamaSpec spec(RandomGenerator random) {
        int kvHeads = random.nextInt(1, 4);
        return new LlamaSpec(
                random.nextInt(5, 30),
                random.nextInt(20, 40),
                random.nextInt(1, 9) * 2,
                random.nextInt(1, 4),
                kvHeads * random.nextInt(1, 4),
                kvHeads,
                2 * random.nextInt(1, 5),
                random.nextInt(1, 20),
                random.nextBoolean() ? 1e-5 : 1e-2,
                random.nextBoolean() ? 10_000 : 500,
                random.nextBoolean());
    }

    /// A model whose every parameter is random and matters; a new one would start with zeros in its branches.
    public static CausalLm model(LlamaSpec spec, RandomGenerator random) {
        var model = Llama.of(spec, Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        try (var _ = Scope.open("tiny");
                var _ = Grad.off()) {
            for (Parameter p : model.parameters()) {
                Tensor noise = Tensors.normal(p.tensor().shape(), 0, 1, random);
                p.tensor()
                        .copyInPlace(
                                p.tensor().rank() == 1
                                        ? noise.mul(0.2).add(1)
                                        : noise.mul(1
                                                / Math.sqrt((double) p.tensor().size(1))));
            }
        }
        return model;
    }

    /// The same model in plain loops.
    public static NaiveLlama naive(CausalLm model) {
        var spec = (LlamaSpec) model.spec();
        return new NaiveLlama(
                spec.layers(), spec.heads(), spec.kvHeads(), spec.normEpsilon(), spec.ropeTheta(), weights(model));
    }

    private static Map<String, double[][]> weights(CausalLm model) {
        Map<String, double[][]> weights = new HashMap<>();
        for (Parameter p : model.parameters()) {
            weights.put(p.name(), Doubles.rows(p.tensor()));
        }
        return weights;
    }

    /// Random ids of this model.
    public static int[] ids(LlamaSpec spec, RandomGenerator random, int count) {
        return random.ints(count, 0, spec.vocabSize()).toArray();
    }
}
