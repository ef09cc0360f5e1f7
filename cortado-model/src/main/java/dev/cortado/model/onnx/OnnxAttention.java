package dev.cortado.model.onnx;

import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.DType;
import java.util.Optional;
import java.util.OptionalInt;

/// The parts of attention that have no weights, as parts of an [OnnxGraph].
///
/// B batch, T new tokens, S tokens seen, D width, H query heads, K key/value heads, C channels per head. A mask is a
/// term that is added to the scores [B, H, T, S], in any shape that broadcasts to it.
public final class OnnxAttention {
    /// Added to the score of what may not be seen: the lowest number, as Hugging Face has it. Unlike −∞ it leaves
    /// rows that see nothing (padding on the left) free of NaN.
    private static final double HIDDEN = -Float.MAX_VALUE;

    private OnnxAttention() {}

    /// [B, T, heads·C] → [B, heads, T, C].
    public static OnnxValue split(OnnxValue x, long heads, long headDim) {
        return x.reshape(0, 0, heads, headDim).transpose(0, 2, 1, 3);
    }

    /// [B, H, T, C] → [B, T, H·C].
    public static OnnxValue merge(OnnxValue x, long heads, long headDim) {
        return x.transpose(0, 2, 1, 3).reshape(0, 0, heads * headDim);
    }

    /// softmax(scale·q·kᵀ + mask)·v. q [B, H, T, C], k and v [B, K, S, C] → [B, H, T, C].
    ///
    /// The query heads of a group stand one below the other, [B, K, G·T, C], so that keys and values are never
    /// repeated (Ainslie et al. 2023, arXiv:2305.13245).
    public static OnnxValue attend(
            OnnxValue q, OnnxValue k, OnnxValue v, long heads, long kvHeads, double scale, Optional<OnnxValue> mask) {
        boolean grouped = heads != kvHeads;
        OnnxValue query = grouped ? q.reshape(0, kvHeads, -1, 0) : q;
        OnnxValue scores = query.matMul(k.transpose(0, 1, 3, 2)); // [B, K, G·T, S]
        if (scale != 1) {
            scores = scores.mul(scale);
        }
        OnnxValue perHead = grouped ? scores.reshape(0, heads, -1, 0) : scores; // [B, H, T, S]
        OnnxValue weights = (mask.isPresent() ? perHead.add(mask.get()) : perHead).softmax(-1);
        OnnxValue mixed = (grouped ? weights.reshape(0, kvHeads, -1, 0) : weights).matMul(v);
        return grouped ? mixed.reshape(0, heads, -1, 0) : mixed;
    }

    /// Hides padding. seen I64 [B, S], 1 for tokens and 0 for padding → F32 [B, 1, 1, S].
    public static OnnxValue paddingMask(OnnxGraph graph, OnnxValue seen) {
        return added(graph, visible(seen));
    }

    /// Hides padding, and from each new token those after it and those before its window, if there is one. ids
    /// I64 [B, T] are the last of the tokens seen I64 [B, S] → F32 [B, 1, T, S].
    ///
    /// @param window tokens that each sees, itself among them
    public static OnnxValue causalMask(OnnxGraph graph, OnnxValue ids, OnnxValue seen, OptionalInt window) {
        OnnxValue total = seen.size(1);
        OnnxValue past = total.sub(ids.size(1));
        OnnxValue rows = graph.range(past, total).unsqueeze(1); // [T, 1]
        OnnxValue columns = graph.range(graph.integer(0), total).unsqueeze(0); // [1, S]
        OnnxValue before = columns.lessOrEqual(rows);
        OnnxValue near =
                window.isPresent() ? before.and(columns.greater(rows.sub(graph.integer(window.getAsInt())))) : before;
        return added(graph, near.and(visible(seen)));
    }

    /// Hides from each new token those after it, where nothing is padding. rows I64 [T, 1] and columns I64 [1,
    /// S] are the places of the new tokens and of all → F32 [T, S].
    static OnnxValue causalMask(OnnxGraph graph, OnnxValue rows, OnnxValue columns) {
        return added(graph, columns.lessOrEqual(rows));
    }

    private static OnnxValue visible(OnnxValue seen) {
        return seen.cast(DType.BOOL).unsqueeze(1, 2); // [B, 1, 1, S]
    }

    private static OnnxValue added(OnnxGraph graph, OnnxValue visible) {
        return visible.where(graph.number(0), graph.number(HIDDEN));
    }

    /// Cosines and sines of rotary positions, shared by all layers.
    ///
    /// @param cos     [B, 1, T, R/2]
    /// @param sin     the same shape
    /// @param turning R, channels that turn, the first of each head
    public record Angles(OnnxValue cos, OnnxValue sin, long turning) {
        /// The angles position·frequency. positions I64 [B, T].
        ///
        /// @throws IllegalArgumentException where frequencies depend on the length of the text, or pairs are
        /// not halves
        public static Angles at(OnnxGraph graph, OnnxValue positions, Rotary rotary) {
            obstacle(rotary).ifPresent(what -> {
                throw new IllegalArgumentException("ONNX graphs have no " + what);
            });
            double[] exact = rotary.scaling().frequencies(rotary.theta(), rotary.rotaryDim(), 0);
            float[] frequencies = new float[exact.length];
            for (int i = 0; i < exact.length; i++) {
                frequencies[i] = (float) exact[i];
            }
            OnnxValue angles =
                    positions.cast(DType.F32).unsqueeze(1, 3).mul(graph.numbers(frequencies)); // [B, 1, T, R/2]
            double amplitude = rotary.scaling().amplitude();
            OnnxValue cos = angles.cos();
            OnnxValue sin = angles.sin();
            return amplitude == 1
                    ? new Angles(cos, sin, rotary.rotaryDim())
                    : new Angles(cos.mul(amplitude), sin.mul(amplitude), rotary.rotaryDim());
        }

        /// What of rotary positions a graph cannot have, if anything: a cache keeps keys as they were turned.
        static Optional<String> obstacle(Rotary rotary) {
            if (rotary.scaling().varies()) {
                return Optional.of("rotary frequencies that depend on the length of the text (rope_type dynamic or"
                        + " longrope)");
            }
            return rotary.pairing() == Rotary.Pairing.HALVES
                    ? Optional.empty()
                    : Optional.of("rotary positions that turn neighbouring channels");
        }

        /// x [B, H, T, C] turned: channel i < R/2 together with channel i + R/2; those from R on stay.
        public OnnxValue turn(OnnxValue x, long headDim) {
            OnnxValue first = x.slice(3, 0, turning / 2);
            OnnxValue second = x.slice(3, turning / 2, turning);
            OnnxValue turnedFirst = first.mul(cos).sub(second.mul(sin));
            OnnxValue turnedSecond = second.mul(cos).add(first.mul(sin));
            return turning == headDim
                    ? x.graph().concat(-1, turnedFirst, turnedSecond)
                    : x.graph().concat(-1, turnedFirst, turnedSecond, x.slice(3, turning, headDim));
        }
    }
}
