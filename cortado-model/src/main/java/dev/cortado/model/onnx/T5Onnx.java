package dev.cortado.model.onnx;

import dev.cortado.model.arch.T5Spec;
import dev.cortado.model.layer.RelativeBuckets;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.util.Optional;
import java.util.function.BiFunction;

/// [dev.cortado.model.arch.T5] as two ONNX graphs, one that reads and one that writes, whose inputs and outputs have
/// the names that Hugging Face's Optimum gives them.
///
/// | | name | type and shape |
/// |---|---|---|
/// | **encoder**: in | `input_ids` | I64 [B, S] |
/// | in | `attention_mask` | I64 [B, S], 1 for tokens and 0 for padding |
/// | out | `last_hidden_state` | F32 [B, S, D] |
/// | **decoder**: in | `input_ids` | I64 [B, T], new tokens |
/// | in | `encoder_hidden_states` | F32 [B, S, D], what the encoder made |
/// | in | `encoder_attention_mask` | I64 [B, S] |
/// | in | `past_key_values.N.decoder.key`, `.value` | F32 [B, H, P, C] of each layer N; P is 0 in the first call |
/// | out | `logits` | F32 [B, T, V] |
/// | out | `present.N.decoder.key`, `.value` | F32 [B, H, P + T, C], the past of the next call |
///
/// One graph serves the first call and all later ones, and makes keys and values of what was read anew in each.
/// Optimum has another graph for later calls instead, which is given them.
///
/// Scores of distances are looked up for texts of any length: the bucket of each distance is part of the graph.
public final class T5Onnx {
    /// Distances that a graph lists the buckets of; real models know 128.
    private static final int FARTHEST = 1 << 16;

    private static final OnnxDim READ = OnnxDim.of("encoder_sequence_length");

    private final T5Spec spec;
    private final OnnxGraph graph;
    private final OnnxLayers layers;

    /// One of the two, in which layers are made.
    private T5Onnx(T5Spec spec, OnnxGraph graph, OnnxLayers layers) {
        this.spec = spec;
        this.graph = graph;
        this.layers = layers.in(graph);
    }

    /// A model's two graphs.
    ///
    /// @param encoder reads
    /// @param decoder writes
    public record Graphs(OnnxGraph encoder, OnnxGraph decoder) {}

    /// The graphs; the weights must stay open until both are written.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec, or its buckets reach too far
    public static Graphs graphs(T5Spec spec, WeightSource weights) {
        if (spec.maxDistance() > FARTHEST) {
            throw new IllegalArgumentException("relative_attention_max_distance " + spec.maxDistance()
                    + " is more than the " + FARTHEST + " that can be exported");
        }
        var graphs = new Graphs(new OnnxGraph("t5_encoder"), new OnnxGraph("t5_decoder"));
        var layers = new OnnxLayers(graphs.encoder(), weights, spec.names());
        new T5Onnx(spec, graphs.encoder(), layers).encoder();
        new T5Onnx(spec, graphs.decoder(), layers).decoder();
        layers.finish();
        return graphs;
    }

    private void encoder() {
        OnnxLayers encoder = layers.at("encoder");
        OnnxValue ids = graph.input("input_ids", DType.I64, OnnxCache.BATCH, READ);
        OnnxValue seen = graph.input("attention_mask", DType.I64, OnnxCache.BATCH, READ);
        OnnxValue mask = encoder.within(() -> {
            OnnxValue places = graph.range(graph.integer(0), ids.size(1)); // [S]
            OnnxValue distances = distances(encoder, places.unsqueeze(1), places.unsqueeze(0), true);
            return OnnxAttention.paddingMask(graph, seen).add(distances); // [B, H, S, S]
        });
        OnnxValue x = layers.embedding("shared", ids, spec.vocabSize(), spec.width()); // [B, S, D]
        for (int i = 0; i < spec.encoderLayers(); i++) {
            OnnxLayers parts = encoder.at("block").at(i).at("layer");
            x = residual(parts.at(0), x, (layer, normed) -> selfAttention(layer, normed, mask));
            x = residual(parts.at(1), x, this::feedForward);
        }
        OnnxValue last = encoder.rmsNorm("final_layer_norm", x, spec.width(), spec.normEpsilon());
        graph.output("last_hidden_state", last, OnnxCache.BATCH, READ, OnnxDim.of(spec.width()));
    }

    private void decoder() {
        OnnxLayers decoder = layers.at("decoder");
        OnnxValue ids = graph.input("input_ids", DType.I64, OnnxCache.BATCH, OnnxCache.NEW);
        OnnxValue memory =
                graph.input("encoder_hidden_states", DType.F32, OnnxCache.BATCH, READ, OnnxDim.of(spec.width()));
        OnnxValue read = graph.input("encoder_attention_mask", DType.I64, OnnxCache.BATCH, READ);
        var cache = new OnnxCache(graph, "decoder.", spec.layers(), spec.heads(), spec.headDim());
        OnnxValue own = decoder.within(() -> {
            OnnxValue past = cache.length();
            OnnxValue total = past.add(ids.size(1));
            OnnxValue rows = graph.range(past, total).unsqueeze(1); // [T, 1]
            OnnxValue columns = graph.range(graph.integer(0), total).unsqueeze(0); // [1, P + T]
            return OnnxAttention.causalMask(graph, rows, columns).add(distances(decoder, rows, columns, false));
        });
        OnnxValue across = decoder.within(() -> OnnxAttention.paddingMask(graph, read));
        OnnxValue x = layers.embedding("shared", ids, spec.vocabSize(), spec.width()); // [B, T, D]
        for (int i = 0; i < spec.layers(); i++) {
            int number = i;
            OnnxLayers parts = decoder.at("block").at(i).at("layer");
            x = residual(parts.at(0), x, (layer, normed) -> selfAttention(layer, normed, own, number, cache));
            x = residual(parts.at(1), x, (layer, normed) -> crossAttention(layer, normed, memory, across));
            x = residual(parts.at(2), x, this::feedForward);
        }
        OnnxValue last = decoder.rmsNorm("final_layer_norm", x, spec.width(), spec.normEpsilon());
        OnnxValue logits = spec.tiedHead()
                ? layers.tiedHead(
                        "shared", last.mul(1 / Math.sqrt((double) spec.width())), spec.vocabSize(), spec.width())
                : layers.linear("lm_head", last, spec.width(), spec.vocabSize());
        graph.output("logits", logits, OnnxCache.BATCH, OnnxCache.NEW, OnnxDim.of(spec.vocabSize()));
    }

    /// A score for each head and distance, from the table of the first block, which all share. rows I64 [T, 1]
    /// and columns I64 [1, S] are places of queries and keys → F32 [1, H, T, S].
    private OnnxValue distances(OnnxLayers stack, OnnxValue rows, OnnxValue columns, boolean bidirectional) {
        int far = spec.maxDistance(); // beyond it all are in one bucket
        long[] buckets = new long[2 * far + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = RelativeBuckets.bucket(i - far, spec.buckets(), bidirectional, far);
        }
        OnnxValue farthest = graph.integer(far);
        OnnxValue distance = columns.sub(rows).max(farthest.neg()).min(farthest);
        OnnxValue bucket = graph.integers(buckets).gather(0, distance.add(farthest)); // [T, S]
        return stack.at("block.0.layer.0.SelfAttention")
                .embedding("relative_attention_bias", bucket, spec.buckets(), spec.heads())
                .transpose(2, 0, 1)
                .unsqueeze(0);
    }

    /// x + part(norm(x)).
    private OnnxValue residual(OnnxLayers sublayer, OnnxValue x, BiFunction<OnnxLayers, OnnxValue, OnnxValue> part) {
        OnnxValue normed = sublayer.rmsNorm("layer_norm", x, spec.width(), spec.normEpsilon());
        OnnxValue made = part.apply(sublayer, normed);
        return sublayer.within(() -> x.add(made));
    }

    private OnnxValue selfAttention(OnnxLayers sublayer, OnnxValue x, OnnxValue mask) {
        OnnxLayers self = sublayer.at("SelfAttention");
        return attend(self, heads(self, "q", x), heads(self, "k", x), heads(self, "v", x), mask);
    }

    private OnnxValue selfAttention(OnnxLayers sublayer, OnnxValue x, OnnxValue mask, int number, OnnxCache cache) {
        OnnxLayers self = sublayer.at("SelfAttention");
        OnnxCache.KeyValue all = cache.remember(number, heads(self, "k", x), heads(self, "v", x));
        return attend(self, heads(self, "q", x), all.keys(), all.values(), mask);
    }

    private OnnxValue crossAttention(OnnxLayers sublayer, OnnxValue x, OnnxValue memory, OnnxValue mask) {
        OnnxLayers cross = sublayer.at("EncDecAttention");
        return attend(cross, heads(cross, "q", x), heads(cross, "k", memory), heads(cross, "v", memory), mask);
    }

    /// x [B, T, D] → [B, H, T, C].
    private OnnxValue heads(OnnxLayers attention, String name, OnnxValue x) {
        OnnxValue joined = attention.linear(name, x, spec.width(), (long) spec.heads() * spec.headDim());
        return attention.within(() -> OnnxAttention.split(joined, spec.heads(), spec.headDim()));
    }

    /// Products of queries and keys are not scaled.
    private OnnxValue attend(OnnxLayers attention, OnnxValue q, OnnxValue k, OnnxValue v, OnnxValue mask) {
        OnnxValue mixed = attention.within(() -> OnnxAttention.merge(
                OnnxAttention.attend(q, k, v, spec.heads(), spec.heads(), 1, Optional.of(mask)),
                spec.heads(),
                spec.headDim()));
        return attention.linear("o", mixed, (long) spec.heads() * spec.headDim(), spec.width());
    }

    /// W₂·activation(W₁x), or W₂(activation(W₁x) ⊙ W₃x).
    private OnnxValue feedForward(OnnxLayers sublayer, OnnxValue x) {
        OnnxLayers dense = sublayer.at("DenseReluDense");
        OnnxValue raised = dense.linear(spec.gated() ? "wi_0" : "wi", x, spec.width(), spec.hiddenWidth());
        OnnxValue active = dense.within(() -> OnnxLayers.activation(spec.activation(), raised));
        if (!spec.gated()) {
            return dense.linear("wo", active, spec.hiddenWidth(), spec.width());
        }
        OnnxValue gate = dense.linear("wi_1", x, spec.width(), spec.hiddenWidth());
        return dense.linear("wo", dense.within(() -> active.mul(gate)), spec.hiddenWidth(), spec.width());
    }
}
