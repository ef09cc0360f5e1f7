/// Text to token ids and back, as models, engines and corpora see it.
///
/// ```java
/// // Learn a vocabulary of 4,096 tokens …
/// var vocabulary = VocabularySpec.of(4096).withSpecials("<|endoftext|>");
/// Trained learned = ByteLevelBpeTrainer.of(vocabulary).train(texts);
/// Optional<String> end = Optional.of("<|endoftext|>");
/// PipelineTokenizer mine = learned.tokenizer().withRoles(end, end, Optional.empty());
/// Tokenizers.write(mine, OptionalLong.of(1024), folder);   // tokenizer.json, tokenizer_config.json
///
/// // … or open any tokenizer there is, and use it.
/// Tokenizer tokenizer = Tokenizers.read(folder);
/// int[] ids = tokenizer.encode("To be, or not to be");
/// String text = tokenizer.decode(ids);
/// ```
///
/// | package | what |
/// |---|---|
/// | this one | `Tokenizer` and what it gives: `Encoding`, `StreamDecoder` |
/// | `model` | how one word becomes tokens: BPE, WordPiece, Unigram, words |
/// | `pipeline` | what happens around the model, and the tokenizer that does it all |
/// | `scan` | fast scanners for the words of well-known models |
/// | `format` | the files tokenizers come in |
/// | `train` | learning a tokenizer from text |
///
/// Two promises hold throughout. Encoding yields special tokens only where the caller says that the text is trusted
/// ([dev.cortado.text.tokenizer.SpecialText]): what users, tools and documents write cannot forge structure. And a
/// file that asks for something that is not supported is refused with the name of it, never read approximately.
@NullMarked
package dev.cortado.text.tokenizer;

import org.jspecify.annotations.NullMarked;
