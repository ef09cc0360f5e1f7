/// Text to token ids and back.
///
/// ```java
/// // Learn a vocabulary of 4,096 tokens …
/// var trainer = new BpeTrainer(4096, 2, List.of("<|endoftext|>"));
/// BpeTrainer.Result result = trainer.train(texts, threads, size -> {});
/// ByteLevelBpe bpe = result.tokenizer();
/// bpe = bpe.withSpecials(bpe.specials().withBos("<|endoftext|>").withEos("<|endoftext|>"));
/// Tokenizers.write(bpe, OptionalLong.of(1024), folder);   // tokenizer.json, tokenizer_config.json
///
/// // … and use it, here or in any program that reads Hugging Face's files.
/// Tokenizer tokenizer = Tokenizers.read(folder);
/// int[] ids = tokenizer.encode("To be, or not to be");
/// String text = tokenizer.decode(ids);
/// ```
///
/// [dev.cortado.text.tokenizer.Tokenizer] is what models, engines and corpora see.
/// [dev.cortado.text.tokenizer.ByteLevelBpe] is the byte-level byte-pair encoding of GPT-2 and most models since;
/// [dev.cortado.text.tokenizer.StreamDecoder] shows generated text token by token without ever showing half a
/// character.
///
/// Two promises hold throughout. Encoding never yields special tokens: text that spells `<|endoftext|>` is encoded as
/// the ordinary characters it consists of, and only who holds the id can end a document. And a tokenizer file that
/// asks for something that is not supported is refused with the name of it, never read approximately.
///
/// Sources:
/// - Sennrich, Haddow, Birch: *Neural Machine Translation of Rare Words with Subword Units*, ACL 2016,
///   arXiv:1508.07909 (byte-pair encoding)
/// - Radford, Wu, Child, Luan, Amodei, Sutskever: *Language Models are Unsupervised Multitask Learners*, 2019 (bytes as
///   symbols, the pre-tokenisation pattern)
/// - Hugging Face tokenizers: file format and order of ids
@NullMarked
package dev.cortado.text.tokenizer;

import org.jspecify.annotations.NullMarked;
