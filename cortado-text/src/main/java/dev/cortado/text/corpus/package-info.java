/// From text files to rows of tokens.
///
/// ```java
/// Corpus all = Corpus.open(List.of(Path.of("books/")));                     // .txt and .jsonl, UTF-8
/// HeldOut.Split split = new HeldOut.Tail(0.1).split(all);
/// int separator = tokenizer.specials().require("<|endoftext|>");
/// try (var documents = split.training().documents()) {
///     TokenStore.write(file, documents, tokenizer, separator, (d, tokens, bytes) -> {});
/// }
/// try (var store = TokenStore.open(file)) {
///     var rows = new Rows(store, 256);                                      // T = 256
///     int[] tokens = new int[257], positions = new int[256], segments = new int[256];
///     rows.read(0, tokens, positions, segments);
/// }
/// ```
///
/// - [dev.cortado.text.corpus.Corpus] streams documents in an order that is the same in every run, and refuses what is
///   not UTF-8 or not a document, with file and line.
/// - [dev.cortado.text.corpus.HeldOut] says which text is kept out of training.
/// - [dev.cortado.text.corpus.TokenStore] is the encoded corpus: one memory-mapped file, written once.
/// - [dev.cortado.text.corpus.Rows] cuts it into rows of inputs and targets in which documents do not see each other.
///
/// Source of the packing with block-diagonal attention and restarted positions: Krell et al., *Efficient Sequence
/// Packing without Cross-contamination*, 2021, arXiv:2107.02027.
@NullMarked
package dev.cortado.text.corpus;

import org.jspecify.annotations.NullMarked;
