package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ByteLevelBpeTest {
    private final ByteLevelBpe bpe = Learned.small();

    @Test
    void anyBytesSurvive() {
        Trials.repeat(2000, random -> {
            byte[] bytes = Trials.bytes(random, 60);
            int[] ids = bpe.encode(bytes);
            assertThat(bpe.decodeBytes(ids)).isEqualTo(bytes);
            assertThat(bpe.decode(ids)).isEqualTo(NaiveUtf8.decode(bytes));
        });
    }

    @Test
    void textIsEncodedAsItsBytes() {
        Trials.repeat(500, random -> {
            String text = Trials.text(random, 40);
            assertThat(bpe.encode(text)).isEqualTo(bpe.encode(text.getBytes(StandardCharsets.UTF_8)));
            assertThat(bpe.decode(bpe.encode(text))).isEqualTo(text);
        });
    }

    @Test
    void mergesInTheOrderOfTheListAndLeftmostFirst() {
        Trials.repeat(1500, random -> {
            // Few letters make long words of repeated and overlapping pairs; more than 32 bytes bypass
            // the cache.
            var text = new StringBuilder();
            for (int i = random.nextInt(80); i > 0; i--) {
                text.append("aatthe ".charAt(random.nextInt(7)));
            }
            assertThat(bpe.encode(text.toString())).containsExactly(naive(bpe, text.toString()));
        });
    }

    @Test
    void neverYieldsSpecialTokens() {
        int[] ids = bpe.encode("a<|endoftext|><|pad|>b");
        assertThat(ids).doesNotContain(0, 1);
        assertThat(bpe.decode(ids)).isEqualTo("a<|endoftext|><|pad|>b");
        assertThat(bpe.decode(new int[] {0})).isEqualTo("<|endoftext|>");
        assertThat(bpe.id("<|pad|>")).hasValue(1);
        assertThat(bpe.specials().eos()).hasValue(0);
    }

    @Test
    void findsTokensBySpelling() {
        int id = bpe.id("Ġthe").orElseThrow();
        assertThat(bpe.encode(" the")).containsExactly(id);
        assertThat(bpe.bytes(id)).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
        assertThat(bpe.id("no such token")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 300, Integer.MAX_VALUE})
    void refusesIdsOutsideTheVocabulary(int id) {
        assertThatThrownBy(() -> bpe.decode(new int[] {5, id}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(id))
                .hasMessageContaining("300 tokens");
        assertThatThrownBy(() -> bpe.bytes(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMillionEqualLettersTakeNoQuadraticTime() {
        for (String letter : List.of("a", "t", " ", "中")) {
            String text = letter.repeat(1_000_000);
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThat(bpe.decode(bpe.encode(text))).isEqualTo(text));
        }
    }

    @Test
    void manyThreadsGetTheSameIds() {
        List<String> texts = new ArrayList<>();
        var random = new java.util.SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            texts.add(Trials.text(random, 60));
        }
        ByteLevelBpe fresh = Learned.small();
        List<int[]> parallel = texts.parallelStream().map(fresh::encode).toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(parallel.get(i)).isEqualTo(bpe.encode(texts.get(i)));
        }
    }

    @Test
    void knowsVocabulariesBeyondTwoBytes() {
        // All bytes and all pairs of bytes.
        List<String> tokens = new ArrayList<>();
        List<BpeVocabulary.Merge> merges = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteAlphabet.character(b)));
        }
        for (int left = 0; left < 256; left++) {
            for (int right = 0; right < 256; right++) {
                tokens.add(tokens.get(left) + tokens.get(right));
                merges.add(new BpeVocabulary.Merge(left, right));
            }
        }
        var large = new ByteLevelBpe(new BpeVocabulary(tokens, merges, Specials.none()));
        assertThat(large.vocabSize()).isEqualTo(256 + 65536);
        assertThat(large.encode("zzzz")).containsExactly(256 + 'z' * 256 + 'z', 256 + 'z' * 256 + 'z');
        Trials.repeat(200, random -> {
            byte[] bytes = Trials.bytes(random, 30);
            assertThat(large.decodeBytes(large.encode(bytes))).isEqualTo(bytes);
        });
    }

    @Test
    void refusesVocabulariesThatCannotWork() {
        List<String> bytes = IntStream.range(0, 256)
                .mapToObj(b -> String.valueOf(ByteAlphabet.character(b)))
                .toList();
        assertRefused(bytes.subList(1, 256), List.of(), Specials.none(), "has no token");
        assertRefused(with(bytes, "the cat"), List.of(), Specials.none(), "alphabet");
        assertRefused(with(bytes, "a"), List.of(), Specials.none(), "two ids");
        assertRefused(bytes, List.of(new BpeVocabulary.Merge('a', 'b')), Specials.none(), "the vocabulary lacks");
        assertRefused(bytes, List.of(new BpeVocabulary.Merge('a', 999)), Specials.none(), "outside the vocabulary");
        assertRefused(
                with(bytes, "ab"), Collections.nCopies(2, new BpeVocabulary.Merge('a', 'b')), Specials.none(), "twice");
        assertRefused(
                with(bytes, "ab"),
                List.of(new BpeVocabulary.Merge('a', 'b')),
                Specials.of(Map.of("ab", 256)),
                "special token");
        assertRefused(bytes, List.of(), Specials.of(Map.of("<s>", 3)), "not the token of id 3");
    }

    @Test
    void gpt2GivesThePublishedIds() throws IOException {
        ByteLevelBpe gpt2 = Learned.gpt2(SharedData.require("tokenizers/gpt2"));
        List<Path> files = List.of(
                SharedData.require("tokenizers/gpt2/cases.jsonl"),
                SharedData.require("tokenizers/tiktoken/r50k_base.jtokkit.jsonl"),
                SharedData.require("tokenizers/llama.cpp/gpt-2.jsonl"));
        int cases = 0;
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                JsonNode node = new JsonMapper().readTree(line);
                int[] ids = IntStream.range(0, node.get("ids").size())
                        .map(i -> node.get("ids").get(i).intValue())
                        .toArray();
                String text = node.get("text").stringValue();
                assertThat(gpt2.encode(text)).as("%s: %s", file, text).isEqualTo(ids);
                assertThat(gpt2.decode(ids)).isEqualTo(text);
                cases++;
            }
        }
        assertThat(cases).isEqualTo(7 + 423 + 46);
    }

    private static void assertRefused(
            List<String> tokens, List<BpeVocabulary.Merge> merges, Specials specials, String message) {
        assertThatThrownBy(() -> new ByteLevelBpe(new BpeVocabulary(tokens, merges, specials)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static List<String> with(List<String> tokens, String more) {
        List<String> all = new ArrayList<>(tokens);
        all.add(more);
        return all;
    }

    /// The definition: search all pairs for the earliest in the list, join its leftmost place, begin again.
    private static int[] naive(ByteLevelBpe bpe, String text) {
        BpeVocabulary vocabulary = bpe.vocabulary();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Integer> all = new ArrayList<>();
        for (int start = 0, end; start < bytes.length; start = end) {
            end = WordScanner.wordEnd(bytes, start, bytes.length);
            List<Integer> word = new ArrayList<>();
            for (int i = start; i < end; i++) {
                String symbol = String.valueOf(ByteAlphabet.character(bytes[i] & 0xFF));
                word.add(bpe.id(symbol).orElseThrow());
            }
            while (true) {
                int best = Integer.MAX_VALUE;
                int at = 0;
                for (int i = 0; i + 1 < word.size(); i++) {
                    int rank = vocabulary.merges().indexOf(new BpeVocabulary.Merge(word.get(i), word.get(i + 1)));
                    if (rank >= 0 && rank < best) {
                        best = rank;
                        at = i;
                    }
                }
                if (best == Integer.MAX_VALUE) {
                    break;
                }
                BpeVocabulary.Merge merge = vocabulary.merges().get(best);
                String token = vocabulary.tokens().get(merge.left())
                        + vocabulary.tokens().get(merge.right());
                word.set(at, bpe.id(token).orElseThrow());
                word.subList(at + 1, at + 2).clear();
            }
            all.addAll(word);
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }
}
