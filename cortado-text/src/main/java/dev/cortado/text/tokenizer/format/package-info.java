/// The files in which tokenizers are kept. Whatever the format, reading gives a
/// [dev.cortado.text.tokenizer.format.TokenizerFile]: a pipeline and the special tokens' roles.
///
/// | file | reader |
/// |---|---|
/// | `tokenizer.model`, `*.model` (SentencePiece) | [dev.cortado.text.tokenizer.format.SentencePieceModel] |
/// | `*.tiktoken` | [dev.cortado.text.tokenizer.format.TiktokenFile] |
/// | `vocab.json` + `merges.txt`, `encoder.json` + `vocab.bpe` | [dev.cortado.text.tokenizer.format.MergesFiles] |
/// | `vocab.txt` (BERT) | [dev.cortado.text.tokenizer.format.VocabText] |
/// | `*.gguf` (llama.cpp) | [dev.cortado.text.tokenizer.format.GgufTokenizer] |
/// | codes of subword-nmt | [dev.cortado.text.tokenizer.format.SubwordNmt] |
///
/// Files come from strangers: what is wrong with one is an `IllegalArgumentException` that names it, and what one
/// merely claims to hold costs nothing.
@NullMarked
package dev.cortado.text.tokenizer.format;

import org.jspecify.annotations.NullMarked;
