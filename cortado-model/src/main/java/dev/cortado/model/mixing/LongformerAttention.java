package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;

/// Attention within a window, and a few global tokens: Longformer (Beltagy, Peters & Cohan 2020, arXiv:2004.05150).
///
/// A token sees the tokens at most `window` away and the first `globals` ones; these see every token (sections 3.1).
/// The window is computed in chunks (appendix A): queries in chunks of c ≤ window tokens against their own chunk and
/// its neighbours, so the scores of a head are [T/c, c, 3c + globals], linear in T. Causally a token sees those of
/// both kinds that are not after it, and chunks look back only.
public final class LongformerAttention implements Mixer {
    private final int window;
    private final int globals;
    private final boolean causal;
    private final SoftmaxAttention full;

    /// @param window  how far a token sees to each side
    /// @param globals how many of the first tokens are global
    public LongformerAttention(int window, int globals, boolean causal) {
        if (window < 1 || globals < 0) {
            throw new IllegalArgumentException(
                    "window is " + window + " and globals is " + globals + "; give at least 1 and 0");
        }
        this.window = window;
        this.globals = globals;
        this.causal = causal;
        this.full = new SoftmaxAttention(causal);
    }

    /// Queries, keys and values by projections of their own, for what global tokens see (section 3.1, "linear
    /// projections for global attention"). Of `q` only the rows of global tokens are read.
    public record Global(Tensor q, Tensor k, Tensor v) {}

    /// With the same projections for global tokens.
    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        return mix(q, k, v, new Global(q, k, v));
    }

    /// As [Mixer#mix], global tokens looking by projections of their own.
    public Tensor mix(Tensor q, Tensor k, Tensor v, Global global) {
        Heads.require(q, k, v);
        long tokens = q.size(2);
        long first = Math.min(globals, tokens);
        Tensor local = Heads.merged(windows(q, k, v, first)).slice(2, first, tokens);
        if (first == 0) {
            return local;
        }
        long seen = causal ? first : tokens;
        Tensor all = full.mix(
                global.q().slice(2, 0, first),
                global.k().slice(2, 0, seen),
                global.v().slice(2, 0, seen));
        return Tensors.cat(List.of(all, local), 2);
    }

    /// What each token gets from its window and from the global tokens; of no use for global tokens themselves.
    /// [B, K, G, T, C].
    private Tensor windows(Tensor q, Tensor k, Tensor v, long first) {
        long tokens = q.size(2);
        long width = q.size(3);
        long chunk = Math.min(window, tokens);
        long chunks = Math.ceilDiv(tokens, chunk);
        long batch = k.size(0);
        long kvHeads = k.size(1);
        long group = q.size(1) / kvHeads;
        Tensor queries = padded(q, 0, chunks * chunk - tokens)
                .reshape(batch, kvHeads, group, chunks, chunk, width)
                .transpose(2, 3)
                .flatten(3, 4); // [B, K, n, G·c, C]
        Tensor near = queries.matmul(neighbours(k, chunk, chunks).transpose(3, 4)); // [B, K, n, G·c, 2c or 3c]
        Tensor far = queries.matmul(k.slice(2, 0, first).unsqueeze(2).transpose(3, 4)); // [B, K, n, G·c, g]
        Tensor scores = Tensors.cat(List.of(far, near), -1);
        Tensor weights = scores.reshape(batch, kvHeads, chunks, group, chunk, scores.size(-1))
                .mul(1 / Math.sqrt((double) width))
                .maskedFill(hidden(tokens, chunk, chunks, first, q.device()), Double.NEGATIVE_INFINITY)
                .softmax(-1)
                .flatten(3, 4);
        Tensor mixed = weights.slice(-1, first)
                .matmul(neighbours(v, chunk, chunks))
                .add(weights.slice(-1, 0, first).matmul(v.slice(2, 0, first).unsqueeze(2)));
        return mixed.reshape(batch, kvHeads, chunks, group, chunk, width)
                .transpose(2, 3)
                .flatten(3, 4)
                .slice(3, 0, tokens);
    }

    /// Each chunk with the one before it and, unless causal, the one after it: [B, K, T, C] → [B, K, n, 2c or
    /// 3c, C].
    private Tensor neighbours(Tensor x, long chunk, long chunks) {
        long after = causal ? 0 : 1;
        Tensor cut = padded(x, chunk, (chunks + after) * chunk - x.size(2))
                .reshape(x.size(0), x.size(1), 1 + chunks + after, chunk, x.size(3));
        List<Tensor> shifted = causal
                ? List.of(cut.slice(2, 0, chunks), cut.slice(2, 1))
                : List.of(cut.slice(2, 0, chunks), cut.slice(2, 1, chunks + 1), cut.slice(2, 2));
        return Tensors.cat(shifted, 3);
    }

    /// Which of its columns, global ones first, a token does not see: BOOL [n, 1, c, g + 2c or 3c].
    private Tensor hidden(long tokens, long chunk, long chunks, long first, Device device) {
        try (var _ = Grad.off()) {
            Tensor row = Tensors.range(0, chunks * chunk, device).reshape(chunks, 1, chunk, 1);
            Tensor globalColumn = Tensors.range(0, first, device);
            Tensor offset = Tensors.range(-chunk, (causal ? 1 : 2) * chunk, device);
            Tensor column = row.slice(2, 0, 1).add(offset); // [n, 1, 1, 2c or 3c]
            Tensor future = column.gt(row);
            Tensor tooFar = row.sub(column)
                    .gt(number(window, device))
                    .or(column.sub(row).gt(number(window, device)));
            // A global token's column is among the global ones already; there is no token before 0 or
            // after the last.
            Tensor none = column.lt(number(first, device))
                    .or(column.lt(number(tokens, device)).not());
            Tensor near = tooFar.or(none);
            Tensor far = globalColumn.gt(row); // [n, 1, c, g]
            return Tensors.cat(List.of(causal ? far : far.and(far.not()), causal ? near.or(future) : near), -1);
        }
    }

    private static Tensor number(long number, Device device) {
        return Tensors.filled(Shape.of(), (double) number, DType.I64, device);
    }

    /// Zeros before and after the tokens of [B, K, T, C].
    private static Tensor padded(Tensor x, long before, long after) {
        return Tensors.cat(List.of(zeros(x, before), x, zeros(x, after)), 2);
    }

    private static Tensor zeros(Tensor x, long tokens) {
        return Tensors.zeros(Shape.of(x.size(0), x.size(1), tokens, x.size(3)), x.dtype(), x.device());
    }
}
