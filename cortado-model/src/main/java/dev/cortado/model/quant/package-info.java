/// Matrices in number formats narrower than floats: how they are laid out, written and read.
/// A [dev.cortado.model.quant.QuantisedMatrix] is read by rows; nothing ever decodes one as a whole.
/// Formats of blocks come from GGML's files, where their bytes are used in place.
@NullMarked
package dev.cortado.model.quant;

import org.jspecify.annotations.NullMarked;
