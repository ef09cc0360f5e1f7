/// Text to ids and back.
@NullMarked
package dev.cortado.text.tokenizer;

import org.jspecify.annotations.NullMarked;
