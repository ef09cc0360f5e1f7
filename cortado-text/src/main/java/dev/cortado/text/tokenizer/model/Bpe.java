package dev.cortado.text.tokenizer.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a word begins as its characters, and of all
/// neighbouring pairs the one of least rank, the leftmost of equals, is joined until no pair is in the list.
///
/// Encoding n characters takes O(n log n) at worst, however long a word is.
public final class Bpe implements Model {
    private static final int ABSENT = -1;

    private final Vocabulary vocabulary;
    private final List<Merge> merges;
    private final Options options;
    private final Set<Integer> excluded;
    private final PairIndex ranks;
    private final int[] merged; // by rank: the id a merge makes
    private final int unk;
    private final int[] fallback; // by byte: the id of <0x..>; empty when there are not all
    private final int[] basic; // by code point of the basic plane: the id of the character alone
    private final Map<Integer, Integer> beyond = new HashMap<>(); // the same for the other planes

    /// Two neighbouring tokens that become the one spelled by both together, without the second's continuing
    /// prefix.
    ///
    /// @param rank the least rank is merged first, the leftmost of equals; in files, the position in the list.
    /// Merges may share a rank when they make the same token, as in tiktoken, which ranks tokens instead of
    /// pairs
    public record Merge(int left, int right, int rank) {}

    /// The variations of the `BPE` model.
    ///
    /// @param dropout      probability that a merge is left out by [#sample] (Provilkov et al. 2020,
    ///     arXiv:1910.13267); [#tokenize] leaves none out
    /// @param unk          stands for unknown characters; without it they are left out
    /// @param continuingSubwordPrefix stands before every symbol of a word but the first
    /// @param endOfWordSuffix stands after the last symbol of a word
    /// @param fuseUnk      whether neighbouring unknown characters become one token
    /// @param byteFallback whether unknown characters become the tokens of their bytes, `<0x00>` … `<0xFF>`
    /// @param ignoreMerges whether a word that is a token is that token, whatever the merges say
    public record Options(
            OptionalDouble dropout,
            Optional<String> unk,
            Optional<String> continuingSubwordPrefix,
            Optional<String> endOfWordSuffix,
            boolean fuseUnk,
            boolean byteFallback,
            boolean ignoreMerges) {
        /// None of them.
        public static final Options PLAIN = new Options(
                OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, false, false);

        /// @throws IllegalArgumentException when `dropout` is no probability
        public Options {
            if (dropout.isPresent() && !(dropout.getAsDouble() >= 0 && dropout.getAsDouble() <= 1)) {
                throw new IllegalArgumentException(
                        "dropout is " + dropout.getAsDouble() + ", not a probability from 0 to 1");
            }
        }
    }

    /// A model over a vocabulary.
    ///
    /// @param merges of a pair that stands twice the later merge counts
    /// @throws IllegalArgumentException when a merge names or makes a token the vocabulary lacks, or merges of
    /// one rank make different tokens
    public Bpe(Vocabulary vocabulary, List<Merge> merges, Options options) {
        this(vocabulary, merges, options, Set.of());
    }

    private Bpe(Vocabulary vocabulary, List<Merge> merges, Options options, Set<Integer> excluded) {
        this.vocabulary = vocabulary;
        this.merges = List.copyOf(merges);
        this.options = options;
        this.excluded = excluded;
        unk = options.unk().map(token -> vocabulary.id(token).orElse(ABSENT)).orElse(ABSENT);
        ranks = new PairIndex(merges.size());
        int largest = merges.stream().mapToInt(Merge::rank).max().orElse(-1);
        if (largest > 2L * merges.size() + vocabulary.size()) {
            throw new IllegalArgumentException("a merge has rank " + largest + ", but there are only " + merges.size()
                    + " merges and " + vocabulary.size() + " tokens");
        }
        merged = new int[largest + 1];
        Arrays.fill(merged, ABSENT);
        for (Merge merge : merges) {
            addMerge(merge);
        }
        fallback = options.byteFallback() ? byteTokens() : new int[0];
        basic = new int[0x10000];
        Arrays.fill(basic, ABSENT);
        vocabulary.ids().forEach((token, id) -> {
            if (!token.isEmpty() && token.codePointCount(0, token.length()) == 1 && !excluded.contains(id)) {
                int character = token.codePointAt(0);
                if (character < basic.length) {
                    basic[character] = id;
                } else {
                    beyond.put(character, id);
                }
            }
        });
    }

    private void addMerge(Merge merge) {
        String left = vocabulary.token(merge.left()).orElseThrow(() -> unknown(merge, merge.left()));
        String right = vocabulary.token(merge.right()).orElseThrow(() -> unknown(merge, merge.right()));
        int prefix = options.continuingSubwordPrefix().map(String::length).orElse(0);
        if (merge.rank() < 0 || right.length() < prefix) {
            throw new IllegalArgumentException("merge " + merge.rank() + " ('" + left + "' '" + right
                    + "') has a negative rank or no continuing prefix");
        }
        String token = left + right.substring(prefix);
        int id = vocabulary
                .id(token)
                .orElseThrow(() -> new IllegalArgumentException("merge " + merge.rank() + " ('" + left + "' '" + right
                        + "') makes '" + token + "', which is not in the vocabulary"));
        if (merged[merge.rank()] != ABSENT && merged[merge.rank()] != id) {
            throw new IllegalArgumentException("merge " + merge.rank() + " makes two different tokens, '" + token
                    + "' and '" + vocabulary.token(merged[merge.rank()]).orElseThrow() + "'");
        }
        merged[merge.rank()] = id;
        if (!excluded.contains(id)) {
            ranks.put(PairIndex.pair(merge.left(), merge.right()), merge.rank());
        }
    }

    private static IllegalArgumentException unknown(Merge merge, int id) {
        return new IllegalArgumentException("merge " + merge.rank() + " names id " + id + ", which no token has");
    }

    private int[] byteTokens() {
        int[] ids = new int[256];
        for (int b = 0; b < ids.length; b++) {
            var id = vocabulary.id("<0x%02X>".formatted(b));
            if (id.isEmpty()) {
                return new int[0];
            }
            ids[b] = id.getAsInt();
        }
        return ids;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// The merges, as they were given.
    public List<Merge> merges() {
        return merges;
    }

    public Options options() {
        return options;
    }

    @Override
    public Bpe without(Set<Integer> ids) {
        Set<Integer> all = new HashSet<>(excluded);
        return all.addAll(ids) && inReach(ids) ? new Bpe(vocabulary, merges, options, Set.copyOf(all)) : this;
    }

    /// Whether this model could make a text one of these tokens: most keep their special tokens out of reach.
    private boolean inReach(Set<Integer> ids) {
        boolean marked = options.continuingSubwordPrefix().isPresent()
                || options.endOfWordSuffix().isPresent();
        return options.ignoreMerges()
                || marked
                || Arrays.stream(merged).anyMatch(ids::contains)
                || ids.stream()
                        .map(id -> vocabulary.token(id).orElse(""))
                        .anyMatch(token -> token.codePointCount(0, token.length()) == 1);
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        if (!word.isEmpty() && !wholeWord(word, out)) {
            var symbols = new Symbols(word);
            symbols.merger.merge(symbols.count);
            symbols.addTo(out);
        }
    }

    /// Adds the tokens of a word, with each merge left out with some probability (Provilkov et al. 2020, section
    /// 3).
    ///
    /// @param dropout that probability: 0 is [#tokenize], 1 gives single characters
    public void sample(String word, double dropout, RandomGenerator random, TokenBuffer out) {
        if (!word.isEmpty()) {
            var symbols = new Symbols(word);
            symbols.merger.mergeRandomly(symbols.count, dropout, random);
            symbols.addTo(out);
        }
    }

    private boolean wholeWord(String word, TokenBuffer out) {
        int id = options.ignoreMerges() ? wholeWord(word) : ABSENT;
        if (id != ABSENT) {
            out.add(id, 0, word.length());
        }
        return id != ABSENT;
    }

    private int wholeWord(String word) {
        int id = vocabulary.id(word).orElse(ABSENT);
        return excluded.contains(id) ? ABSENT : id;
    }

    /// A merger for words as bytes, when every byte has a token in the byte alphabet and nothing else is special
    /// about this model; empty otherwise.
    public Optional<ByteMerger> byteMerger() {
        int[] byteIds = new int[256];
        for (int b = 0; b < byteIds.length; b++) {
            byteIds[b] = basic[ByteAlphabet.character(b)];
            if (byteIds[b] == ABSENT) {
                return Optional.empty();
            }
        }
        boolean marked = options.continuingSubwordPrefix().isPresent()
                || options.endOfWordSuffix().isPresent();
        return marked
                ? Optional.empty()
                : Optional.of(new ByteMerger(
                        new PairMerger(ranks, merged), byteIds, options.ignoreMerges() ? this::wholeWord : null));
    }

    /// The symbols a word begins as, and the characters of the word each covers.
    private final class Symbols {
        private final String word;
        private final PairMerger merger = new PairMerger(ranks, merged);
        private int[] ids;
        private int[] starts;
        private int[] ends;
        private int count;
        private boolean unknownBefore;

        Symbols(String word) {
            this.word = word;
            ids = merger.symbols(word.length());
            starts = new int[word.length()];
            ends = new int[word.length()];
            int width;
            for (int at = 0; at < word.length(); at += width) {
                int character = word.codePointAt(at);
                width = Character.charCount(character);
                add(character, at, at + width);
            }
        }

        private void add(int character, int start, int end) {
            int id = id(character, start == 0, end == word.length());
            if (id != ABSENT) {
                add(id, start, end, false);
                return;
            }
            if (fallback.length > 0) {
                for (byte b :
                        spelling(character, start == 0, end == word.length()).getBytes(StandardCharsets.UTF_8)) {
                    add(fallback[b & 0xFF], start, end, false);
                }
            } else if (unk != ABSENT) {
                if (unknownBefore && options.fuseUnk()) {
                    ends[count - 1] = end;
                } else {
                    add(unk, start, end, true);
                }
            } else if (options.unk().isPresent()) {
                throw new IllegalArgumentException("the unknown token '"
                        + options.unk().get() + "' is not in the vocabulary, and '" + Character.toString(character)
                        + "' is unknown");
            }
        }

        private void add(int id, int start, int end, boolean unknown) {
            if (count == starts.length) { // bytes of a character can be more than its UTF-16 units
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            if (count == ids.length) {
                int[] before = ids;
                ids = merger.symbols(2 * count);
                System.arraycopy(before, 0, ids, 0, count);
            }
            ids[count] = id;
            starts[count] = start;
            ends[count++] = end;
            unknownBefore = unknown;
        }

        private int id(int character, boolean first, boolean last) {
            boolean marked = (!first && options.continuingSubwordPrefix().isPresent())
                    || (last && options.endOfWordSuffix().isPresent());
            if (marked) {
                int id = vocabulary.id(spelling(character, first, last)).orElse(ABSENT);
                return excluded.contains(id) ? ABSENT : id;
            }
            return character < basic.length ? basic[character] : beyond.getOrDefault(character, ABSENT);
        }

        private String spelling(int character, boolean first, boolean last) {
            String before = first ? "" : options.continuingSubwordPrefix().orElse("");
            return before
                    + Character.toString(character)
                    + (last ? options.endOfWordSuffix().orElse("") : "");
        }

        void addTo(TokenBuffer out) {
            for (int i = 0; i < count; i = merger.after(i)) {
                out.add(merger.symbol(i), starts[i], ends[merger.after(i) - 1]);
            }
        }
    }
}
