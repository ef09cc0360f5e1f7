package dev.cortado.text.tokenizer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.Unigram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class UnigramLearnerTest {
    @Test
    void findsTheFrequentSubstrings() {
        Trials.repeat(100, random -> {
            Segments segments = segments(random, random.nextInt(1, 25));
            int longest = random.nextInt(1, 9);
            long least = random.nextInt(1, 4);
            Pieces pieces = Substrings.frequent(segments, longest, least, 1_000_000, piece -> true);
            Map<List<Integer>, Long> counts = substrings(segments, longest);
            Map<List<Integer>, Long> weights = new HashMap<>();
            for (int p = 0; p < pieces.size(); p++) {
                List<Integer> piece = symbols(segments, pieces.at()[p], pieces.lengths()[p]);
                weights.put(piece, counts.get(piece) * piece.size());
            }
            assertThat(weights).hasSize(pieces.size());
            double sum =
                    weights.values().stream().mapToDouble(Long::doubleValue).sum();
            List<List<Integer>> inOrder = new ArrayList<>();
            for (int p = 0; p < pieces.size(); p++) {
                List<Integer> piece = symbols(segments, pieces.at()[p], pieces.lengths()[p]);
                inOrder.add(piece);
                assertThat(pieces.scores()[p]).isCloseTo(Math.log(weights.get(piece) / sum), within(1e-9));
            }
            assertThat(inOrder).isSortedAccordingTo(UnigramLearnerTest::compare);
            counts.forEach((substring, count) -> {
                boolean goesOn = counts.entrySet().stream()
                        .anyMatch(other -> other.getKey().size() == substring.size() + 1
                                && other.getKey().subList(0, substring.size()).equals(substring)
                                && other.getValue().equals(count));
                boolean expected =
                        substring.size() == 1 || (count >= least && (substring.size() == longest || !goesOn));
                assertThat(weights.containsKey(substring)).as("%s", substring).isEqualTo(expected);
            });
        });
    }

    @Test
    void keepsTheHeaviestSeeds() {
        var builder = new Pieces.Builder();
        builder.add(5, 0, 1, 1);
        builder.add(4, 1, 2, 10);
        builder.add(3, 2, 2, 7);
        builder.add(2, 3, 3, 7);
        builder.add(1, 4, 2, 6);
        assertThat(builder.best(2).at()).containsExactly(3, 1, 0); // of the two sevens the first
        assertThat(builder.best(9).at()).containsExactly(4, 3, 2, 1, 0);
    }

    @Test
    void expectsWhatAllSegmentationsGive() {
        Trials.repeat(200, random -> {
            Segments segments = segments(random, 3);
            Pieces seeds = Substrings.frequent(segments, 4, 1, 1000, piece -> random.nextInt(3) > 0);
            double[] scores = random.doubles(seeds.size(), -6, -0.1).toArray();
            Pieces pieces = new Pieces(seeds.at(), seeds.lengths(), scores);
            Map<List<Integer>, Integer> ids = new HashMap<>();
            for (int p = 0; p < pieces.size(); p++) {
                ids.put(symbols(segments, pieces.at()[p], pieces.lengths()[p]), p);
            }
            double[] expected = new double[pieces.size()];
            double likelihood = 0;
            for (int s = 0; s < segments.size(); s++) {
                List<Integer> word = symbols(segments, segments.starts[s], segments.starts[s + 1] - segments.starts[s]);
                List<List<Integer>> all = new ArrayList<>();
                segmentations(word, ids, List.of(), all);
                double total = all.stream()
                        .mapToDouble(way -> probability(way, scores))
                        .sum();
                for (List<Integer> way : all) {
                    double share = probability(way, scores) / total;
                    for (int p : way) {
                        expected[p] += segments.counts[s] * share;
                    }
                }
                likelihood += segments.counts[s] * Math.log(total);
            }
            try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
                var found = new UnigramLearner(segments, pool, Progress.SILENT).expect(pieces);
                assertThat(found.counts()).containsExactly(expected, within(1e-9));
                assertThat(found.logLikelihood()).isCloseTo(likelihood, within(1e-9));
            }
        });
    }

    @Test
    void digammaIsKnown() {
        assertThat(UnigramLearner.digamma(1)).isCloseTo(-0.5772156649015329, within(1e-9)); // minus Euler's constant
        assertThat(UnigramLearner.digamma(0.5)).isCloseTo(-1.9635100260214235, within(1e-9));
        assertThat(UnigramLearner.digamma(100)).isCloseTo(4.600161852738087, within(1e-9));
    }

    /// Steps of expectation–maximisation between prunings raise the likelihood, and prunings by loss lower it little.
    @Test
    void likelihoodRises() throws IOException {
        CountedWords words = CountedWords.count(
                Trainees.lines("botchan.txt").iterator(),
                WordSplitter.of(Optional.empty(), Optional.of(SentencePieceText.WORDS)),
                2,
                Progress.SILENT);
        CharacterWords characters =
                CharacterWords.of(words, List.of(), Alphabet.ALL.choose(words).characters(), "", "");
        Segments segments = characters.segments();
        Pieces pieces = Substrings.frequent(segments, 16, 2, 1_000_000, piece -> true);
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            var learner = new UnigramLearner(segments, pool, Progress.SILENT);
            for (int round = 0; round < 4; round++) {
                double before = Double.NEGATIVE_INFINITY;
                for (int step = 0; step < 3; step++) {
                    UnigramLearner.Expectation expectation = learner.expect(pieces);
                    assertThat(expectation.logLikelihood()).isGreaterThan(before);
                    before = expectation.logLikelihood();
                    pieces = UnigramLearner.maximize(pieces, expectation.counts());
                }
                int size = pieces.size();
                pieces = learner.prune(pieces, (int) (0.75 * size));
                assertThat(pieces.size()).isLessThanOrEqualTo((int) (0.75 * size));
                assertThat(learner.expect(pieces).logLikelihood()).isBetween(1.1 * before, before);
            }
        }
    }

    @Test
    void noTextBecomesASpecialToken() throws IOException {
        UnigramTrainer plain = UnigramTrainer.of(1000);
        var trainer = new UnigramTrainer(
                plain.vocabulary().withReserved(3),
                plain.alphabet(),
                plain.rules(),
                "<unk>",
                true,
                10_000,
                0.75,
                2,
                plain.normalizer(),
                plain.preTokenizer());
        Trained trained = Trainees.train(trainer, Trainees.lines("botchan.txt").subList(0, 1000));
        List<String> fixed = trainer.vocabulary().fixed();
        assertThat(fixed).hasSize(6);
        assertThat(Trainees.encode(trained.pipeline(), "a " + String.join(" ", fixed) + " b<s>c<unk> <0x41>"))
                .doesNotContainAnyElementsOf(fixed)
                .doesNotContain("<0x41>");
        assertThat(Trainees.encode(trained.pipeline(), "中")).contains("<0xE4>", "<0xB8>", "<0xAD>");
        List<Unigram.Piece> pieces = ((Unigram) trained.pipeline().model()).pieces();
        assertThat(pieces.subList(0, 6)).extracting(Unigram.Piece::text).isEqualTo(fixed);
        assertThat(pieces.subList(6 + 256, pieces.size()))
                .isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
    }

    private static Segments segments(RandomGenerator random, int words) {
        var segments = new Segments.Builder();
        for (int i = 0; i < words; i++) {
            for (int j = random.nextInt(1, 9); j > 0; j--) {
                segments.add(random.nextInt(random.nextInt(1, 4)));
            }
            segments.end(random.nextInt(1, 4));
        }
        return segments.build();
    }

    private static List<Integer> symbols(Segments segments, int at, int length) {
        List<Integer> symbols = new ArrayList<>();
        for (int i = at; i < at + length; i++) {
            symbols.add(segments.symbols[i]);
        }
        return symbols;
    }

    private static Map<List<Integer>, Long> substrings(Segments segments, int longest) {
        Map<List<Integer>, Long> counts = new TreeMap<>(UnigramLearnerTest::compare);
        for (int s = 0; s < segments.size(); s++) {
            for (int from = segments.starts[s]; from < segments.starts[s + 1]; from++) {
                for (int to = from + 1; to <= Math.min(segments.starts[s + 1], from + longest); to++) {
                    counts.merge(symbols(segments, from, to - from), segments.counts[s], Long::sum);
                }
            }
        }
        return counts;
    }

    private static int compare(List<Integer> a, List<Integer> b) {
        return Arrays.compare(
                a.stream().mapToInt(Integer::intValue).toArray(),
                b.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void segmentations(
            List<Integer> word, Map<List<Integer>, Integer> ids, List<Integer> way, List<List<Integer>> all) {
        if (word.isEmpty()) {
            all.add(way);
        }
        for (int i = 1; i <= word.size(); i++) {
            Integer piece = ids.get(word.subList(0, i));
            if (piece != null) {
                List<Integer> longer = new ArrayList<>(way);
                longer.add(piece);
                segmentations(word.subList(i, word.size()), ids, longer, all);
            }
        }
    }

    private static double probability(List<Integer> way, double[] scores) {
        return Math.exp(way.stream().mapToDouble(p -> scores[p]).sum());
    }
}
