package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.PairIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/// Learns a byte-level BPE from text (Sennrich et al. 2016, arXiv:1508.07909, algorithm 1): starting from bytes, the
/// most frequent pair of neighbouring tokens within words becomes a new token, until the vocabulary is full.
///
/// The result depends on the text alone, not on threads or the order of documents: words are counted first, and of
/// equally frequent pairs the one of smaller ids (left, then right) comes first, as in Hugging Face's trainer. Ids
/// are given as there: special tokens, the 256 bytes in the order of their characters, merges. Two deliberate
/// differences: a pair that spells a special token is never merged, so that no text can become one; and counts stay
/// exact where two pairs spell the same token, so what is learned is what recounting everything would give.
///
/// @param vocabSize ids wanted in all, at least 256 and the special tokens
/// @param minFrequency a pair seen less often is not merged, at least 1
/// @param specials names of the special tokens, which get ids 0, 1, …
public record BpeTrainer(int vocabSize, long minFrequency, List<String> specials) {
    /// What training gave.
    ///
    /// @param tokenizer may know fewer tokens than asked for
    /// @param complete whether the vocabulary reached the size asked for; if not, no pair was left that occurs
    ///     often enough: the corpus is too small
    /// @param words how many words were counted
    /// @param distinctWords how many of them were different
    public record Result(ByteLevelBpe tokenizer, boolean complete, long words, int distinctWords) {}

    /// @throws IllegalArgumentException when there is no room for the bytes, or a special token's name is empty,
    ///     given twice or the spelling of a byte
    public BpeTrainer {
        specials = List.copyOf(specials);
        if (vocabSize < 256 + specials.size()) {
            throw new IllegalArgumentException("vocabSize " + vocabSize + " is too small: 256 bytes and "
                    + specials.size() + " special tokens need " + (256 + specials.size()));
        }
        if (minFrequency < 1) {
            throw new IllegalArgumentException("minFrequency must be at least 1, not " + minFrequency);
        }
        if (Set.copyOf(specials).size() < specials.size()) {
            throw new IllegalArgumentException("a special token is named twice: " + specials);
        }
        for (String name : specials) {
            if (name.isEmpty()
                    || (name.length() == 1 && ByteAlphabet.bytes(name).isPresent())) {
                throw new IllegalArgumentException("'" + name + "' cannot name a special token; use a name such as <|"
                        + (name.isEmpty() ? "endoftext" : name) + "|>");
            }
        }
    }

    /// Learns from texts.
    ///
    /// @param texts read once, by the calling thread, as far as the counting threads keep up
    /// @param threads how many threads count words; the result does not depend on it
    /// @param progress told the size of the vocabulary after each merge
    public Result train(Stream<String> texts, int threads, IntConsumer progress) {
        WordCounter.Counts counted = WordCounter.count(texts.iterator(), threads);
        List<String> tokens = new ArrayList<>(specials);
        int[] byteIds = new int[256];
        for (char c : ByteAlphabet.ascending()) {
            byteIds[ByteAlphabet.unsignedByte(c)] = tokens.size();
            tokens.add(String.valueOf(c));
        }
        var words = new ArrayList<int[]>(counted.words().size());
        long[] frequencies = new long[counted.words().size()];
        counted.words().forEach((word, frequency) -> {
            frequencies[words.size()] = frequency;
            byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1); // how WordCounter keeps bytes
            words.add(symbols(bytes, byteIds));
        });
        List<BpeVocabulary.Merge> merges = merge(new PairCounts(words, frequencies), tokens, progress);
        Map<String, Integer> specialIds = new LinkedHashMap<>();
        for (String name : specials) {
            specialIds.put(name, specialIds.size());
        }
        var vocabulary = new BpeVocabulary(tokens, merges, Specials.of(specialIds));
        return new Result(
                new ByteLevelBpe(vocabulary),
                tokens.size() == vocabSize,
                counted.total(),
                counted.words().size());
    }

    private List<BpeVocabulary.Merge> merge(PairCounts pairs, List<String> tokens, IntConsumer progress) {
        Map<String, Integer> ids = new HashMap<>(BpeVocabulary.ids(tokens));
        List<BpeVocabulary.Merge> merges = new ArrayList<>();
        var merged = new PairIndex(vocabSize);
        Set<String> forbidden = Set.copyOf(specials);
        while (tokens.size() < vocabSize && pairs.next() && pairs.count() >= minFrequency) {
            var merge = new BpeVocabulary.Merge(PairIndex.left(pairs.pair()), PairIndex.right(pairs.pair()));
            String token = tokens.get(merge.left()) + tokens.get(merge.right());
            if (forbidden.contains(token)) {
                continue;
            }
            Integer known = ids.putIfAbsent(token, tokens.size());
            if (known == null) {
                tokens.add(token);
            }
            // Two pairs can spell one token ("aa"+"a", "a"+"aa"); then pairs with that token can come up
            // once more.
            if (merged.add(pairs.pair()) == merges.size()) {
                merges.add(merge);
            }
            pairs.merge(known == null ? tokens.size() - 1 : known);
            progress.accept(tokens.size());
        }
        return merges;
    }

    private static int[] symbols(byte[] word, int[] byteIds) {
        int[] symbols = new int[word.length];
        Arrays.setAll(symbols, i -> byteIds[word[i] & 0xFF]);
        return symbols;
    }
}
