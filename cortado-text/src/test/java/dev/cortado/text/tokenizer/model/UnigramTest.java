package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.text.Trials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// Against all segmentations of short words, written down one by one.
class UnigramTest {
    private static final OptionalInt UNK = OptionalInt.of(0);

    /// A way to spell a word: pieces, characters that are unknown among them.
    private record Spelling(List<Integer> ids, double score) {}

    @Test
    void theBestAreTheBestOfAll() {
        Trials.repeat(300, random -> {
            boolean complete = random.nextBoolean();
            Unigram model = random(random, complete);
            String word = Words.word(random, 8);
            List<Spelling> all = all(model, word);
            all.sort(Comparator.comparingDouble(Spelling::score).reversed());
            int n = random.nextInt(1, 40);
            List<Unigram.Segmentation> best = model.nBest(word, n);
            assertThat(best).hasSize(Math.min(n, all.size()));
            for (int i = 0; i < best.size(); i++) {
                assertThat(best.get(i).score()).isEqualTo(all.get(i).score()); // to the last bit
                Unigram.Segmentation one = best.get(i);
                assertThat(all)
                        .anyMatch(spelling -> spelling.score() == one.score()
                                && fused(spelling.ids()).equals(one.ids()));
            }
            if (complete) { // else unknown characters fused hide differences
                assertThat(best).doesNotHaveDuplicates();
            }
            assertThat(best.getFirst().ids()).isEqualTo(ids(model, word));
        });
    }

    /// Pearson's chi-square: with this seed the frequencies are unremarkable, and a wrong distribution is not.
    @Test
    void samplesHaveTheirProbabilities() {
        var random = new SplittableRandom(1);
        for (double alpha : new double[] {0, 0.3, 1, 2.5}) {
            for (int trial = 0; trial < 10; trial++) {
                Unigram model = random(random, true);
                String word = Words.word(random, 7);
                Map<List<Integer>, Double> expected = new HashMap<>();
                double sum = 0;
                for (Spelling one : all(model, word)) {
                    double weight = Math.exp(alpha * one.score());
                    expected.merge(one.ids(), weight, Double::sum);
                    sum += weight;
                }
                int draws = 10_000;
                Map<List<Integer>, Integer> seen = new HashMap<>();
                var out = new TokenBuffer();
                for (int i = 0; i < draws; i++) {
                    out.clear();
                    model.sample(word, alpha, random, out);
                    seen.merge(boxed(out.ids()), 1, Integer::sum);
                }
                assertThat(expected.keySet()).containsAll(seen.keySet());
                double chi = 0;
                int cells = 0;
                for (var cell : expected.entrySet()) {
                    double wanted = draws * cell.getValue() / sum;
                    if (wanted >= 5) {
                        chi += Math.pow(seen.getOrDefault(cell.getKey(), 0) - wanted, 2) / wanted;
                        cells++;
                    }
                }
                // Four standard deviations of chi-square above its mean, and some for few degrees of
                // freedom.
                assertThat(chi).isLessThan(cells + 4 * Math.sqrt(2.0 * cells) + 5);
            }
        }
    }

    @Test
    void expectedCountsAreThoseOfAllSegmentations() {
        Trials.repeat(300, random -> {
            Unigram model = random(random, random.nextBoolean());
            String word = Words.word(random, 8);
            double weight = random.nextInt(1, 5);
            double[] expected = new double[model.pieces().size()];
            double sum = 0;
            for (Spelling one : all(model, word)) {
                sum += Math.exp(one.score());
            }
            for (Spelling one : all(model, word)) {
                for (int id : one.ids()) {
                    expected[id] += weight * Math.exp(one.score()) / sum;
                }
            }
            double[] counts = new double[expected.length];
            double logLikelihood = model.expectedCounts(word, weight, counts);
            assertThat(logLikelihood).isCloseTo(weight * Math.log(sum), within(1e-9));
            assertThat(counts).containsExactly(expected, within(1e-9));
        });
    }

    @Test
    void newScoresAreANewModel() {
        Trials.repeat(50, random -> {
            Unigram model = random(random, false);
            double[] scores = random.doubles(model.pieces().size(), -9, 0).toArray();
            var pieces = new ArrayList<Unigram.Piece>();
            for (int id = 0; id < scores.length; id++) {
                pieces.add(new Unigram.Piece(model.pieces().get(id).text(), scores[id]));
            }
            var other = new Unigram(pieces, UNK, false);
            String word = Words.word(random, 10);
            assertThat(model.withScores(scores).nBest(word, 5)).isEqualTo(other.nBest(word, 5));
        });
    }

    @Test
    void longWordsTakeLinearTime() {
        var pieces = new ArrayList<Unigram.Piece>();
        pieces.add(new Unigram.Piece("<unk>", 0));
        for (int i = 1; i <= 16; i++) {
            pieces.add(new Unigram.Piece("a".repeat(i), -i * 0.9));
        }
        var model = new Unigram(pieces, UNK, false);
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> {
            for (String unit : List.of("a", "ab", "é😀")) {
                String word = unit.repeat(1_000_000 / unit.length());
                var out = new TokenBuffer();
                model.tokenize(word, out);
                assertThat(out.end(out.size() - 1)).isEqualTo(word.length());
                String shorter = word.substring(0, 100_000);
                assertThat(model.expectedCounts(shorter, 1, new double[pieces.size()]))
                        .isFinite();
                out.clear();
                model.sample(shorter, 0.5, new SplittableRandom(1), out);
                assertThat(out.end(out.size() - 1)).isEqualTo(shorter.length());
                assertThat(model.nBest(shorter, 4)).hasSize(unit.equals("a") ? 4 : 1);
            }
        });
    }

    @Test
    void nothingIsOneSegmentationOfNothing() {
        Unigram model = random(new SplittableRandom(1), false);
        assertThat(ids(model, "")).isEmpty();
        assertThat(model.nBest("", 3)).containsExactly(new Unigram.Segmentation(List.of(), 0));
    }

    /// Characters of which only halves are there are unknown like any other, and numbers that overflow do no
    /// harm.
    @Test
    void extremesStayInside() {
        var pieces =
                List.of(new Unigram.Piece("<unk>", 0), new Unigram.Piece("a", -1e308), new Unigram.Piece("aa", -1e308));
        var model = new Unigram(pieces, UNK, false);
        assertThat(ids(model, "aaaaaaa")).doesNotContain(0);
        assertThat(ids(model, "\uD83D\uD83Da\uDE00")).containsExactly(0, 1, 0);
        var out = new TokenBuffer();
        model.sample("aaaaaaa", 1e300, new SplittableRandom(1), out);
        assertThat(out.end(out.size() - 1)).isEqualTo(7);
    }

    @Test
    void refusesWhatMakesNoSense() {
        var a = new Unigram.Piece("a", -1);
        assertThatThrownBy(() -> new Unigram(List.of(a, new Unigram.Piece("", -1)), UNK, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("piece 1 is empty");
        for (double score : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> new Unigram(List.of(a, new Unigram.Piece("b", score)), UNK, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("score of piece 'b' is " + score);
            assertThatThrownBy(() -> new Unigram(List.of(a), UNK, false).withScores(new double[] {score}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Unigram(List.of(a, a), UNK, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Unigram(List.of(a), OptionalInt.of(1), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id 1, but there are 1 pieces");
        var noUnk = new Unigram(List.of(a), OptionalInt.empty(), false);
        assertThatThrownBy(() -> ids(noUnk, "aab"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
        assertThatThrownBy(() -> noUnk.nBest("aab", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> noUnk.nBest("aa", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> noUnk.sample("a", Double.NaN, new SplittableRandom(), new TokenBuffer()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// A complete model knows every character of [Words].
    private static Unigram random(RandomGenerator random, boolean complete) {
        var pieces = new ArrayList<Unigram.Piece>();
        pieces.add(new Unigram.Piece("<unk>", -3));
        var texts = Words.pieces(random, 40);
        if (complete) {
            List.of("a", "b", "c", "é", "è", "中", "\u0431", "😀", "😁").forEach(texts::add);
        }
        texts.forEach(text -> pieces.add(new Unigram.Piece(text, -5 * random.nextDouble())));
        return new Unigram(pieces, UNK, false);
    }

    private static List<Spelling> all(Unigram model, String word) {
        var all = new ArrayList<Spelling>();
        spell(model, word, 0, new ArrayList<>(), 0, all);
        return all;
    }

    private static void spell(
            Unigram model, String word, int start, List<Integer> ids, double score, List<Spelling> all) {
        if (start == word.length()) {
            all.add(new Spelling(List.copyOf(ids), score));
            return;
        }
        int next = word.offsetByCodePoints(start, 1);
        double least =
                model.pieces().stream().mapToDouble(Unigram.Piece::score).min().orElseThrow();
        for (int end = next; end <= word.length(); end++) {
            OptionalInt id = model.vocabulary().id(word.substring(start, end));
            if (id.isPresent() || end == next) {
                ids.add(id.orElse(0));
                double more = id.isPresent() ? model.pieces().get(id.getAsInt()).score() : least - 10;
                spell(model, word, end, ids, score + more, all);
                ids.removeLast();
            }
        }
    }

    /// Unknown characters side by side are one token.
    private static List<Integer> fused(List<Integer> ids) {
        var fused = new ArrayList<Integer>();
        for (int id : ids) {
            if (id != 0 || fused.isEmpty() || fused.getLast() != 0) {
                fused.add(id);
            }
        }
        return fused;
    }

    private static List<Integer> ids(Unigram model, String word) {
        var out = new TokenBuffer();
        model.tokenize(word, out);
        return boxed(out.ids());
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
