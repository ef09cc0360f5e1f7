package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import java.util.Optional;

/// Multi-head, grouped-query or multi-query self-attention (Vaswani et al. 2017, arXiv:1706.03762; Shazeer 2019,
/// arXiv:1911.02150; Ainslie et al. 2023, arXiv:2305.13245).
///
/// @param layer   its number, under which a cache keeps its keys and values
/// @param inputs  how queries, keys and values are made
/// @param norms   applied to queries and keys before they are turned
/// @param output  from the heads back to the width of the model
public record Attention(
        int layer, AttentionShape shape, HeadInputs inputs, Optional<QueryKeyNorms> norms, Projection output) {
    /// `q_proj`, `k_proj`, `v_proj` and `o_proj`, all without bias or all with one.
    public static Attention of(Params params, int layer, int width, AttentionShape shape, boolean bias) {
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        params.projection("q_proj", width, shape.queryWidth(), Init.fanIn(width), bias),
                        params.projection("k_proj", width, shape.keyWidth(), Init.fanIn(width), bias),
                        params.projection("v_proj", width, shape.keyWidth(), Init.fanIn(width), bias)),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros(), bias));
    }

    /// Norms of queries and keys (Henry et al. 2020, arXiv:2010.04245), over each head's channels or over all of
    /// them, whatever width the norms have.
    public record QueryKeyNorms(RmsNorm query, RmsNorm key) {}

    /// x [B, T, D] → [B, T, D].
    public Tensor forward(Tensor x, Scores scores, Pass pass) {
        HeadInputs.Parts parts = inputs.of(x, shape);
        Tensor flatQ = norms.map(n -> n.query().overParts(parts.queries(), pass.form()))
                .orElse(parts.queries());
        Tensor flatK =
                norms.map(n -> n.key().overParts(parts.keys(), pass.form())).orElse(parts.keys());
        Tensor q = turned(flatQ, shape.heads(), scores, pass.form()); // [B, H, T, C]
        Tensor k = turned(flatK, shape.kvHeads(), scores, pass.form()); // [B, K, T, C]
        Tensor v = split(parts.values(), shape.kvHeads()); // [B, K, T, C]
        KeyValue seen = pass.seen(layer, k, v);
        Tensor mixed = attend(q, seen.keys(), seen.values(), scores, pass.form()); // [B, H, T, C]
        return output.apply(mixed.transpose(1, 2).flatten(2));
    }

    private static Tensor turned(Tensor x, int heads, Scores scores, ComputeForm form) {
        return scores.angles().map(angles -> angles.split(x, heads, form)).orElseGet(() -> split(x, heads));
    }

    /// softmax(q·kᵀ·scale + mask)·v. q [B, H, T, C], k and v [B, K, S, C] → [B, H, T, C].
    static Tensor attend(Tensor q, Tensor k, Tensor v, Scores scores, ComputeForm form) {
        boolean library = form == ComputeForm.LIBRARY && scores.plain();
        // The library scales by 1/√C.
        double root = Math.sqrt((double) q.size(3));
        Tensor scaled = library && scores.scale() * root != 1 ? q.mul(scores.scale() * root) : q;
        return switch (scores.mask()) {
            case AttentionMask.Causal _ -> Nn.scaledDotProduct(scaled, k, v, true);
            case AttentionMask.Everything _ when library -> Nn.scaledDotProduct(scaled, k, v, false);
            case AttentionMask.Added(Tensor added) when library -> Nn.scaledDotProduct(scaled, k, v, added);
            default -> explicit(q, k, v, scores, form);
        };
    }

    /// The G query heads of a group stand one below the other, so that keys and values are never repeated.
    private static Tensor explicit(Tensor q, Tensor k, Tensor v, Scores scores, ComputeForm form) {
        long kvHeads = k.size(1);
        long group = q.size(1) / kvHeads;
        Tensor grouped = q.reshape(q.size(0), kvHeads, group * q.size(2), q.size(3)); // [B, K, G·T, C]
        Tensor products = grouped.matmul(k.transpose(2, 3)); // [B, K, G·T, S]
        Tensor weights = scores.plain() && scores.mask() instanceof AttentionMask.From(Tensor first)
                ? softmaxFrom(products, scores.scale(), first, form)
                : weights(products, q.size(1), scores, form);
        return weights.matmul(v).reshape(q.size(0), q.size(1), q.size(2), v.size(3));
    }

    private static Tensor weights(Tensor products, long heads, Scores scores, ComputeForm form) {
        long[] grouped = products.shape().sizes();
        Tensor scaled = products.mul(scores.scale());
        Tensor bounded = scores.softcap().isPresent()
                ? Nn.softcap(scaled, scores.softcap().getAsDouble())
                : scaled;
        Tensor perHead = bounded.reshape(grouped[0], heads, -1, grouped[3]); // [B, H, T, S]
        Tensor biased =
                scores.bias().map(b -> perHead.add(b.to(perHead.dtype()))).orElse(perHead);
        return switch (scores.mask()) {
            case AttentionMask.From(Tensor first) -> softmaxFrom(biased.reshape(grouped), 1, first, form);
            case AttentionMask.Added(Tensor added) ->
                biased.add(added).softmax(-1).reshape(grouped);
            case AttentionMask.Everything _ -> biased.softmax(-1).reshape(grouped);
            case AttentionMask.Causal _ -> throw new IllegalStateException("a causal mask is for the library alone");
        };
    }

    private static Tensor softmaxFrom(Tensor products, double scale, Tensor first, ComputeForm form) {
        return switch (form) {
            case FUSED -> Fused.softmaxFrom(products, scale, first);
            case LIBRARY -> Nn.softmaxFrom(products, scale, first);
        };
    }

    /// [B, T, heads·C] → [B, heads, T, C].
    static Tensor split(Tensor x, int heads) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }
}
