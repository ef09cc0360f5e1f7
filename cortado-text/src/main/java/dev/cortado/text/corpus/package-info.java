/// Reading text.
@NullMarked
package dev.cortado.text.corpus;

import org.jspecify.annotations.NullMarked;
