/// Generation. [dev.cortado.infer.Generator] is the engine: ids in, ids out, a cache of keys and values between.
/// [dev.cortado.infer.TextGenerator] puts a tokenizer around it and streams text that never shows half a character.
///
/// [dev.cortado.infer.SequenceGenerator] and [dev.cortado.infer.SequenceTextGenerator] are the same for models that
/// read one text and write another.
///
/// Nothing here trains or changes a model, and only one thread at a time uses a generator.
@NullMarked
package dev.cortado.infer;

import org.jspecify.annotations.NullMarked;
