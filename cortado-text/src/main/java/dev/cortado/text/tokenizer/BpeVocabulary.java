package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a byte-level BPE learned: the content of its file.
///
/// @param tokens each id's token: special tokens as plain text, all others in the byte alphabet of GPT-2's files
/// @param merges pairs of tokens to be joined, the most urgent first; the token a pair joins to is the one spelled by
///     both together
/// @param specials which of the tokens are special
public record BpeVocabulary(List<String> tokens, List<Merge> merges, Specials specials) {
    /// Two neighbouring tokens that become one.
    public record Merge(int left, int right) {}

    /// @throws IllegalArgumentException when a token occurs twice, a special token is not at its id, or a merge
    ///     names or makes a token that is not there, stands twice, or makes a special token out of text
    public BpeVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
        Map<String, Integer> ids = ids(tokens);
        specials.ids().forEach((name, id) -> {
            if (!id.equals(ids.get(name))) {
                throw new IllegalArgumentException("special token '" + name + "' is not the token of id " + id);
            }
        });
        Set<Integer> special = Set.copyOf(specials.ids().values());
        var seen = new PairIndex(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            if (merge.left() < 0 || merge.left() >= ids.size() || merge.right() < 0 || merge.right() >= ids.size()) {
                throw new IllegalArgumentException("merge " + rank + " names an id outside the vocabulary: " + merge);
            }
            String left = tokens.get(merge.left());
            String right = tokens.get(merge.right());
            Integer merged = ids.get(left + right);
            if (merged == null) {
                throw new IllegalArgumentException(
                        "merge " + rank + " ('" + left + "' '" + right + "') makes a token the vocabulary lacks");
            }
            if (special.contains(merged)) {
                throw new IllegalArgumentException("merge " + rank + " ('" + left + "' '" + right
                        + "') makes a special token, which no text may become");
            }
            if (seen.add(PairIndex.pair(merge.left(), merge.right())) != rank) {
                throw new IllegalArgumentException(
                        "merge " + rank + " ('" + left + "' '" + right + "') stands twice in the list");
            }
        }
    }

    /// Each token's id.
    ///
    /// @throws IllegalArgumentException when a token occurs twice
    static Map<String, Integer> ids(List<String> tokens) {
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            Integer earlier = ids.put(tokens.get(id), id);
            if (earlier != null) {
                throw new IllegalArgumentException(
                        "token '" + tokens.get(id) + "' has two ids, " + earlier + " and " + id);
            }
        }
        return ids;
    }
}
