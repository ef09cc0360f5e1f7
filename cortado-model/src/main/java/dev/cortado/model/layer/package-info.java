/// Layers that architectures share: norms, positions, attention, feed-forward. Each is a final class built from
/// [dev.cortado.model.Params] with one method, `forward`; none keeps anything between calls.
@NullMarked
package dev.cortado.model.layer;

import org.jspecify.annotations.NullMarked;
