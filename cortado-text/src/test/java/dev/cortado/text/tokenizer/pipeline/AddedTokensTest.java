package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Added tokens are found where Hugging Face's library finds them, special ones only where that is allowed, and in
/// time linear in the text.
class AddedTokensTest {
    private static final List<String> CONTENTS = List.of(
            "<s>", "<s>x", "<", "ab", "abc", "bcd", "b", "<mask>", "[X]", "Ab", "é", "𝒳", "a b", " b", "__", "naïve");
    private static final List<String> FILLING = List.of(
            " ", "  ", "\t", "\u2003", "\n", "x", "A", "É", "e\u0301", "-", "_", "7", "\u200d", "<s", ">", "c", "你");

    @TempDir
    private Path folder;

    @Test
    void areFoundAsTheLibraryFindsThem() {
        Trials.repeat(60, random -> {
            String normalizer = List.of(
                            "null", "{\"type\":\"Lowercase\"}", "{\"type\":\"NFD\"}", "{\"type\":\"StripAccents\"}")
                    .get(random.nextInt(4));
            String json = json(tokens(random), normalizer);
            Path file = folder.resolve("tokenizer.json");
            Files.writeString(file, json);
            var ours = new PipelineTokenizer(PipelineJson.read(file));
            try (var theirs = new Oracle(json)) {
                Trials.repeat(40, inner -> {
                    String text = text(inner);
                    assertThat(Oracle.lines(ours.encoding(text, SpecialText.ALWAYS, false), text))
                            .as("'" + text + "' with " + json)
                            .isEqualTo(theirs.encoding(text, false));
                    assertThat(ours.encode(text, SpecialText.ALWAYS, true)).isEqualTo(theirs.ids(text, true));
                    List<String> words = List.of(text, "ab <s>", text(inner));
                    assertThat(Oracle.linesOfWords(ours.encodingOfWords(words, SpecialText.ALWAYS, true), words))
                            .isEqualTo(theirs.encodingOfWords(words, true));
                });
            }
        });
    }

    private static String tokens(RandomGenerator random) {
        List<String> tokens = new ArrayList<>();
        for (String content : CONTENTS) {
            if (random.nextInt(3) > 0) {
                tokens.add(
                        "{\"id\":%d,\"content\":\"%s\",\"single_word\":%b,\"lstrip\":%b,\"rstrip\":%b,\"normalized\":%b,\"special\":%b}"
                                .formatted(
                                        tokens.size() + 1,
                                        content,
                                        random.nextInt(3) == 0,
                                        random.nextInt(3) == 0,
                                        random.nextInt(3) == 0,
                                        random.nextBoolean(),
                                        random.nextBoolean()));
            }
        }
        return String.join(",", tokens);
    }

    private static String json(String tokens, String normalizer) {
        return """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[%s],"normalizer":%s,
             "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
             "model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"}}
            """.formatted(tokens, normalizer);
    }

    private static String text(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(16); i > 0; i--) {
            List<String> from = random.nextBoolean() ? CONTENTS : FILLING;
            text.append(from.get(random.nextInt(from.size())));
        }
        return text.toString();
    }

    @Test
    void wordsCanBeGivenOneByOne() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, json("", "null"));
        var ours = new PipelineTokenizer(PipelineJson.read(file));
        var encoding = ours.encodingOfWords(List.of("x y", "", "z"), SpecialText.NEVER, true);
        assertThat(encoding.tokens().stream().map(token -> token.word().getAsInt()))
                .containsExactly(0, 0, 2);
        assertThat(encoding.tokens().get(1).start()).isEqualTo(2);
        assertThat(encoding.tokens().get(2).start()).isZero();
    }

    @Test
    void specialOnesAreTextUnlessAllowed() {
        var tokens = tokenizer(
                AddedToken.special("<s>", 1),
                AddedToken.special("<s>x", 2),
                AddedToken.special("<<s>", 3),
                new AddedToken("plain", 4, false, false, false, false, false));
        assertThat(tokens.encode("plain<s>plain")).containsExactly(4, 0, 4);
        assertThat(tokens.encode("plain<s>plain", SpecialText.ALWAYS, false)).containsExactly(4, 1, 4);
        // What stands around a trusted token cannot hide it by making a longer one of it.
        var trusted = new BitSet();
        trusted.set(1, 4);
        assertThat(tokens.encode("<<s>x", new SpecialText.Within(trusted), false))
                .containsExactly(0, 1, 0);
        assertThat(tokens.encode("<<s>x", SpecialText.ALWAYS, false)).containsExactly(3, 0);
    }

    /// The library would abort: the second token's white space was swallowed by the first.
    @Test
    void whiteSpaceTokensInsideSwallowedWhiteSpaceDoNoHarm() {
        var tokens = tokenizer(
                new AddedToken("<a>", 1, false, false, false, true, false),
                new AddedToken(" ", 2, false, false, true, true, false));
        assertThat(tokens.encode("<a>   b")).startsWith(1).endsWith(0);
        String spaces = " ".repeat(200_000);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> tokens.encode("<a>" + spaces + "b"));
    }

    @Test
    void unpairedSurrogatesAreQuestionMarksInTheSamePlace() {
        var tokens = tokenizer(new AddedToken("?", 1, false, false, false, false, false));
        var encoding = tokens.encoding("x\uD800y\uDC00\uD835\uDCB3", SpecialText.NEVER, false);
        assertThat(encoding.ids()).containsExactly(0, 1, 0, 1, 0);
        assertThat(encoding.tokens().get(3).start()).isEqualTo(3);
        assertThat(encoding.tokens().get(4).end()).isEqualTo(6);
    }

    /// Leftmost, then longest, found by looking for every token at every place.
    @Test
    void equalASearchWithoutAnAutomaton() {
        Trials.repeat(2000, random -> {
            List<String> patterns = IntStream.range(0, random.nextInt(6))
                    .mapToObj(i -> letters(random, 5))
                    .toList();
            String text = letters(random, 30);
            AhoCorasick.Hits hits = new AhoCorasick(patterns).hits(text);
            List<String> found = new ArrayList<>();
            for (int i = hits.size() - 1; i >= 0; i--) {
                var automaton = new AhoCorasick(patterns);
                for (int state = hits.state(i); state >= 0; state = automaton.shorter(state)) {
                    found.add(hits.place(i) + " " + automaton.pattern(state));
                }
            }
            List<String> expected = new ArrayList<>();
            for (int at = 0; at < text.length(); at++) {
                int place = at;
                patterns.stream()
                        .filter(pattern -> !pattern.isEmpty() && text.startsWith(pattern, place))
                        .distinct()
                        .sorted((a, b) -> b.length() - a.length())
                        .forEach(pattern -> expected.add(place + " " + patterns.indexOf(pattern)));
            }
            assertThat(found).isEqualTo(expected);
        });
    }

    private static String letters(RandomGenerator random, int most) {
        return random.ints(random.nextInt(most + 1), 'a', 'd')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @Test
    void hostileTextTakesLinearTime() {
        List<AddedToken> tokens = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            tokens.add(AddedToken.special("<|reserved_special_token_" + i + "|>", i + 1));
        }
        tokens.add(AddedToken.special("<".repeat(5000) + "x", 2000));
        tokens.add(AddedToken.special("x" + "<".repeat(5000), 2001));
        var finder = new AddedTokens(tokens, Optional.empty());
        for (String unit :
                List.of("<", "x<", "<|reserved_special_token_", "plain text. ", "|>", "<|reserved_special_token_7|>")) {
            String text = unit.repeat(1_000_000 / unit.length());
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> finder.split(AlignedText.of(text), SpecialText.ALWAYS), unit);
        }
    }

    @Test
    void contradictionsAreRefused() {
        assertThatThrownBy(() -> tokenizer(AddedToken.special("a", 1), AddedToken.special("a", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("added token 'a' is there twice, with ids 1 and 2");
        assertThatThrownBy(() -> tokenizer(AddedToken.special("a", 1), AddedToken.special("b", 1)))
                .hasMessage("added tokens 'a' and 'b' share id 1");
        assertThatThrownBy(() -> tokenizer(AddedToken.special("[UNK]", 1)))
                .hasMessage("added token '[UNK]' has id 1, but 0 in the model's vocabulary");
        assertThatThrownBy(() -> tokenizer(AddedToken.special("a", 0)))
                .hasMessage("added token 'a' has id 0, which is that of '[UNK]' in the model's vocabulary");
    }

    private static PipelineTokenizer tokenizer(AddedToken... tokens) {
        return new PipelineTokenizer(new Pipeline(
                List.of(tokens),
                Optional.empty(),
                Optional.of(new PreTokenizer.WhitespaceSplit()),
                new WordLevel(Vocabulary.of(Map.of("[UNK]", 0)), "[UNK]"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }
}
