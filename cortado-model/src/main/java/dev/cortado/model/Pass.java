package dev.cortado.model;

import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Optional;

/// What varies from one call of a model to the next.
///
/// @param precision dtype of activations; parameters are cast to it where they are used
/// @param form      how layers are computed
/// @param layout    what the rows of the batch hold
/// @param cache     keys and values of earlier calls, which this call reads and extends
/// @param prefix    stands before every text; that of a continued text is in its cache ([KvCache#begin])
/// @param routers   told how a mixture of experts spreads its tokens
public record Pass(
        DType precision,
        ComputeForm form,
        Layout layout,
        Optional<KvCache> cache,
        Optional<Prefix> prefix,
        Optional<RouterLoad> routers) {
    public Pass {
        if (cache.isPresent() && prefix.isPresent()) {
            throw new IllegalArgumentException("a cache begins with the prefix; do not give it to the pass again");
        }
    }

    /// Nobody listens to routers.
    public Pass(DType precision, ComputeForm form, Layout layout, Optional<KvCache> cache) {
        this(precision, form, layout, cache, Optional.empty(), Optional.empty());
    }

    /// A whole text per row, in F32, nothing remembered.
    public static Pass evaluation(Device device) {
        return new Pass(DType.F32, ComputeForm.fastest(device), new Layout.Whole(0), Optional.empty());
    }

    /// The next tokens of the texts whose beginning is in `cache`.
    public static Pass cached(KvCache cache, Device device) {
        return evaluation(device).with(new Layout.Whole(cache.length())).with(cache);
    }

    /// The same with activations of another dtype.
    public Pass with(DType other) {
        return new Pass(other, form, layout, cache, prefix, routers);
    }

    /// The same with layers computed in another way.
    public Pass with(ComputeForm other) {
        return new Pass(precision, other, layout, cache, prefix, routers);
    }

    /// The same over other rows.
    public Pass with(Layout other) {
        return new Pass(precision, form, other, cache, prefix, routers);
    }

    private Pass with(KvCache other) {
        return new Pass(precision, form, layout, Optional.of(other), prefix, routers);
    }

    /// The same, with routers noting what they do.
    public Pass with(RouterLoad other) {
        return new Pass(precision, form, layout, cache, prefix, Optional.of(other));
    }

    /// The same behind a prefix.
    public Pass with(Prefix other) {
        return new Pass(precision, form, layout, cache, Optional.of(other), routers);
    }

    /// Tokens that stand before every text.
    public long prefixLength() {
        return prefix.map(Prefix::length).orElse(0L);
    }

    /// The position of each of `newTokens` ids within its text, the prefix counted in: I64 [B or 1, T].
    public Tensor positions(long newTokens, Device device) {
        Tensor within = layout.positions(newTokens, device);
        return prefix.isEmpty() ? within : within.add(Tensors.range(prefixLength(), prefixLength() + 1, device));
    }

    /// Columns of keys: those of the prefix or of earlier calls, and the new ones.
    public long columns(long newTokens) {
        return prefixLength() + layout.columns(newTokens);
    }

    /// Keys and values of a layer that its new tokens may look at, themselves among them; remembered if there is
    /// a cache. keys and values [B, K, T, C] → [B, K, S, C].
    public KeyValue seen(int layer, Tensor keys, Tensor values) {
        var own = new KeyValue(keys, values);
        return cache.map(all -> all.remember(layer, keys, values))
                .orElseGet(() -> prefix.map(p -> p.before(layer, own)).orElse(own));
    }
}
