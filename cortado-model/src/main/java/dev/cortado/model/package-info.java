/// What models are made of. A model is built once from a [dev.cortado.model.Params], which names, loads or
/// initialises and places every parameter, and is never changed afterwards except by an optimizer. It does not know
/// how its weights are stored, trained or adapted.
///
/// [dev.cortado.model.Projection] is the one seam where dense, quantised and adapted weights meet;
/// [dev.cortado.model.Pass] says what varies per call: precision, packed rows, a cache of keys and values.
@NullMarked
package dev.cortado.model;

import org.jspecify.annotations.NullMarked;
