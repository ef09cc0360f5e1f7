package dev.cortado.model.onnx;

import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// [dev.cortado.model.arch.Llama] as an ONNX graph: a decoder with its cache, by the conventions of Hugging Face's
/// Optimum (task `text-generation-with-past`), so that programs made for those run it.
///
/// | | name | type and shape |
/// |---|---|---|
/// | in | `input_ids` | I64 [B, T], new tokens |
/// | in | `attention_mask` | I64 [B, S], 1 for tokens and 0 for padding, of the past and the new |
/// | in | `position_ids` | I64 [B, T] |
/// | in | `past_key_values.N.key`, `.value` | F32 [B, K, S − T, C] for each layer N; S − T is 0 in the first call |
/// | out | `logits` | F32 [B, T, V] |
/// | out | `present.N.key`, `.value` | F32 [B, K, S, C], the past of the next call |
public final class LlamaOnnx {
    private static final OnnxDim BATCH = OnnxDim.of("batch_size");
    private static final OnnxDim NEW = OnnxDim.of("sequence_length");
    private static final OnnxDim PAST = OnnxDim.of("past_sequence_length");
    private static final OnnxDim TOTAL = OnnxDim.of("total_sequence_length");

    private final LlamaSpec spec;
    private final OnnxGraph graph = new OnnxGraph("llama");

    private LlamaOnnx(LlamaSpec spec) {
        this.spec = spec;
    }

    /// Writes a model, as [OnnxWriter] does.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec
    public static void write(Path file, LlamaSpec spec, WeightSource weights) throws IOException {
        OnnxWriter.write(file, graph(spec, weights));
    }

    /// The graph; the weights must stay open until it is written.
    public static OnnxGraph graph(LlamaSpec spec, WeightSource weights) {
        return new LlamaOnnx(spec).build(weights);
    }

    private OnnxGraph build(WeightSource weights) {
        OnnxValue ids = graph.input("input_ids", DType.I64, BATCH, NEW);
        OnnxValue seen = graph.input("attention_mask", DType.I64, BATCH, TOTAL);
        OnnxValue positions = graph.input("position_ids", DType.I64, BATCH, NEW);
        var layers = new OnnxLayers(graph, weights);
        OnnxLayers model = layers.at("model");
        var context = model.within(() -> new Context(
                OnnxAttention.Angles.at(
                        graph, positions, OnnxAttention.Angles.frequencies(spec.headDim(), spec.ropeTheta())),
                OnnxAttention.causalMask(graph, ids, seen)));
        OnnxValue x = model.embedding("embed_tokens", ids, spec.vocabSize(), spec.width()); // [B, T, D]
        for (int i = 0; i < spec.layers(); i++) {
            x = block(model.at("layers").at(i), i, x, context);
        }
        OnnxValue last = model.rmsNorm("norm", x, spec.width(), spec.normEpsilon());
        OnnxValue logits = spec.tiedHead()
                ? model.tiedHead("embed_tokens", last, spec.vocabSize(), spec.width())
                : layers.linear("lm_head", last, spec.width(), spec.vocabSize());
        graph.output("logits", logits, BATCH, NEW, OnnxDim.of(spec.vocabSize()));
        layers.finish();
        return graph;
    }

    /// What all layers share.
    private record Context(OnnxAttention.Angles angles, OnnxValue mask) {}

    /// x + attention(norm(x)), then x + feed-forward(norm(x)).
    private OnnxValue block(OnnxLayers layers, int number, OnnxValue x, Context context) {
        OnnxValue normed = layers.rmsNorm("input_layernorm", x, spec.width(), spec.normEpsilon());
        OnnxValue mixed = attention(layers.at("self_attn"), number, normed, context);
        OnnxValue attended = layers.within(() -> x.add(mixed));
        OnnxValue again = layers.rmsNorm("post_attention_layernorm", attended, spec.width(), spec.normEpsilon());
        OnnxValue fed = feedForward(layers.at("mlp"), again);
        return layers.within(() -> attended.add(fed));
    }

    private OnnxValue attention(OnnxLayers layers, int number, OnnxValue x, Context context) {
        long heads = spec.heads();
        long kvHeads = spec.kvHeads();
        long headDim = spec.headDim();
        OnnxValue q = layers.linear("q_proj", x, spec.width(), heads * headDim);
        OnnxValue k = layers.linear("k_proj", x, spec.width(), kvHeads * headDim);
        OnnxValue v = layers.linear("v_proj", x, spec.width(), kvHeads * headDim);
        OnnxValue mixed = layers.within(() -> {
            OnnxValue turnedQ = context.angles().turn(OnnxAttention.split(q, heads, headDim), headDim);
            OnnxValue turnedK = context.angles().turn(OnnxAttention.split(k, kvHeads, headDim), headDim);
            OnnxValue keys = remembered(number, "key", turnedK); // [B, K, S, C]
            OnnxValue values = remembered(number, "value", OnnxAttention.split(v, kvHeads, headDim));
            OnnxValue perHead = OnnxAttention.attend(
                    turnedQ,
                    keys,
                    values,
                    heads,
                    kvHeads,
                    1 / Math.sqrt((double) headDim),
                    Optional.of(context.mask()));
            return OnnxAttention.merge(perHead, heads, headDim);
        });
        return layers.linear("o_proj", mixed, heads * headDim, spec.width());
    }

    /// The past of a layer's keys or values with the new ones behind, which are the next past.
    private OnnxValue remembered(int layer, String what, OnnxValue now) {
        OnnxDim heads = OnnxDim.of(spec.kvHeads());
        OnnxDim channels = OnnxDim.of(spec.headDim());
        String name = "." + layer + "." + what;
        OnnxValue past = graph.input("past_key_values" + name, DType.F32, BATCH, heads, PAST, channels);
        OnnxValue all = graph.concat(2, past, now);
        graph.output("present" + name, all, BATCH, heads, TOTAL, channels);
        return all;
    }

    /// W₂(silu(W₁x) ⊙ W₃x) (Shazeer 2020, arXiv:2002.05202).
    private OnnxValue feedForward(OnnxLayers layers, OnnxValue x) {
        OnnxValue gate = layers.linear("gate_proj", x, spec.width(), spec.hiddenWidth());
        OnnxValue up = layers.linear("up_proj", x, spec.width(), spec.hiddenWidth());
        OnnxValue gated = layers.within(() -> OnnxLayers.silu(gate).mul(up));
        return layers.linear("down_proj", gated, spec.hiddenWidth(), spec.width());
    }
}
