/// Training.
@NullMarked
package dev.cortado.train;

import org.jspecify.annotations.NullMarked;
