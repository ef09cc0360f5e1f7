/// Generation. [dev.cortado.infer.Generator] is the engine: ids in, ids out, a cache of keys and values between.
/// [dev.cortado.infer.TextGenerator] puts a tokenizer around it and streams text that never shows half a character.
@NullMarked
package dev.cortado.infer;

import org.jspecify.annotations.NullMarked;
