package dev.cortado.model.onnx;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// BERT (Devlin et al. 2019, arXiv:1810.04805) in as few words as possible, from weights under Hugging Face's names.
final class BertReference {
    private static final double EPSILON = 1e-12;

    private final WeightSource weights;
    private final int heads;

    BertReference(WeightSource weights, int heads) {
        this.weights = weights;
        this.heads = heads;
    }

    /// Last hidden states of a text without padding: ids [1, T] → [1, T, D].
    Tensor hidden(Tensor ids, int layers) {
        Tensor positions = weight("embeddings.position_embeddings.weight").slice(0, 0, ids.size(1));
        Tensor first = weight("embeddings.token_type_embeddings.weight").slice(0, 0, 1);
        Tensor words = Nn.embedding(weight("embeddings.word_embeddings.weight"), ids);
        Tensor x = norm("embeddings.LayerNorm", words.add(positions).add(first));
        for (int i = 0; i < layers; i++) {
            String layer = "encoder.layer." + i + ".";
            Tensor mixed = Nn.scaledDotProduct(
                    split(linear(layer + "attention.self.query", x)),
                    split(linear(layer + "attention.self.key", x)),
                    split(linear(layer + "attention.self.value", x)),
                    false);
            Tensor merged = mixed.transpose(1, 2).flatten(2);
            Tensor attended =
                    norm(layer + "attention.output.LayerNorm", x.add(linear(layer + "attention.output.dense", merged)));
            Tensor raised = gelu(linear(layer + "intermediate.dense", attended));
            x = norm(layer + "output.LayerNorm", attended.add(linear(layer + "output.dense", raised)));
        }
        return x;
    }

    /// tanh of a linear map of the first token: [1, T, D] → [1, D].
    Tensor pooled(Tensor hidden) {
        return linear("pooler.dense", hidden.select(1, 0))
                .mul(2)
                .sigmoid()
                .mul(2)
                .add(-1);
    }

    private Tensor split(Tensor x) {
        return x.reshape(1, x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    private Tensor linear(String name, Tensor x) {
        return Nn.linear(x, weight(name + ".weight")).add(weight(name + ".bias"));
    }

    private Tensor norm(String name, Tensor x) {
        return layerNorm(x, weight(name + ".weight"), weight(name + ".bias"), EPSILON);
    }

    private Tensor weight(String name) {
        StoredTensor stored = weights.find(name).orElseThrow();
        return Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape());
    }

    static Tensor layerNorm(Tensor x, Tensor scale, Tensor bias, double epsilon) {
        Tensor centred = x.sub(x.mean(-1));
        Tensor variance = centred.square().mean(-1);
        return centred.mul(variance.add(epsilon).rsqrt()).mul(scale).add(bias);
    }

    /// x·Φ(x), with Φ by Simpson's rule from the normal density.
    static Tensor gelu(Tensor x) {
        float[] values = x.contiguous().toFloats();
        for (int i = 0; i < values.length; i++) {
            double end = Math.clamp((double) values[i], -9, 9);
            int steps = 100;
            double sum = 0;
            for (int s = 0; s <= steps; s++) {
                double t = end * s / steps;
                double factor = s == 0 || s == steps ? 1 : s % 2 == 1 ? 4 : 2;
                sum += factor * Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
            }
            values[i] = (float) (values[i] * (0.5 + sum * end / steps / 3));
        }
        return Tensors.of(values, x.shape().sizes());
    }
}
