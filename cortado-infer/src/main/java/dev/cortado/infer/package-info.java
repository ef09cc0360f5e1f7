/// Generation. [dev.cortado.infer.Generator] is the engine: ids in, ids out, a cache of keys and values between.
/// [dev.cortado.infer.TextGenerator] puts a tokenizer around it and streams text that never shows half a character.
///
/// Nothing here trains or changes a model, and only one thread at a time uses a generator.
@NullMarked
package dev.cortado.infer;

import org.jspecify.annotations.NullMarked;
