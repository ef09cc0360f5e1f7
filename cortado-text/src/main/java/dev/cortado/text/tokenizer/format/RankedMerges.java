package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/// The merges of tokenizers that rank tokens, not pairs (SentencePiece, tiktoken): of all neighbours they join those
/// that together spell the best-ranked token. So each way to cut a token in two is a merge of that token's rank.
final class RankedMerges {
    private final Vocabulary vocabulary;
    private final IntPredicate usable;
    private final Set<Integer> lengths = new HashSet<>();

    /// @param usable whether text may become a token
    RankedMerges(Vocabulary vocabulary, IntPredicate usable) {
        this.vocabulary = vocabulary;
        this.usable = usable;
        vocabulary.ids().forEach((token, id) -> {
            if (isPart(token, id)) {
                lengths.add(token.length());
            }
        });
    }

    /// The merges, the best rank first.
    ///
    /// @param ranked ids of tokens, the first is joined first
    List<Bpe.Merge> of(List<Integer> ranked) {
        var merges = new ArrayList<Bpe.Merge>();
        for (int rank = 0; rank < ranked.size(); rank++) {
            addCuts(vocabulary.token(ranked.get(rank)).orElseThrow(), rank, merges);
        }
        return merges;
    }

    private void addCuts(String token, int rank, List<Bpe.Merge> merges) {
        for (int cut = 1; cut < token.length(); cut++) {
            // Only where both parts have a length that occurs: else one absurdly long token would take
            // forever.
            if (lengths.contains(cut) && lengths.contains(token.length() - cut)) {
                OptionalInt left = part(token.substring(0, cut));
                OptionalInt right = left.isPresent() ? part(token.substring(cut)) : left;
                if (right.isPresent()) {
                    merges.add(new Bpe.Merge(left.getAsInt(), right.getAsInt(), rank));
                }
            }
        }
    }

    private OptionalInt part(String token) {
        OptionalInt id = vocabulary.id(token);
        return id.isPresent() && isPart(token, id.getAsInt()) ? id : OptionalInt.empty();
    }

    /// A single character is what a word begins as, whatever kind of token it is.
    private boolean isPart(String token, int id) {
        return usable.test(id) || token.codePointCount(0, token.length()) == 1;
    }
}
