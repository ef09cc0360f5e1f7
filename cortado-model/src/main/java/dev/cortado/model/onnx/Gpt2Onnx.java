package dev.cortado.model.onnx;

import dev.cortado.model.arch.Gpt2Spec;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.util.Optional;
import java.util.OptionalInt;

/// [dev.cortado.model.arch.Gpt2] as an ONNX graph: a decoder with its cache, with the inputs and outputs of
/// [LlamaOnnx]. A position the model has no vector for is refused by the program that runs it.
public final class Gpt2Onnx {
    private final Gpt2Spec spec;
    private final OnnxGraph graph = new OnnxGraph("gpt2");

    private Gpt2Onnx(Gpt2Spec spec) {
        this.spec = spec;
    }

    /// The graph; the weights must stay open until it is written.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec
    public static OnnxGraph graph(Gpt2Spec spec, WeightSource weights) {
        return new Gpt2Onnx(spec).build(weights);
    }

    private OnnxGraph build(WeightSource weights) {
        OnnxValue ids = graph.input("input_ids", DType.I64, OnnxCache.BATCH, OnnxCache.NEW);
        OnnxValue seen = graph.input("attention_mask", DType.I64, OnnxCache.BATCH, OnnxCache.TOTAL);
        OnnxValue positions = graph.input("position_ids", DType.I64, OnnxCache.BATCH, OnnxCache.NEW);
        var layers = new OnnxLayers(graph, weights, spec.names());
        OnnxLayers model = layers.at("transformer");
        var cache = new OnnxCache(graph, "", spec.layers(), spec.heads(), spec.headDim());
        OnnxValue mask = model.within(() -> OnnxAttention.causalMask(graph, ids, seen, OptionalInt.empty()));
        OnnxValue words = model.embedding("wte", ids, spec.vocabSize(), spec.width()); // [B, T, D]
        OnnxValue places = model.embedding("wpe", positions, spec.contextLength(), spec.width()); // [B, T, D]
        OnnxValue x = model.within(() -> words.add(places));
        for (int i = 0; i < spec.layers(); i++) {
            x = block(model.at("h").at(i), i, x, mask, cache);
        }
        OnnxValue last = model.layerNorm("ln_f", x, spec.width(), spec.normEpsilon());
        OnnxValue logits = spec.tiedHead()
                ? model.tiedHead("wte", last, spec.vocabSize(), spec.width())
                : layers.linear("lm_head", last, spec.width(), spec.vocabSize());
        graph.output("logits", logits, OnnxCache.BATCH, OnnxCache.NEW, OnnxDim.of(spec.vocabSize()));
        layers.finish();
        return graph;
    }

    /// x + attention(norm(x)), then x + feed-forward(norm(x)).
    private OnnxValue block(OnnxLayers layers, int number, OnnxValue x, OnnxValue mask, OnnxCache cache) {
        OnnxValue normed = layers.layerNorm("ln_1", x, spec.width(), spec.normEpsilon());
        OnnxValue mixed = attention(layers.at("attn"), number, normed, mask, cache);
        OnnxValue attended = layers.within(() -> x.add(mixed));
        OnnxValue again = layers.layerNorm("ln_2", attended, spec.width(), spec.normEpsilon());
        OnnxValue fed = feedForward(layers.at("mlp"), again);
        return layers.within(() -> attended.add(fed));
    }

    private OnnxValue attention(OnnxLayers layers, int number, OnnxValue x, OnnxValue mask, OnnxCache cache) {
        long width = spec.width();
        OnnxValue joined = layers.conv1d("c_attn", x, width, 3 * width); // [B, T, 3·D]: queries, keys, values
        OnnxValue mixed = layers.within(() -> {
            OnnxCache.KeyValue all = cache.remember(number, part(joined, 1), part(joined, 2));
            OnnxValue perHead = OnnxAttention.attend(
                    part(joined, 0),
                    all.keys(),
                    all.values(),
                    spec.heads(),
                    spec.heads(),
                    scale(number),
                    Optional.of(mask));
            return OnnxAttention.merge(perHead, spec.heads(), spec.headDim());
        });
        return layers.conv1d("c_proj", mixed, width, width);
    }

    /// One of the three parts, [B, H, T, C].
    private OnnxValue part(OnnxValue joined, long number) {
        OnnxValue part = joined.slice(2, number * spec.width(), (number + 1) * spec.width());
        return OnnxAttention.split(part, spec.heads(), spec.headDim());
    }

    private double scale(int layer) {
        double root = spec.scaledByRoot() ? Math.sqrt(spec.headDim()) : 1;
        return 1 / (spec.scaledByDepth() ? root * (layer + 1) : root);
    }

    /// W₂·activation(W₁x).
    private OnnxValue feedForward(OnnxLayers layers, OnnxValue x) {
        OnnxValue raised = layers.conv1d("c_fc", x, spec.width(), spec.hiddenWidth());
        OnnxValue active = layers.within(() -> OnnxLayers.activation(spec.activation(), raised));
        return layers.conv1d("c_proj", active, spec.hiddenWidth(), spec.width());
    }
}
