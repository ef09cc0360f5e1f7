/// The files tokenizers come in. [dev.cortado.text.tokenizer.format.PipelineJson] reads and writes the
/// `tokenizer.json` of Hugging Face's tokenizers library:
///
/// ```java
/// Pipeline pipeline = PipelineJson.read(folder.resolve("tokenizer.json"));
/// var tokenizer = new PipelineTokenizer(pipeline);
/// int[] ids = tokenizer.encode("To be, or not to be");
/// ```
///
/// The other formats are read into the same, each as a [dev.cortado.text.tokenizer.format.TokenizerFile] that also knows
/// the roles of special tokens:
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
/// A file is read whole or refused with one line that names the place in it and what is wrong there; nothing in it is
/// passed over.
@NullMarked
package dev.cortado.text.tokenizer.format;

import org.jspecify.annotations.NullMarked;
