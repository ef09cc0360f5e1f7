/// Kernels against references in doubles that read like the formulas.
@NullMarked
package dev.cortado.tensor.kernel;

import org.jspecify.annotations.NullMarked;
