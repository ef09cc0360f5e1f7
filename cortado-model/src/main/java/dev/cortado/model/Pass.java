package dev.cortado.model;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// What varies from one call of a model to the next.
///
/// @param precision dtype of activations; parameters are cast to it where they are used
/// @param form      how layers are computed
/// @param layout    what the rows of the batch hold
/// @param cache     keys and values of earlier calls, which this call reads and extends
/// @param routers   told how a mixture of experts spreads its tokens
public record Pass(
        DType precision, ComputeForm form, Layout layout, Optional<KvCache> cache, Optional<RouterLoad> routers) {
    /// Nobody listens to routers.
    public Pass(DType precision, ComputeForm form, Layout layout, Optional<KvCache> cache) {
        this(precision, form, layout, cache, Optional.empty());
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
        return new Pass(other, form, layout, cache, routers);
    }

    /// The same with layers computed in another way.
    public Pass with(ComputeForm other) {
        return new Pass(precision, other, layout, cache, routers);
    }

    /// The same over other rows.
    public Pass with(Layout other) {
        return new Pass(precision, form, other, cache, routers);
    }

    private Pass with(KvCache other) {
        return new Pass(precision, form, layout, Optional.of(other), routers);
    }

    /// The same, with routers noting what they do.
    public Pass with(RouterLoad other) {
        return new Pass(precision, form, layout, cache, Optional.of(other));
    }
}
