package dev.cortado.model;

import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How the routers of a mixture of experts spread the tokens of one pass; each layer adds what it did.
///
/// Its [#loss] is small when all experts get equal shares (Fedus et al. 2021, arXiv:2101.03961, equations 4 to 6;
/// over the tokens of all layers together, as Hugging Face's Mixtral has it).
public final class RouterLoad {
    private final List<Layer> layers = new ArrayList<>();

    /// One layer's tokens.
    ///
    /// @param probabilities of each expert for each token, [N, E], F32, differentiable
    /// @param counts        how many tokens chose each expert
    private record Layer(Tensor probabilities, List<Long> counts) {}

    /// Notes a layer.
    public void add(Tensor probabilities, long[] counts) {
        layers.add(new Layer(probabilities, Arrays.stream(counts).boxed().toList()));
    }

    /// Whether a model without routers was called.
    public boolean isEmpty() {
        return layers.isEmpty();
    }

    /// The share of tokens that chose each expert, over all layers: with k experts a token they sum to k.
    public double[] shares() {
        double[] shares = new double[layers.getFirst().counts().size()];
        double tokens = 0;
        for (Layer layer : layers) {
            tokens += layer.probabilities().size(0);
            for (int e = 0; e < shares.length; e++) {
                shares[e] += layer.counts().get(e);
            }
        }
        for (int e = 0; e < shares.length; e++) {
            shares[e] /= tokens;
        }
        return shares;
    }

    /// E·Σₑ share(e)·mean probability(e): k when all experts are chosen alike, E when one is always first. A
    /// scalar.
    public Tensor loss() {
        double[] shares = shares();
        double tokens = 0;
        Tensor sum = layers.getFirst().probabilities().sum(0); // [E]
        tokens += layers.getFirst().probabilities().size(0);
        for (Layer layer : layers.subList(1, layers.size())) {
            sum = sum.add(layer.probabilities().sum(0));
            tokens += layer.probabilities().size(0);
        }
        float[] factors = new float[shares.length];
        for (int e = 0; e < factors.length; e++) {
            factors[e] = (float) (shares[e] * shares.length / tokens);
        }
        return sum.mul(Tensors.of(factors, factors.length).to(sum.device())).sum();
    }
}
