package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.Theirs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// All decoders, alone and in random sequences, on random tokens: the text is that of Hugging Face's library, at once
/// and one token at a time.
class DecoderTest {
    private static final Decoder.Sequence LLAMA = new Decoder.Sequence(List.of(
            new Decoder.Replace(new TextPattern.Literal("▁"), " "),
            new Decoder.ByteFallback(),
            new Decoder.Fuse(),
            new Decoder.Strip(" ", 1, 0)));
    private static final Decoder.ByteLevel BYTE_LEVEL = new Decoder.ByteLevel(true, true, true);

    @Test
    void decodersLikeTheirs() {
        Trials.repeat(600, random -> {
            Decoder decoder = decoder(random, 0);
            List<String> tokens = tokens(random);
            try (Theirs theirs = new Theirs(wordLevel(tokens), json(decoder))) {
                for (int i = 0; i < 20; i++) {
                    int[] ids = ids(random, tokens);
                    String expected = theirs.decode(ids);
                    assertThat(decode(tokens, ids, Optional.of(decoder)))
                            .as("%s of %s", decoder, spelled(tokens, ids))
                            .isEqualTo(expected);
                    assertThat(streamed(tokens, ids, Optional.of(decoder))).isEqualTo(expected);
                }
            }
        });
    }

    @Test
    void withoutDecoderLikeTheirs() {
        Trials.repeat(30, random -> {
            List<String> tokens = tokens(random);
            try (Theirs theirs = new Theirs(wordLevel(tokens), Map.of())) {
                int[] ids = ids(random, tokens);
                String expected = theirs.decode(ids);
                assertThat(decode(tokens, ids, Optional.empty())).isEqualTo(expected);
                assertThat(streamed(tokens, ids, Optional.empty())).isEqualTo(expected);
            }
        });
    }

    /// Any bytes, as byte-level tokens cut them.
    @Test
    void malformedUtf8LikeTheirs() {
        var all = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            all.add(String.valueOf(ByteAlphabet.character(b)));
        }
        Assertions.assertDoesNotThrow(() -> {
            try (Theirs theirs = new Theirs(wordLevel(all), json(BYTE_LEVEL))) {
                Trials.repeat(1000, random -> {
                    byte[] bytes = Trials.bytes(random, 6);
                    int[] ids = new int[bytes.length];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = bytes[i] & 0xFF;
                    }
                    String expected = theirs.decode(ids);
                    assertThat(decode(all, ids, Optional.of(BYTE_LEVEL))).isEqualTo(expected);
                    assertThat(streamed(all, ids, Optional.of(BYTE_LEVEL))).isEqualTo(expected);
                });
            }
        });
    }

    @Test
    void textComesAsSoonAsItIsCertain() {
        assertThat(steps(Optional.of(BYTE_LEVEL), "Ġa", "Ã", "©", "Ċ", "ð", "Ł"))
                .containsExactly(" a", "", "é", "\n", "", "", "\uFFFD");
        assertThat(steps(Optional.of(LLAMA), "▁a", "<0xC3>", "<0xA9>", "▁▁b", "<0xFF>"))
                .containsExactly("a", "", "", "é  b", "", "\uFFFD");
        assertThat(steps(Optional.of(new Decoder.WordPiece("##", true)), "ab", "##c", ".", "d", "##"))
                .containsExactly("ab", "c", ".", " d", "", "");
        assertThat(steps(Optional.of(new Decoder.Bpe("</w>")), "a", "b</w>", "c", "d</w>"))
                .containsExactly("a", "b", " c", "d", "");
        assertThat(steps(Optional.of(new Decoder.Metaspace("▁", PreTokenizer.Prepend.ALWAYS, true)), "▁a", "▁b", "c"))
                .containsExactly("a", " b", "c", "");
        assertThat(steps(Optional.of(new Decoder.Ctc("<pad>", "|", true)), "a", "a", "<pad>", "a", "|"))
                .containsExactly("a", "", "", "a", " ", "");
        assertThat(steps(Optional.empty(), "a", "b")).containsExactly("a", " b", "");
    }

    /// At most so many from the end, and none twice.
    @Test
    void stripsTheEnd() {
        Trials.repeat(1000, random -> {
            String token = tokens(random).getLast() + one(random, "", "😀", "😀😀", "a😀");
            int start = random.nextInt(3);
            int stop = random.nextInt(4);
            String left = token;
            for (int i = 0; i < start && left.startsWith("😀"); i++) {
                left = left.substring(2);
            }
            for (int i = 0; i < stop && left.endsWith("😀"); i++) {
                left = left.substring(0, left.length() - 2);
            }
            var strip = new Decoder.Strip("😀", start, stop);
            assertThat(strip.decode(List.of(token, "", token))).containsExactly(left, "", left);
            var fused = new Decoder.Sequence(List.of(new Decoder.Fuse(), strip));
            var characters = new ArrayList<String>();
            token.codePoints().forEach(point -> characters.add(Character.toString(point)));
            assertThat(fused.decode(characters)).containsExactly(left);
        });
    }

    /// A stream goes on after an id without a token, and begins anew after its end.
    @Test
    void aStreamServesOneSequenceAfterAnother() {
        IntFunction<Optional<String>> spelling = id -> switch (id) {
            case 0 -> Optional.of("▁a");
            case 1 -> Optional.of("<0xC3>");
            case 2 -> Optional.empty();
            default -> throw new IllegalArgumentException("id " + id);
        };
        var stream = new DecodeStream(spelling, Optional.of(LLAMA));
        for (int i = 0; i < 2; i++) {
            assertThat(stream.push(0) + stream.push(2) + stream.push(0) + stream.push(1))
                    .isEqualTo("a a");
            assertThatThrownBy(() -> stream.push(3)).isInstanceOf(IllegalArgumentException.class);
            assertThat(stream.finish()).isEqualTo("\uFFFD");
        }
    }

    @Test
    void bytesOfATokenInTheMiddle() {
        assertThat(bytes(Optional.of(BYTE_LEVEL), "Ġa")).containsExactly(' ', 'a');
        assertThat(bytes(Optional.of(BYTE_LEVEL), "Ã")).containsExactly(0xC3);
        assertThat(bytes(Optional.of(LLAMA), "▁the")).containsExactly(' ', 't', 'h', 'e');
        assertThat(bytes(Optional.of(LLAMA), "<0xE2>")).containsExactly(0xE2);
        assertThat(bytes(Optional.of(LLAMA), "é")).containsExactly(0xC3, 0xA9);
        assertThat(bytes(Optional.of(new Decoder.WordPiece("##", true)), "##ing"))
                .containsExactly('i', 'n', 'g');
        assertThat(bytes(Optional.of(new Decoder.WordPiece("##", true)), "word"))
                .containsExactly(' ', 'w', 'o', 'r', 'd');
        assertThat(bytes(Optional.of(new Decoder.WordPiece("##", true)), ".")).containsExactly('.');
        assertThat(bytes(Optional.of(new Decoder.Metaspace("▁", PreTokenizer.Prepend.FIRST, true)), "▁a"))
                .containsExactly(' ', 'a');
        assertThat(bytes(Optional.of(new Decoder.Bpe("</w>")), "a</w>")).containsExactly('a', ' ');
        assertThat(bytes(Optional.of(new Decoder.Ctc("<pad>", "|", true)), "|")).containsExactly(' ');
        assertThat(bytes(Optional.of(new Decoder.Strip("x", 1, 1)), "xax")).containsExactly('a');
        assertThat(bytes(Optional.empty(), "a")).containsExactly(' ', 'a');
    }

    /// Behind a token that has no space to lose, the bytes of all tokens are those of the text.
    @Test
    void bytesOfTokensAreThoseOfTheText() {
        var alphabet = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            alphabet.add(String.valueOf(ByteAlphabet.character(b)));
        }
        Trials.repeat(300, random -> {
            String text = Trials.text(random, 6);
            var byteLevel = new ArrayList<String>(List.of("x"));
            var llama = new ArrayList<String>(List.of("x"));
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                byteLevel.add(alphabet.get(b & 0xFF));
                llama.add(String.format("<0x%02X>", b & 0xFF));
            }
            llama.add("▁y");
            assertThat(joined(new TokenBytes(Optional.of(BYTE_LEVEL)), byteLevel))
                    .isEqualTo("x" + text);
            assertThat(joined(new TokenBytes(Optional.of(LLAMA)), llama)).isEqualTo("x" + text + " y");
            assertThat(DecodeStream.decode(llama, Optional.of(LLAMA))).isEqualTo("x" + text + " y");
        });
    }

    @Test
    void manyTokensTakeLinearTime() {
        List<Decoder> decoders = List.of(
                BYTE_LEVEL,
                LLAMA,
                new Decoder.Sequence(
                        List.of(new Decoder.Fuse(), new Decoder.Replace(new TextPattern.Literal("aab"), ""))),
                new Decoder.Sequence(List.of(new Decoder.Fuse(), new Decoder.Strip("a", 5, Integer.MAX_VALUE))));
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> {
            for (Decoder decoder : decoders) {
                for (String token : List.of("a", "<0xC3>")) {
                    var stream = new DecodeStream(_ -> Optional.of(token), Optional.of(decoder));
                    for (int i = 0; i < 300_000; i++) {
                        stream.push(0);
                    }
                    stream.finish();
                }
            }
        });
    }

    @Test
    void refusesWhatIsNotOneCharacter() {
        assertThatThrownBy(() -> new Decoder.Strip("ab", 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("content of a Strip decoder is 'ab', not one character");
        assertThatThrownBy(() -> new Decoder.Strip("a", -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Decoder.Metaspace("", PreTokenizer.Prepend.FIRST, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Decoder.Replace(new TextPattern.Regex("("), "").decode(List.of("a")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Decoder decoder(RandomGenerator random, int depth) {
        return switch (random.nextInt(depth < 2 ? 13 : 10)) {
            case 0 -> BYTE_LEVEL;
            case 1 -> new Decoder.WordPiece(one(random, "##", "a", "", "▁"), random.nextBoolean());
            case 2 ->
                new Decoder.Metaspace(
                        one(random, "▁", "a", "😀"),
                        List.copyOf(EnumSet.allOf(PreTokenizer.Prepend.class)).get(random.nextInt(3)),
                        random.nextBoolean());
            case 3 -> new Decoder.ByteFallback();
            case 4 -> new Decoder.Bpe(one(random, "</w>", "a", "", "aa"));
            case 5 -> new Decoder.Ctc(one(random, "<pad>", "a", ""), one(random, "|", "", "."), random.nextBoolean());
            case 6 -> new Decoder.Fuse();
            // Version 0.21 of the library panics when a piece is shorter than what may be taken from its
            // end.
            case 7 -> new Decoder.Strip(one(random, " ", "a", "▁", "😀"), random.nextInt(3), 0);
            case 8 ->
                new Decoder.Replace(
                        new TextPattern.Literal(one(random, "▁", "a", "aab", "aba", "", "a.", "😀", "ab")),
                        one(random, " ", "", "ab", "$1"));
            case 9 ->
                new Decoder.Replace(
                        new TextPattern.Regex(one(random, "a+", "b*", "[.!]", "(a)(b)", "^a", "b$")),
                        one(random, " ", "", "ab"));
            case 10 -> LLAMA;
            default -> {
                var several = new ArrayList<Decoder>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    several.add(decoder(random, depth + 1));
                }
                yield new Decoder.Sequence(several);
            }
        };
    }

    private static Map<String, ?> json(Decoder decoder) {
        return switch (decoder) {
            case Decoder.ByteLevel _ ->
                Map.of("type", "ByteLevel", "add_prefix_space", true, "trim_offsets", true, "use_regex", true);
            case Decoder.WordPiece(String prefix, boolean cleanup) ->
                Map.of("type", "WordPiece", "prefix", prefix, "cleanup", cleanup);
            case Decoder.Metaspace(String replacement, PreTokenizer.Prepend prepend, boolean split) ->
                Map.of(
                        "type",
                        "Metaspace",
                        "replacement",
                        replacement,
                        "prepend_scheme",
                        prepend.name().toLowerCase(Locale.ROOT),
                        // The library refuses a file whose old field contradicts the new one.
                        "add_prefix_space",
                        prepend != PreTokenizer.Prepend.NEVER,
                        "split",
                        split);
            case Decoder.ByteFallback _ -> Map.of("type", "ByteFallback");
            case Decoder.Bpe(String suffix) -> Map.of("type", "BPEDecoder", "suffix", suffix);
            case Decoder.Ctc(String pad, String delimiter, boolean cleanup) ->
                Map.of("type", "CTC", "pad_token", pad, "word_delimiter_token", delimiter, "cleanup", cleanup);
            case Decoder.Fuse _ -> Map.of("type", "Fuse");
            case Decoder.Strip(String content, int start, int stop) ->
                Map.of("type", "Strip", "content", content, "start", start, "stop", stop);
            case Decoder.Replace(TextPattern.Literal(String text), String content) ->
                Map.of("type", "Replace", "pattern", Map.of("String", text), "content", content);
            case Decoder.Replace(TextPattern.Regex regex, String content) ->
                Map.of("type", "Replace", "pattern", Map.of("Regex", regex.source()), "content", content);
            case Decoder.Sequence(List<Decoder> decoders) ->
                Map.of(
                        "type",
                        "Sequence",
                        "decoders",
                        decoders.stream().map(DecoderTest::json).toList());
        };
    }

    private static String one(RandomGenerator random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static List<String> tokens(RandomGenerator random) {
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>"));
        for (int i = random.nextInt(1, 30); i > 0; i--) {
            tokens.add(
                    switch (random.nextInt(8)) {
                        case 0 -> String.format(random.nextBoolean() ? "<0x%02X>" : "<0x%02x>", random.nextInt(256));
                        case 1 -> one(random, "<0xC3>", "<0xA9>", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>", "<0x41>");
                        case 2 -> one(random, "<0x+A>", "<0xG0>", "<0x4>", "<0x041>", "<0xé>", "<0x-1>");
                        case 3 -> String.valueOf(ByteAlphabet.character(random.nextInt(256)));
                        case 4 -> one(random, " '", " n't", " do not", "'s", ".", "!", "|", "<pad>", " ' ", "##", "▁");
                        default -> {
                            var token = new StringBuilder();
                            for (int n = random.nextInt(1, 5); n > 0; n--) {
                                token.append(
                                        one(random, "a", "a", "b", "ab", "▁", "##", "</w>", " ", "😀", "é", "Ġ", "."));
                            }
                            yield token.toString();
                        }
                    });
        }
        return List.copyOf(tokens);
    }

    private static Map<String, ?> wordLevel(List<String> tokens) {
        var ids = new LinkedHashMap<String, Integer>();
        tokens.forEach(token -> ids.put(token, ids.size()));
        return Map.of("type", "WordLevel", "vocab", ids, "unk_token", tokens.getFirst());
    }

    private static int[] ids(RandomGenerator random, List<String> tokens) {
        return random.ints(random.nextInt(1, 12), 0, tokens.size()).toArray();
    }

    private static List<String> spelled(List<String> tokens, int[] ids) {
        var spelled = new ArrayList<String>();
        for (int id : ids) {
            spelled.add(tokens.get(id));
        }
        return spelled;
    }

    private static String decode(List<String> tokens, int[] ids, Optional<Decoder> decoder) {
        return DecodeStream.decode(spelled(tokens, ids), decoder);
    }

    /// Joined; no part may end in half a character.
    private static String streamed(List<String> tokens, int[] ids, Optional<Decoder> decoder) {
        var stream = new DecodeStream(id -> Optional.of(tokens.get(id)), decoder);
        var text = new StringBuilder();
        for (int id : ids) {
            String part = stream.push(id);
            assertThat(part.isEmpty() || !Character.isHighSurrogate(part.charAt(part.length() - 1)))
                    .isTrue();
            text.append(part);
        }
        return text.append(stream.finish()).toString();
    }

    private static List<String> steps(Optional<Decoder> decoder, String... tokens) {
        var stream = new DecodeStream(id -> Optional.of(tokens[id]), decoder);
        var steps = new ArrayList<String>();
        for (int id = 0; id < tokens.length; id++) {
            steps.add(stream.push(id));
        }
        steps.add(stream.finish());
        return steps;
    }

    private static int[] bytes(Optional<Decoder> decoder, String token) {
        byte[] bytes = new TokenBytes(decoder).of(token);
        int[] unsigned = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            unsigned[i] = bytes[i] & 0xFF;
        }
        return unsigned;
    }

    private static String joined(TokenBytes tokenBytes, List<String> tokens) {
        var bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(tokenBytes.of(token)));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
