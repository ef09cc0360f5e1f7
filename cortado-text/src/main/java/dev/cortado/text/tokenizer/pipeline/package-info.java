/// What happens to text around a tokenizer's model, as the `tokenizer.json` of Hugging Face's tokenizers library
/// describes it: added tokens are found, the rest is normalized, cut into words, given to the model, and wrapped in
/// the special tokens the model wants. Every component is a record of a sealed type; a
/// [dev.cortado.text.tokenizer.pipeline.Pipeline] holds them all.
@NullMarked
package dev.cortado.text.tokenizer.pipeline;

import org.jspecify.annotations.NullMarked;
