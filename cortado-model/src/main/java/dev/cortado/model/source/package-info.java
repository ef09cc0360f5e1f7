/// A model wherever it comes from: a folder in the Hugging Face layout, a GGUF file, a llama2.c checkpoint.
///
/// ```java
/// ModelSource source = ModelSource.of(Path.of("models/tiny.gguf"));
/// try (Model model = source.open(Device.CPU, Storage.MAPPED)) {
///     …
/// }
/// ```
///
/// What commands need to know of a model is asked here: its numbers, its weights under Hugging Face's names, its
/// tokenizer, the ids that end a text, its chat template.
@NullMarked
package dev.cortado.model.source;

import org.jspecify.annotations.NullMarked;
