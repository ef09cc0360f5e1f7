package dev.cortado.text.tokenizer.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.PairIndex;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BpeLearnerTest {
    /// A word as token ids, and its count.
    private record Word(List<Integer> symbols, long count) {}

    @Test
    void learnsWhatRecountingEverythingLearns() {
        Trials.repeat(400, random -> {
            List<String> base =
                    Stream.of("<s>", "a", "b", "c", "#a", "#b", "𝒳", "\uFFFD").toList();
            TieOrder ties = random.nextBoolean()
                    ? TieOrder.SMALLER_IDS
                    : random.nextBoolean() ? TieOrder.GREATER_STRINGS : TieOrder.SHORTER_TOKEN;
            VocabularySpec spec = VocabularySpec.of(base.size() + random.nextInt(30))
                    .withMinFrequency(random.nextInt(1, 4))
                    .withSpecials("<s>", "aa");
            if (random.nextBoolean()) {
                spec = spec.withMaxTokenLength(random.nextInt(1, 6));
            }
            var learner = new BpeLearner(
                    spec, random.nextBoolean() ? "#" : "", ties, token -> !token.endsWith("bb"), random.nextBoolean());
            List<Word> words = words(random, base.size());
            var segments = new Segments.Builder();
            for (Word word : words) {
                word.symbols().forEach(segments::add);
                segments.end(word.count());
            }
            BpeLearner.Learned learned = learner.learn(base, segments.build(), Progress.SILENT);
            assertThat(learned).isEqualTo(naive(learner, base, words));
        });
    }

    @Test
    void learnsTheMergesOfSubwordNmt() throws IOException {
        List<String> lines = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/corpus.en"));
        List<String> reference = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/bpe.ref"));
        List<String> merges = reference.subList(1, reference.size());
        assertThat(merges).hasSize(1000);
        CharacterBpeTrainer some = CharacterBpeTrainer.of(1200);
        var trainer = new CharacterBpeTrainer(
                some.vocabulary(),
                Alphabet.ALL,
                "<unk>",
                "</w>",
                Optional.empty(),
                new PreTokenizer.CharDelimiterSplit(' '));
        Trained trained = Trainees.train(trainer, lines);
        assertThat(Trainees.merges(trained.pipeline()).subList(0, 1000)).isEqualTo(merges);
    }

    @Test
    void appliesItsMergesAsSubwordNmt() throws IOException {
        List<String> lines = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/corpus.en"));
        List<String> expected = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/corpus.bpe.ref.en"));
        int characters =
                (int) Trainees.vocabulary(Trainees.train(CharacterBpeTrainer.of(1200), lines)
                                .pipeline())
                        .stream()
                        .filter(token -> token.replace("</w>", "")
                                        .codePointCount(
                                                0, token.replace("</w>", "").length())
                                == 1)
                        .count();
        Trained trained = Trainees.train(CharacterBpeTrainer.of(1 + characters + 1000), lines);
        assertThat(Trainees.merges(trained.pipeline())).hasSize(1000);
        for (int i = 0; i < 200; i++) {
            String joined = String.join("@@ ", Trainees.encode(trained.pipeline(), lines.get(i)))
                    .replace("</w>@@", "")
                    .replace("</w>", "");
            assertThat(joined).isEqualTo(expected.get(i).strip().replaceAll(" +", " "));
        }
    }

    @Test
    @Timeout(20)
    void oneLongWordIsNotSquared() {
        String same = "a".repeat(1_000_000);
        Trained trained = Trainees.train(ByteLevelBpeTrainer.of(VocabularySpec.of(300)), List.of(same));
        assertThat(Trainees.merges(trained.pipeline()).subList(0, 2)).containsExactly("a a", "aa aa");
        var random = RandomGenerator.of("L64X128MixRandom");
        String any = random.ints(1_000_000, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        long start = System.nanoTime();
        assertThat(Trainees.train(ByteLevelBpeTrainer.of(VocabularySpec.of(20_000)), List.of(any))
                        .complete())
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void textIsOrderedByCodePoint() {
        List<String> texts = Stream.of("", "a", "ab", "b", "\uFFFD", "\uFFFDa", "𝒳", "𝒳a", "𝒴")
                .toList();
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < texts.size(); j++) {
                assertThat(Integer.signum(TieOrder.compareText(texts.get(i), texts.get(j))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    private static List<Word> words(RandomGenerator random, int symbols) {
        List<Word> words = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            List<Integer> word = new ArrayList<>();
            for (int j = random.nextInt(1, 20); j > 0; j--) {
                word.add(1 + random.nextInt(random.nextInt(1, symbols)));
            }
            words.add(new Word(word, random.nextInt(1, 5)));
        }
        return words;
    }

    /// The algorithm as the paper prints it: count all pairs, take the best, replace it everywhere, count again.
    private static BpeLearner.Learned naive(BpeLearner learner, List<String> base, List<Word> given) {
        List<String> tokens = new ArrayList<>(base);
        List<Integer> lengths = new ArrayList<>(Collections.nCopies(base.size(), 1));
        List<Bpe.Merge> merges = new ArrayList<>();
        Set<Long> done = new HashSet<>();
        List<Word> words = given;
        VocabularySpec spec = learner.spec();
        while (tokens.size() < spec.size()) {
            Map<Long, Long> counts = new TreeMap<>((a, b) -> learner.ties().compare(a, b, tokens));
            for (Word word : words) {
                for (int i = 0; i + 1 < word.symbols().size(); i++) {
                    counts.merge(
                            PairIndex.pair(word.symbols().get(i), word.symbols().get(i + 1)), word.count(), Long::sum);
                }
            }
            long best = -1;
            String bestToken = "";
            for (Map.Entry<Long, Long> entry : counts.entrySet()) {
                int left = PairIndex.left(entry.getKey());
                int right = PairIndex.right(entry.getKey());
                String second = tokens.get(right);
                String token = tokens.get(left)
                        + (second.startsWith(learner.prefix())
                                ? second.substring(learner.prefix().length())
                                : second);
                boolean allowed = entry.getValue() >= spec.minFrequency()
                        && lengths.get(left) + lengths.get(right)
                                <= spec.maxTokenLength().orElse(1000)
                        && !spec.specials().contains(token)
                        && learner.allowed().test(token)
                        && (learner.mergeKnown() || !tokens.contains(token));
                if (allowed && (best < 0 || entry.getValue() > counts.get(best))) {
                    best = entry.getKey();
                    bestToken = token;
                }
            }
            if (best < 0) {
                break;
            }
            int left = PairIndex.left(best);
            int right = PairIndex.right(best);
            if (!tokens.contains(bestToken)) {
                tokens.add(bestToken);
                lengths.add(lengths.get(left) + lengths.get(right));
            }
            if (done.add(best)) {
                merges.add(new Bpe.Merge(left, right, merges.size()));
            }
            int id = tokens.indexOf(bestToken);
            words = words.stream()
                    .map(word -> new Word(replace(word.symbols(), left, right, id), word.count()))
                    .toList();
        }
        return new BpeLearner.Learned(tokens, merges);
    }

    private static List<Integer> replace(List<Integer> word, int left, int right, int id) {
        List<Integer> replaced = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.subList(i, i + 2).equals(Arrays.asList(left, right))) {
                replaced.add(id);
                i = i + 1;
            } else {
                replaced.add(word.get(i));
            }
        }
        return replaced;
    }
}
