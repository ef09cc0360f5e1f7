/// Generation.
@NullMarked
package dev.cortado.infer;

import org.jspecify.annotations.NullMarked;
