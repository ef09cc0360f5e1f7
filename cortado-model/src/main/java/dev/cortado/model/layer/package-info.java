/// Layers that architectures share: norms, positions, attention, feed-forward. Each is a final class built from
/// [dev.cortado.model.Params] with one method, `forward`; none keeps anything between calls.
///
/// How a layer is computed, by our kernels or by the library, is the pass's choice
/// ([dev.cortado.model.ComputeForm]); the values are the same up to rounding.
@NullMarked
package dev.cortado.model.layer;

import org.jspecify.annotations.NullMarked;
