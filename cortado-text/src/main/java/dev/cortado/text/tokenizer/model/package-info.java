/// The models of tokenizers: how one word becomes tokens. [dev.cortado.text.tokenizer.model.Bpe] merges pairs,
/// [dev.cortado.text.tokenizer.model.WordPiece] takes the longest match,
/// [dev.cortado.text.tokenizer.model.Unigram] the most probable segmentation, and
/// [dev.cortado.text.tokenizer.model.WordLevel] the word as it is.
@NullMarked
package dev.cortado.text.tokenizer.model;

import org.jspecify.annotations.NullMarked;
