package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.model.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/// The merges of BPE as the two algorithms of llama.cpp want them: a list of pairs for `gpt2`, a score of each token
/// for `llama`, which joins whatever neighbours spell the token of best score.
final class GgufMerges {
    private final Bpe model;
    private final Vocabulary vocabulary;

    GgufMerges(Bpe model) {
        this.model = model;
        vocabulary = model.vocabulary();
    }

    private List<Bpe.Merge> ranked() {
        return model.merges().stream()
                .sorted(Comparator.comparingInt(Bpe.Merge::rank))
                .toList();
    }

    /// The pairs, the best rank first, with a space between.
    List<String> lines() {
        return ranked().stream()
                .map(merge -> name(merge.left()) + " " + name(merge.right()))
                .toList();
    }

    private String name(int id) {
        return vocabulary.token(id).orElseThrow();
    }

    /// Whether some token is not what its characters are merged to, so that it counts whether a word that is a
    /// token is looked up first.
    boolean wholeWordsMatter(IntPredicate text) {
        var merging = new Bpe(vocabulary, model.merges(), Bpe.Options.PLAIN);
        var out = new TokenBuffer();
        return vocabulary.ids().entrySet().stream()
                .filter(token -> text.test(token.getValue()))
                .anyMatch(token -> {
                    out.clear();
                    merging.tokenize(token.getKey(), out);
                    return out.size() != 1 || out.id(0) != token.getValue();
                });
    }

    /// The score of each token: `-n` for the one that is merged to in the `n`-th place. Those that nothing is
    /// merged to are behind all others.
    ///
    /// @param usable whether text may become a token
    /// @throws IllegalArgumentException when scores cannot say these merges: a token's merges do not follow each
    /// other, or of the ways to cut a token in two some are no merges
    float[] scores(int size, IntPredicate usable) {
        Map<Integer, Integer> places = new HashMap<>(); // by id
        Set<Pair> merges = new HashSet<>();
        var order = new ArrayList<Integer>();
        int latest = -1;
        for (Bpe.Merge merge : ranked()) {
            int made = vocabulary.id(name(merge.left()) + name(merge.right())).orElseThrow();
            if (made != latest && places.putIfAbsent(made, order.size()) != null) {
                throw unlike(name(made), "is merged to before and after other tokens");
            }
            if (made != latest) {
                order.add(made);
            }
            latest = made;
            merges.add(new Pair(merge.left(), merge.right()));
        }
        requireAll(merges, order, usable);
        float[] scores = new float[size];
        for (int id = 0; id < size; id++) {
            scores[id] = -places.getOrDefault(id, order.size());
        }
        return scores;
    }

    private record Pair(int left, int right) {}

    private void requireAll(Set<Pair> merges, List<Integer> order, IntPredicate usable) {
        var ids = new ArrayList<>(order);
        Set<Integer> made = Set.copyOf(order);
        vocabulary.ids().forEach((token, id) -> {
            if (usable.test(id) && !made.contains(id) && token.codePointCount(0, token.length()) > 1) {
                ids.add(id);
            }
        });
        var cuts = new RankedMerges(vocabulary, usable).of(ids);
        for (Bpe.Merge cut : cuts) {
            if (!merges.contains(new Pair(cut.left(), cut.right()))) {
                throw unlike(
                        name(ids.get(cut.rank())),
                        "is not merged of '" + name(cut.left()) + "' and '" + name(cut.right()) + "'");
            }
        }
        if (cuts.size() < merges.size()) {
            throw unlike(name(order.getLast()), "or another is merged of special tokens");
        }
    }

    private static IllegalArgumentException unlike(String token, String what) {
        return new IllegalArgumentException("its merges are not those of a SentencePiece model, which GGUF's scores"
                + " demand: '" + token + "' " + what + "; train it as a SentencePiece or a byte-level model");
    }

    /// The id of each byte's token, `<0x00>` to `<0xFF>`.
    Optional<Set<Integer>> byteTokens() {
        var ids = new HashSet<Integer>();
        for (int b = 0; b < 256; b++) {
            OptionalInt id = vocabulary.id("<0x%02X>".formatted(b));
            if (id.isEmpty()) {
                return Optional.empty();
            }
            ids.add(id.getAsInt());
        }
        return Optional.of(ids);
    }
}
