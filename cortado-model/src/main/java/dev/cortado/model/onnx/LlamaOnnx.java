package dev.cortado.model.onnx;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.arch.Qwen2Spec;
import dev.cortado.model.arch.Qwen3Spec;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/// [dev.cortado.model.arch.Llama] and its next of kin as an ONNX graph: a decoder with its cache, by the conventions
/// of Hugging Face's Optimum (task `text-generation-with-past`), so that programs made for those run it.
///
/// | | name | type and shape |
/// |---|---|---|
/// | in | `input_ids` | I64 [B, T], new tokens |
/// | in | `attention_mask` | I64 [B, S], 1 for tokens and 0 for padding, of the past and the new |
/// | in | `position_ids` | I64 [B, T] |
/// | in | `past_key_values.N.key`, `.value` | F32 [B, K, S − T, C] for each layer N; S − T is 0 in the first call |
/// | out | `logits` | F32 [B, T, V] |
/// | out | `present.N.key`, `.value` | F32 [B, K, S, C], the past of the next call |
///
/// A layer with a window does not look at what is before it, and its cache holds that all the same.
public final class LlamaOnnx {
    private final DecoderSizes sizes;
    private final Kin kin;
    private final OnnxGraph graph;

    /// What the families differ in.
    ///
    /// @param windows   of each layer: tokens that each sees, itself among them
    /// @param biases    which projections have biases
    /// @param headNorms whether queries and keys are normed in each head before they are turned
    private record Kin(
            int hiddenWidth, Rotary rotary, IntFunction<OptionalInt> windows, Biases biases, boolean headNorms) {}

    /// Which projections have biases.
    ///
    /// @param inputs those to queries, keys and values
    /// @param output that from the heads back
    private record Biases(boolean inputs, boolean output, boolean feedForward) {
        static final Biases NONE = new Biases(false, false, false);
    }

    private LlamaOnnx(String name, DecoderSizes sizes, Kin kin) {
        this.graph = new OnnxGraph(name);
        this.sizes = sizes;
        this.kin = kin;
    }

    /// Writes a model, as [OnnxWriter] does.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec
    public static void write(Path file, LlamaSpec spec, WeightSource weights) throws IOException {
        OnnxWriter.write(file, graph(spec, weights));
    }

    /// The graph; the weights must stay open until it is written.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec, or its rotary positions
    /// depend on the length of the text
    public static OnnxGraph graph(LlamaSpec spec, WeightSource weights) {
        boolean attention = spec.biases().attention();
        var sizes = new DecoderSizes(
                spec.vocabSize(),
                spec.contextLength(),
                spec.width(),
                spec.layers(),
                spec.heads(),
                spec.kvHeads(),
                spec.headDim(),
                spec.normEpsilon(),
                spec.tiedHead());
        var kin = new Kin(
                spec.hiddenWidth(),
                spec.rotary(),
                _ -> OptionalInt.empty(),
                new Biases(attention, attention, spec.biases().feedForward()),
                false);
        return new LlamaOnnx("llama", sizes, kin).build(weights, spec.names());
    }

    /// The same for a [dev.cortado.model.arch.Mistral].
    public static OnnxGraph graph(MistralSpec spec, WeightSource weights) {
        var kin = new Kin(spec.hiddenWidth(), spec.rotary(), _ -> spec.window(), Biases.NONE, false);
        return new LlamaOnnx("mistral", spec.sizes(), kin).build(weights, spec.names());
    }

    /// The same for a [dev.cortado.model.arch.Qwen2].
    public static OnnxGraph graph(Qwen2Spec spec, WeightSource weights) {
        var biases = new Biases(true, false, false);
        var kin = new Kin(spec.hiddenWidth(), spec.rotary(), spec.sliding()::of, biases, false);
        return new LlamaOnnx("qwen2", spec.sizes(), kin).build(weights, spec.names());
    }

    /// The same for a [dev.cortado.model.arch.Qwen3].
    public static OnnxGraph graph(Qwen3Spec spec, WeightSource weights) {
        var biases = new Biases(spec.bias(), spec.bias(), false);
        var kin = new Kin(spec.hiddenWidth(), spec.rotary(), spec.sliding()::of, biases, true);
        return new LlamaOnnx("qwen3", spec.sizes(), kin).build(weights, spec.names());
    }

    private OnnxGraph build(WeightSource weights, CheckpointNames names) {
        OnnxValue ids = graph.input("input_ids", DType.I64, OnnxCache.BATCH, OnnxCache.NEW);
        OnnxValue seen = graph.input("attention_mask", DType.I64, OnnxCache.BATCH, OnnxCache.TOTAL);
        OnnxValue positions = graph.input("position_ids", DType.I64, OnnxCache.BATCH, OnnxCache.NEW);
        var layers = new OnnxLayers(graph, weights, names);
        OnnxLayers model = layers.at("model");
        var cache = new OnnxCache(graph, "", sizes.layers(), sizes.kvHeads(), sizes.headDim());
        OnnxAttention.Angles angles = model.within(() -> OnnxAttention.Angles.at(graph, positions, kin.rotary()));
        Map<OptionalInt, OnnxValue> masks = new HashMap<>();
        OnnxValue x = model.embedding("embed_tokens", ids, sizes.vocabSize(), sizes.width()); // [B, T, D]
        for (int i = 0; i < sizes.layers(); i++) {
            OnnxValue mask = masks.computeIfAbsent(
                    kin.windows().apply(i),
                    window -> model.within(() -> OnnxAttention.causalMask(graph, ids, seen, window)));
            x = block(model.at("layers").at(i), x, new Context(i, angles, mask, cache));
        }
        OnnxValue last = model.rmsNorm("norm", x, sizes.width(), sizes.normEpsilon());
        OnnxValue logits = sizes.tiedHead()
                ? model.tiedHead("embed_tokens", last, sizes.vocabSize(), sizes.width())
                : layers.linear("lm_head", last, sizes.width(), sizes.vocabSize());
        graph.output("logits", logits, OnnxCache.BATCH, OnnxCache.NEW, OnnxDim.of(sizes.vocabSize()));
        layers.finish();
        return graph;
    }

    /// What a layer is told of where it is.
    private record Context(int layer, OnnxAttention.Angles angles, OnnxValue mask, OnnxCache cache) {}

    /// x + attention(norm(x)), then x + feed-forward(norm(x)).
    private OnnxValue block(OnnxLayers layers, OnnxValue x, Context context) {
        OnnxValue normed = layers.rmsNorm("input_layernorm", x, sizes.width(), sizes.normEpsilon());
        OnnxValue mixed = attention(layers.at("self_attn"), normed, context);
        OnnxValue attended = layers.within(() -> x.add(mixed));
        OnnxValue again = layers.rmsNorm("post_attention_layernorm", attended, sizes.width(), sizes.normEpsilon());
        OnnxValue fed = feedForward(layers.at("mlp"), again);
        return layers.within(() -> attended.add(fed));
    }

    private OnnxValue attention(OnnxLayers layers, OnnxValue x, Context context) {
        long heads = sizes.heads();
        long kvHeads = sizes.kvHeads();
        long headDim = sizes.headDim();
        boolean bias = kin.biases().inputs();
        OnnxValue q = layers.linear("q_proj", x, sizes.width(), heads * headDim, bias);
        OnnxValue k = layers.linear("k_proj", x, sizes.width(), kvHeads * headDim, bias);
        OnnxValue v = layers.linear("v_proj", x, sizes.width(), kvHeads * headDim, bias);
        OnnxValue splitQ = normed(layers, "q_norm", OnnxAttention.split(q, heads, headDim));
        OnnxValue splitK = normed(layers, "k_norm", OnnxAttention.split(k, kvHeads, headDim));
        OnnxValue mixed = layers.within(() -> {
            OnnxCache.KeyValue seen = context.cache()
                    .remember(
                            context.layer(),
                            context.angles().turn(splitK, headDim),
                            OnnxAttention.split(v, kvHeads, headDim));
            OnnxValue perHead = OnnxAttention.attend(
                    context.angles().turn(splitQ, headDim),
                    seen.keys(),
                    seen.values(),
                    heads,
                    kvHeads,
                    1 / Math.sqrt((double) headDim),
                    Optional.of(context.mask()));
            return OnnxAttention.merge(perHead, heads, headDim);
        });
        return layers.linear(
                "o_proj", mixed, heads * headDim, sizes.width(), kin.biases().output());
    }

    private OnnxValue normed(OnnxLayers layers, String name, OnnxValue perHead) {
        return kin.headNorms() ? layers.rmsNorm(name, perHead, sizes.headDim(), sizes.normEpsilon()) : perHead;
    }

    /// W₂(silu(W₁x) ⊙ W₃x) (Shazeer 2020, arXiv:2002.05202).
    private OnnxValue feedForward(OnnxLayers layers, OnnxValue x) {
        boolean bias = kin.biases().feedForward();
        OnnxValue gate = layers.linear("gate_proj", x, sizes.width(), kin.hiddenWidth(), bias);
        OnnxValue up = layers.linear("up_proj", x, sizes.width(), kin.hiddenWidth(), bias);
        OnnxValue gated =
                layers.within(() -> OnnxLayers.activation(Activation.SILU, gate).mul(up));
        return layers.linear("down_proj", gated, kin.hiddenWidth(), sizes.width(), bias);
    }
}
