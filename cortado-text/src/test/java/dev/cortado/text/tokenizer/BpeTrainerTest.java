package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
    @Test
    void learnsWhatRecountingEverythingLearns() {
        Trials.repeat(150, random -> {
            List<String> texts = texts(random);
            List<String> specials = random.nextBoolean() ? List.of("ab", "<s>") : List.of();
            var trainer = new BpeTrainer(specials.size() + 256 + random.nextInt(60), 1 + random.nextInt(3), specials);
            BpeTrainer.Result result = trainer.train(texts.stream(), 2, size -> {});
            assertThat(merges(result.tokenizer())).isEqualTo(naive(trainer, texts));
        });
    }

    @Test
    void threadsAndOrderDoNotMatter() {
        Trials.repeat(20, random -> {
            List<String> texts = texts(random);
            var trainer = new BpeTrainer(300, 1, List.of());
            var one = trainer.train(texts.stream(), 1, size -> {});
            var four = trainer.train(texts.reversed().stream(), 4, size -> {});
            assertThat(four.tokenizer().vocabulary()).isEqualTo(one.tokenizer().vocabulary());
            assertThat(four.words()).isEqualTo(one.words());
            assertThat(four.distinctWords()).isEqualTo(one.distinctWords());
        });
    }

    @Test
    void numbersSpecialsThenBytesThenMerges() {
        List<Integer> sizes = new ArrayList<>();
        var result =
                new BpeTrainer(260, 1, List.of("<|a|>", "<|b|>")).train(Stream.of("lower lower low"), 1, sizes::add);
        ByteLevelBpe bpe = result.tokenizer();
        assertThat(result.complete()).isTrue();
        assertThat(result.words()).isEqualTo(3);
        assertThat(result.distinctWords()).isEqualTo(3); // "lower", " lower", " low"
        assertThat(sizes).containsExactly(259, 260);
        assertThat(bpe.vocabulary().tokens().subList(0, 4)).containsExactly("<|a|>", "<|b|>", "!", "\"");
        // "l o" and "o w" occur three times; l has the smaller id. Then "lo w".
        assertThat(bpe.vocabulary().tokens().subList(258, 260)).containsExactly("lo", "low");
        assertThat(bpe.encode("low")).containsExactly(259);
    }

    @Test
    void saysWhenTheCorpusIsTooSmall() {
        var result = new BpeTrainer(1000, 2, List.of()).train(Stream.of("abc abc"), 1, size -> {});
        assertThat(result.complete()).isFalse();
        assertThat(result.tokenizer().vocabSize()).isEqualTo(258);
        var nothing = new BpeTrainer(257, 1, List.of()).train(Stream.of(), 1, size -> {});
        assertThat(nothing.complete()).isFalse();
        assertThat(nothing.tokenizer().decode(nothing.tokenizer().encode("héllo")))
                .isEqualTo("héllo");
    }

    @Test
    void noTextLearnsToBecomeASpecialToken() {
        String name = "<|end|>";
        var result = new BpeTrainer(400, 1, List.of(name)).train(Stream.of(name.repeat(50)), 1, size -> {});
        assertThat(result.tokenizer().encode(name)).doesNotContain(0);
        assertThat(result.tokenizer().decode(result.tokenizer().encode(name))).isEqualTo(name);
    }

    @Test
    void refusesWhatCannotBeLearned() {
        assertThatThrownBy(() -> new BpeTrainer(256, 1, List.of("<s>")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("257");
        assertThatThrownBy(() -> new BpeTrainer(300, 0, List.of())).hasMessageContaining("minFrequency");
        assertThatThrownBy(() -> new BpeTrainer(300, 1, List.of("<s>", "<s>"))).hasMessageContaining("twice");
        assertThatThrownBy(() -> new BpeTrainer(300, 1, List.of("a"))).hasMessageContaining("<|a|>");
        assertThatThrownBy(() -> new BpeTrainer(300, 1, List.of(""))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failuresOfTheTextComeThrough() {
        Stream<String> texts = Stream.of("a", "b").peek(text -> {
            if (text.equals("b")) {
                throw new IllegalArgumentException("bad text");
            }
        });
        assertThatThrownBy(() -> new BpeTrainer(300, 1, List.of()).train(texts, 2, size -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bad text");
    }

    @Test
    void compressesShakespeare() throws IOException {
        String text = Files.readString(SharedData.require("corpora/tinyshakespeare.txt"));
        var result = new BpeTrainer(1024, 2, List.of("<|endoftext|>")).train(Stream.of(text), 2, size -> {});
        assertThat(result.complete()).isTrue();
        int[] ids = result.tokenizer().encode(text);
        assertThat(result.tokenizer().decode(ids)).isEqualTo(text);
        assertThat((double) text.length() / ids.length).isBetween(2.4, 3.2); // characters a token
    }

    /// Texts over few letters, so that pairs repeat, overlap and tie.
    private static List<String> texts(RandomGenerator random) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            var text = new StringBuilder();
            for (int j = random.nextInt(120); j > 0; j--) {
                text.append("aaab b  é".charAt(random.nextInt(9)));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static List<String> merges(ByteLevelBpe bpe) {
        List<String> tokens = bpe.vocabulary().tokens();
        return bpe.vocabulary().merges().stream()
                .map(merge -> tokens.get(merge.left()) + " " + tokens.get(merge.right()))
                .toList();
    }

    /// The algorithm as the paper prints it: count all pairs, take the best, replace it everywhere, count again.
    private static List<String> naive(BpeTrainer trainer, List<String> texts) {
        List<String> tokens = new ArrayList<>(trainer.specials());
        for (char c : ByteAlphabet.ascending()) {
            tokens.add(String.valueOf(c));
        }
        Map<List<String>, Integer> words = new HashMap<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int start = 0, end; start < bytes.length; start = end) {
                end = WordScanner.wordEnd(bytes, start, bytes.length);
                List<String> word = new ArrayList<>();
                for (int i = start; i < end; i++) {
                    word.add(String.valueOf(ByteAlphabet.character(bytes[i] & 0xFF)));
                }
                words.merge(word, 1, Integer::sum);
            }
        }
        List<String> merges = new ArrayList<>();
        Set<List<String>> done = new HashSet<>();
        while (tokens.size() < trainer.vocabSize()) {
            Map<List<String>, Integer> counts =
                    new TreeMap<>(Comparator.<List<String>>comparingInt(pair -> tokens.indexOf(pair.getFirst()))
                            .thenComparingInt(pair -> tokens.indexOf(pair.getLast())));
            words.forEach((word, count) -> {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(List.of(word.get(i), word.get(i + 1)), count, Integer::sum);
                }
            });
            List<String> best = null;
            for (Map.Entry<List<String>, Integer> entry : counts.entrySet()) {
                boolean allowed = entry.getValue() >= trainer.minFrequency()
                        && !trainer.specials().contains(String.join("", entry.getKey()));
                if (allowed && (best == null || entry.getValue() > counts.get(best))) {
                    best = entry.getKey();
                }
            }
            if (best == null) {
                break;
            }
            String token = String.join("", best);
            if (!tokens.contains(token)) {
                tokens.add(token);
            }
            if (done.add(best)) {
                merges.add(String.join(" ", best));
            }
            Map<List<String>, Integer> merged = new HashMap<>();
            for (Map.Entry<List<String>, Integer> entry : words.entrySet()) {
                merged.merge(replace(entry.getKey(), best, token), entry.getValue(), Integer::sum);
            }
            words = merged;
        }
        return merges;
    }

    private static List<String> replace(List<String> word, List<String> pair, String token) {
        List<String> replaced = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.subList(i, i + 2).equals(pair)) {
                replaced.add(token);
                i = i + 1;
            } else {
                replaced.add(word.get(i));
            }
        }
        return replaced;
    }
}
