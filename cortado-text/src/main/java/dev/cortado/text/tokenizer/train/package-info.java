/// Learns tokenizers from text.
///
/// ```java
/// var trainer = ByteLevelBpeTrainer.of(VocabularySpec.of(32_000).withSpecials("<|endoftext|>").withReserved(8));
/// Trained trained = trainer.train(documents, threads, (phase, done, total) -> {});
/// Pipeline tokenizer = trained.pipeline();
/// ```
///
/// | trainer | tokens | as |
/// |---|---|---|
/// | [dev.cortado.text.tokenizer.train.ByteTrainer] | bytes | ByT5 |
/// | [dev.cortado.text.tokenizer.train.CharacterTrainer] | characters | SentencePiece `char` |
/// | [dev.cortado.text.tokenizer.train.WordTrainer] | words | Hugging Face `WordLevel`, SentencePiece `word` |
/// | [dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer] | merged bytes | GPT-2 and after |
/// | [dev.cortado.text.tokenizer.train.CharacterBpeTrainer] | merged characters, `</w>` ends a word | subword-nmt |
/// | [dev.cortado.text.tokenizer.train.SentencePieceBpeTrainer] | merged characters, `▁` begins a word | Llama 2 |
/// | [dev.cortado.text.tokenizer.train.WordPieceTrainer] | longest matches, `##` goes on with a word | BERT |
/// | [dev.cortado.text.tokenizer.train.UnigramTrainer] | probable pieces | T5, XLM-R |
///
/// Each is a record of choices, [dev.cortado.text.tokenizer.train.VocabularySpec] the ones all share. Texts are read
/// once
/// and their words counted by several threads; from there on only the different words matter. The result is the same
/// for
/// any number of threads and any order of the texts.
///
/// **Memory** while learning: about 60 bytes for each different word, and for each character (or byte) of the different
/// words some 40 bytes for BPE and 60 for the unigram model, which also needs 128 bytes for each of its seeds.
@NullMarked
package dev.cortado.text.tokenizer.train;

import org.jspecify.annotations.NullMarked;
