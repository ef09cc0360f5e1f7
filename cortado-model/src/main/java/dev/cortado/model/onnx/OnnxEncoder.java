package dev.cortado.model.onnx;

import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.tensor.DType;
import java.util.Optional;

/// What goes into and comes out of encoders, and their attention: the same for all of them, by the conventions of
/// Hugging Face's Optimum.
///
/// | | name | type and shape |
/// |---|---|---|
/// | in | `input_ids` | I64 [B, T] |
/// | in | `attention_mask` | I64 [B, T], 1 for tokens and 0 for padding |
/// | out | as the task has it | F32 |
final class OnnxEncoder {
    private static final OnnxDim BATCH = OnnxDim.of("batch_size");
    private static final OnnxDim TOKENS = OnnxDim.of("sequence_length");

    private final OnnxGraph graph;
    private final EncoderSizes sizes;
    private final OnnxValue ids;
    private final OnnxValue mask;

    OnnxEncoder(String name, EncoderSizes sizes) {
        this.graph = new OnnxGraph(name);
        this.sizes = sizes;
        this.ids = input("input_ids");
        this.mask = OnnxAttention.paddingMask(graph, input("attention_mask"));
    }

    OnnxGraph graph() {
        return graph;
    }

    /// I64 [B, T].
    OnnxValue ids() {
        return ids;
    }

    /// Something about each token that is given: I64 [B, T].
    OnnxValue input(String name) {
        return graph.input(name, DType.I64, BATCH, TOKENS);
    }

    /// Every token of a text looks at all of it. q, k and v [B, T, D] → [B, T, D].
    OnnxValue attend(OnnxValue q, OnnxValue k, OnnxValue v) {
        long heads = sizes.heads();
        long headDim = sizes.width() / heads;
        OnnxValue perHead = OnnxAttention.attend(
                OnnxAttention.split(q, heads, headDim),
                OnnxAttention.split(k, heads, headDim),
                OnnxAttention.split(v, heads, headDim),
                heads,
                heads,
                1 / Math.sqrt((double) headDim),
                Optional.of(mask));
        return OnnxAttention.merge(perHead, heads, headDim);
    }

    /// What stands for a whole text: x [B, T, D] → [B, D].
    static OnnxValue firstToken(OnnxValue x) {
        return x.gather(1, x.graph().integer(0));
    }

    /// A result [B, T, size].
    void outputOfTokens(String name, OnnxValue value, long size) {
        graph.output(name, value, BATCH, TOKENS, OnnxDim.of(size));
    }

    /// A result [B, size].
    void outputOfTexts(String name, OnnxValue value, long size) {
        graph.output(name, value, BATCH, OnnxDim.of(size));
    }

    /// Where an answer begins and ends: logits [B, T, 2].
    void outputSpans(OnnxValue logits) {
        graph.output("start_logits", logits.gather(2, graph.integer(0)), BATCH, TOKENS);
        graph.output("end_logits", logits.gather(2, graph.integer(1)), BATCH, TOKENS);
    }
}
