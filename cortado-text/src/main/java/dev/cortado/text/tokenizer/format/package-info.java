/// The files in which tokenizers are kept. [dev.cortado.text.tokenizer.format.Tokenizers] opens any of them:
///
/// ```java
/// PipelineTokenizer tokenizer = Tokenizers.read(folder);
/// int[] ids = tokenizer.encode("To be, or not to be");
/// ```
///
/// | file | reader |
/// |---|---|
/// | `tokenizer.json` (Hugging Face), also written | [dev.cortado.text.tokenizer.format.PipelineJson] |
/// | `tokenizer.model`, `*.model` (SentencePiece) | [dev.cortado.text.tokenizer.format.SentencePieceModel] |
/// | `*.tiktoken` | [dev.cortado.text.tokenizer.format.TiktokenFile] |
/// | `vocab.json` + `merges.txt`, `encoder.json` + `vocab.bpe` | [dev.cortado.text.tokenizer.format.MergesFiles] |
/// | `vocab.txt` (BERT) | [dev.cortado.text.tokenizer.format.VocabText] |
/// | `*.gguf` (llama.cpp) | [dev.cortado.text.tokenizer.format.GgufTokenizer] |
/// | the same, written | [dev.cortado.text.tokenizer.format.GgufTokenizerWriter] |
/// | codes of subword-nmt | [dev.cortado.text.tokenizer.format.SubwordNmt] |
///
/// Files come from strangers: what is wrong with one is an `IllegalArgumentException` that names it, and what one
/// merely claims to hold costs nothing. A file is read whole or refused; nothing in it is passed over.
@NullMarked
package dev.cortado.text.tokenizer.format;

import org.jspecify.annotations.NullMarked;
