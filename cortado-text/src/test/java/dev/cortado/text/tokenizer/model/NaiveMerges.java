package dev.cortado.text.tokenizer.model;

import java.util.ArrayList;
import java.util.List;

/// The merges of a vocabulary whose ids are ranks, found by trying every cut of every token.
public final class NaiveMerges {
    private NaiveMerges() {}

    /// Each way to cut a token in two is a merge of that token's rank.
    public static List<Bpe.Merge> byRank(Vocabulary vocabulary) {
        List<Bpe.Merge> merges = new ArrayList<>();
        for (int rank = 0; rank < vocabulary.size(); rank++) {
            String token = vocabulary.token(rank).orElse("");
            for (int cut = 1; cut < token.length(); cut++) {
                var left = vocabulary.id(token.substring(0, cut));
                var right = vocabulary.id(token.substring(cut));
                if (left.isPresent() && right.isPresent()) {
                    merges.add(new Bpe.Merge(left.getAsInt(), right.getAsInt(), rank));
                }
            }
        }
        return merges;
    }
}
