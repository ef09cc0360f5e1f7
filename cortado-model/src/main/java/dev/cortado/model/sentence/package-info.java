/// Texts as vectors whose products say how alike they are, with models in the layout of sentence-transformers
/// (Reimers & Gurevych 2019, arXiv:1908.10084).
///
/// ```java
/// try (var encoder = SentenceEncoder.open(folder, Device.CPU, Storage.MAPPED)) {
///     float[][] vectors = encoder.embed(List.of("How old are you?", "What is your age?"));
/// }
/// ```
///
/// A text becomes ids ([dev.cortado.text.tokenizer]), these activations ([dev.cortado.model.Encoder]), these one
/// vector ([dev.cortado.model.sentence.Pooling]), and that a better one ([dev.cortado.model.sentence.Refinement]).
@NullMarked
package dev.cortado.model.sentence;

import org.jspecify.annotations.NullMarked;
