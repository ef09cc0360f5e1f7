package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of the tokens a decoder has seen, for all layers, as inputs and outputs of its graph: what comes
/// out of one call goes into the next.
///
/// | | name | type and shape |
/// |---|---|---|
/// | in | `past_key_values.N.key`, `.value` | F32 [B, K, S − T, C] for each layer N; S − T is 0 in the first call |
/// | out | `present.N.key`, `.value` | F32 [B, K, S, C] |
///
/// These are the names of Hugging Face's Optimum, which puts `decoder.` before `key` and `value` where there is an
/// encoder too.
final class OnnxCache {
    /// Rows, which have texts of their own.
    static final OnnxDim BATCH = OnnxDim.of("batch_size");
    /// The new tokens of a call.
    static final OnnxDim NEW = OnnxDim.of("sequence_length");
    /// Those of a call and of all before it.
    static final OnnxDim TOTAL = OnnxDim.of("total_sequence_length");

    private static final OnnxDim PAST = OnnxDim.of("past_sequence_length");

    private final OnnxGraph graph;
    private final String role;
    private final OnnxDim kvHeads;
    private final OnnxDim headDim;
    private final List<KeyValue> past = new ArrayList<>();

    /// Keys and values of one layer, each [B, K, S, C].
    record KeyValue(OnnxValue keys, OnnxValue values) {}

    /// Declares the past of so many layers.
    ///
    /// @param role what names have before `key` and `value`: nothing, or `decoder.`
    OnnxCache(OnnxGraph graph, String role, int layers, long kvHeads, long headDim) {
        this.graph = graph;
        this.role = role;
        this.kvHeads = OnnxDim.of(kvHeads);
        this.headDim = OnnxDim.of(headDim);
        for (int i = 0; i < layers; i++) {
            past.add(new KeyValue(past(i, "key"), past(i, "value")));
        }
    }

    /// Tokens of the earlier calls, an I64 scalar.
    OnnxValue length() {
        return past.getFirst().keys().size(2);
    }

    /// New keys and values [B, K, T, C] of a layer behind its past ones; all of them are its next past.
    KeyValue remember(int layer, OnnxValue keys, OnnxValue values) {
        KeyValue before = past.get(layer);
        return new KeyValue(
                present(layer, "key", graph.concat(2, before.keys(), keys)),
                present(layer, "value", graph.concat(2, before.values(), values)));
    }

    private OnnxValue past(int layer, String what) {
        String name = "past_key_values." + layer + "." + role + what;
        return graph.input(name, DType.F32, BATCH, kvHeads, PAST, headDim);
    }

    private OnnxValue present(int layer, String what, OnnxValue all) {
        graph.output("present." + layer + "." + role + what, all, BATCH, kvHeads, TOTAL, headDim);
        return all;
    }
}
