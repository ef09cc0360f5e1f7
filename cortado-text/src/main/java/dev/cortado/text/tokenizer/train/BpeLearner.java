package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909, algorithm 1): the most frequent pair of neighbouring
/// symbols within words becomes a new token, until the vocabulary is full. What is learned is what recounting
/// everything
/// after each merge would give.
///
/// A pair that spells a special token is never merged, so that no text can become one.
///
/// @param prefix     what symbols that continue a word begin with, which joining takes away; may be empty
/// @param ties       which of equally frequent pairs comes first
/// @param allowed    which tokens may be made
/// @param mergeKnown whether a pair that spells a token there is already (`a`+`aa` after `aa`+`a`) becomes that token;
/// if not, it stays two
record BpeLearner(VocabularySpec spec, String prefix, TieOrder ties, Predicate<String> allowed, boolean mergeKnown) {
    /// What was learned.
    ///
    /// @param tokens by id: what there was, then what merges made
    record Learned(List<String> tokens, List<Bpe.Merge> merges) {}

    /// Learns from segments, whose symbols are changed.
    ///
    /// @param base the tokens there are, by id; the segments consist of them
    Learned learn(List<String> base, Segments segments, Progress progress) {
        List<String> tokens = new ArrayList<>(base);
        Map<String, Integer> ids = HashMap.newHashMap(spec.size());
        for (String token : tokens) {
            ids.put(token, ids.size());
        }
        int[] lengths = new int[Math.max(spec.size(), base.size())]; // base symbols in each token
        Arrays.fill(lengths, 0, base.size(), 1);
        List<Bpe.Merge> merges = new ArrayList<>();
        var merged = new PairIndex(spec.size());
        Set<String> forbidden = new HashSet<>(spec.fixed());
        var pairs = new PairCounts(segments, spec.minFrequency(), (a, b) -> ties.compare(a, b, tokens));
        while (tokens.size() < spec.size() && pairs.next()) {
            int left = PairIndex.left(pairs.pair());
            int right = PairIndex.right(pairs.pair());
            String token = join(tokens.get(left), tokens.get(right));
            if (lengths[left] + lengths[right] > spec.maxTokenLength().orElse(Integer.MAX_VALUE)
                    || forbidden.contains(token)
                    || !allowed.test(token)) {
                continue;
            }
            Integer known = ids.get(token);
            if (known != null && !mergeKnown) {
                continue;
            }
            int id = known == null ? tokens.size() : known;
            if (known == null) {
                ids.put(token, id);
                lengths[id] = lengths[left] + lengths[right];
                tokens.add(token);
            }
            // A pair with a token that two pairs spell can come up once more.
            if (merged.add(pairs.pair()) == merges.size()) {
                merges.add(new Bpe.Merge(left, right, merges.size()));
            }
            pairs.merge(id);
            progress.at(Progress.Phase.MERGE, tokens.size(), OptionalLong.of(spec.size()));
        }
        return new Learned(List.copyOf(tokens), List.copyOf(merges));
    }

    private String join(String left, String right) {
        return left + (right.startsWith(prefix) ? right.substring(prefix.length()) : right);
    }
}
