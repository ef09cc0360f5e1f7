package dev.cortado.model.llama2c;

import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// Where the tensors of a checkpoint lie: one after the other, without gaps, each kind for all layers in a row.
final class Llama2cLayout {
    private final LlamaSpec spec;
    private final OptionalInt groupSize;
    private final SequencedMap<String, Part> parts = new LinkedHashMap<>();
    private long position;

    /// One tensor.
    ///
    /// @param offset of its first byte in the file
    /// @param turned the heads of a projection whose rows are in the order of Meta's rotary embedding
    /// @param groups numbers per scale, where it is quantised: int8 numbers, and the float32 scales behind them
    record Part(Shape shape, long offset, OptionalInt turned, OptionalInt groups) {}

    /// One kind of tensor that every layer has.
    private record Kind(String name, Shape shape, OptionalInt turned, boolean matrix) {
        static Kind norm(String name, long width) {
            return new Kind(name, Shape.of(width), OptionalInt.empty(), false);
        }

        static Kind matrix(String name, long rows, long columns) {
            return new Kind(name, Shape.of(rows, columns), OptionalInt.empty(), true);
        }

        Kind turned(int heads) {
            return new Kind(name, shape, OptionalInt.of(heads), matrix);
        }
    }

    /// @throws IllegalArgumentException when the tensors would take more bytes than can be counted, or are not
    /// whole groups; it says what, but not where
    Llama2cLayout(Llama2cHeader header) {
        spec = header.spec();
        groupSize = header.groupSize();
        position = header.bytes();
        try {
            if (header.version() == 0) {
                version0();
            } else {
                laterVersions();
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("claims more numbers than any file holds", e);
        }
    }

    /// By their names in the Hugging Face layout, in the order of the file.
    SequencedMap<String, Part> parts() {
        return parts;
    }

    /// The size of the whole file.
    long fileBytes() {
        return position;
    }

    private void version0() {
        embedding();
        eachLayer(attentionNorm());
        attention();
        eachLayer(feedForwardNorm());
        feedForward();
        finalNorm();
        // Cosines and sines of the rotary embedding, which follow from the spec.
        skip(Math.multiplyExact((long) spec.contextLength(), spec.headDim()), 4);
        head();
    }

    private void laterVersions() {
        eachLayer(attentionNorm());
        eachLayer(feedForwardNorm());
        finalNorm();
        embedding();
        attention();
        feedForward();
        head();
    }

    private void attention() {
        long width = spec.width();
        long kvWidth = Math.multiplyExact((long) spec.kvHeads(), spec.headDim());
        eachLayer(Kind.matrix("self_attn.q_proj", width, width).turned(spec.heads()));
        eachLayer(Kind.matrix("self_attn.k_proj", kvWidth, width).turned(spec.kvHeads()));
        eachLayer(Kind.matrix("self_attn.v_proj", kvWidth, width));
        eachLayer(Kind.matrix("self_attn.o_proj", width, width));
    }

    private void feedForward() {
        eachLayer(Kind.matrix("mlp.gate_proj", spec.hiddenWidth(), spec.width()));
        eachLayer(Kind.matrix("mlp.down_proj", spec.width(), spec.hiddenWidth()));
        eachLayer(Kind.matrix("mlp.up_proj", spec.hiddenWidth(), spec.width()));
    }

    private Kind attentionNorm() {
        return Kind.norm("input_layernorm", spec.width());
    }

    private Kind feedForwardNorm() {
        return Kind.norm("post_attention_layernorm", spec.width());
    }

    private void embedding() {
        add("model.embed_tokens.weight", Kind.matrix("", spec.vocabSize(), spec.width()));
    }

    private void finalNorm() {
        add("model.norm.weight", Kind.norm("", spec.width()));
    }

    private void head() {
        if (!spec.tiedHead()) {
            add("lm_head.weight", Kind.matrix("", spec.vocabSize(), spec.width()));
        }
    }

    private void eachLayer(Kind kind) {
        for (int layer = 0; layer < spec.layers(); layer++) {
            add("model.layers." + layer + "." + kind.name + ".weight", kind);
        }
    }

    private void add(String name, Kind kind) {
        OptionalInt groups = kind.matrix ? groupSize : OptionalInt.empty();
        long count = kind.shape.count();
        parts.put(name, new Part(kind.shape, position, kind.turned, groups));
        if (groups.isEmpty()) {
            skip(count, 4);
            return;
        }
        if (count % groups.getAsInt() != 0) {
            throw new IllegalArgumentException(
                    "has " + name + " of " + kind.shape + ", not whole groups of " + groups.getAsInt());
        }
        skip(count, 1);
        skip(count / groups.getAsInt(), 4);
    }

    private void skip(long count, int bytes) {
        position = Math.addExact(position, Math.multiplyExact(count, bytes));
    }
}
