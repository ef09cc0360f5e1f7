package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.mixing.Mixer;
import dev.cortado.model.mixing.Mixing;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [Attention] in which tokens are mixed in any way ([Mixing]) between its projections.
///
/// A [Mixer] takes whole texts and knows no mask. So texts packed into a row are mixed one by one, and so is each
/// padded one, without its padding. Of a text continued through a cache, keys and values are remembered; where a
/// mixer has no form for the last queries alone, they are mixed together with idle queries in place of the earlier
/// ones: a result depends on its own query and on the keys and values before it, and on no other query. (Not so in a
/// Reformer, whose queries are the keys: it cannot be continued here.)
///
/// @param layer its number, under which a cache keeps its keys and values
/// @param key   absent where keys are the queries
public record MixedAttention(
        int layer,
        AttentionShape shape,
        Mixing mixing,
        Mixer mixer,
        Projection query,
        Optional<Projection> key,
        Projection value,
        Projection output) {
    /// `q_proj`, `k_proj`, `v_proj` and `o_proj` without biases, and what the mixer itself learns.
    public static MixedAttention of(
            Params params, int layer, int width, AttentionShape shape, Mixing mixing, boolean causal) {
        Mixing own = mixing.ofLayer(layer);
        Projection query = params.projection("q_proj", width, shape.queryWidth());
        Optional<Projection> key = own.sharesQueriesAsKeys()
                ? Optional.empty()
                : Optional.of(params.projection("k_proj", width, shape.keyWidth()));
        return new MixedAttention(
                layer,
                shape,
                own,
                Mixer.of(own, params, shape.headDim(), causal),
                query,
                key,
                params.projection("v_proj", width, shape.keyWidth()),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }

    /// x [B, T, D] → [B, T, D].
    public Tensor forward(Tensor x, Scores scores, Pass pass) {
        Tensor q = turned(query.apply(x), shape.heads(), scores, pass.form()); // [B, H, T, C]
        Tensor k = key.map(projection -> turned(projection.apply(x), shape.kvHeads(), scores, pass.form()))
                .orElse(q); // [B, K, T, C]
        Tensor v = Attention.split(value.apply(x), shape.kvHeads()); // [B, K, T, C]
        KeyValue seen = pass.seen(layer, k, v);
        Tensor mixed = exactly(pass.form())
                ? Attention.attend(q, seen.keys(), seen.values(), scores, pass.form())
                : byText(q, seen.keys(), seen.values(), pass);
        return output.apply(mixed.transpose(1, 2).flatten(2));
    }

    /// Whether ordinary attention gives what the mixer stands for: in the library's form its tiles are the
    /// library's.
    private boolean exactly(ComputeForm form) {
        return switch (mixing) {
            case Mixing.Softmax _ -> true;
            case Mixing.Tiled _ -> form == ComputeForm.LIBRARY;
            case Mixing.Longformer _, Mixing.Linformer _, Mixing.Performer _, Mixing.Reformer _ -> false;
        };
    }

    private static Tensor turned(Tensor x, int heads, Scores scores, ComputeForm form) {
        return scores.angles().map(angles -> angles.split(x, heads, form)).orElseGet(() -> Attention.split(x, heads));
    }

    private Tensor byText(Tensor q, Tensor k, Tensor v, Pass pass) {
        if (pass.prefix().isPresent() && (key.isEmpty() || !(pass.layout() instanceof Layout.Whole))) {
            throw new IllegalArgumentException(
                    "a prefix stands before whole texts only, and before none in a Reformer");
        }
        return switch (pass.layout()) {
            case Layout.Whole _ -> whole(q, k, v);
            case Layout.Packed(var _, Tensor segments) -> rows(q, k, v, segments.toLongs());
            case Layout.Padded(Tensor lengths) -> rows(q, k, v, numbered(lengths.toLongs(), (int) q.size(2)));
        };
    }

    /// Of each row the text is 0, the padding 1.
    private static long[] numbered(long[] lengths, int tokens) {
        long[] segments = new long[lengths.length * tokens];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = i % tokens < lengths[i / tokens] ? 0 : 1;
        }
        return segments;
    }

    /// Runs of equal numbers within a row are texts. segments [B · T].
    private Tensor rows(Tensor q, Tensor k, Tensor v, long[] segments) {
        int tokens = (int) q.size(2);
        List<Tensor> rows = new ArrayList<>();
        for (int row = 0; row < q.size(0); row++) {
            List<Tensor> texts = new ArrayList<>();
            int begin = 0;
            for (int t = 1; t <= tokens; t++) {
                if (t == tokens || segments[row * tokens + t] != segments[row * tokens + begin]) {
                    texts.add(mixer.mix(part(q, row, begin, t), part(k, row, begin, t), part(v, row, begin, t)));
                    begin = t;
                }
            }
            rows.add(Tensors.cat(texts, 2));
        }
        return Tensors.cat(rows, 0);
    }

    private static Tensor part(Tensor x, long row, long from, long to) {
        return x.slice(0, row, row + 1).slice(2, from, to);
    }

    private Tensor whole(Tensor q, Tensor k, Tensor v) {
        long earlier = k.size(2) - q.size(2);
        if (earlier == 0 || mixing instanceof Mixing.Tiled) {
            return mixer.mix(q, k, v);
        }
        Tensor idle = Tensors.zeros(Shape.of(q.size(0), q.size(1), earlier, q.size(3)), q.dtype(), q.device());
        return mixer.mix(Tensors.cat(List.of(idle, q), 2), k, v).slice(2, earlier);
    }
}
