/// The façade over LibTorch.
@NullMarked
package dev.cortado.tensor;

import org.jspecify.annotations.NullMarked;
