package dev.cortado.text.tokenizer.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each scanner cuts as its regular expression does.
class WordScannersTest {
    // What patterns treat differently, with both neighbours of each kind.
    private static final String[] DELICATE = {
        "'s", "'S", "'ſ", "'ll", "'Ll", "'vE", "'RE", "'d", "'x", "'", "a", "Z", "ǅ", "ª", "ʰ", "中", "\u0301", "\u0903",
        "1", "²", "Ⅷ", " ", "  ", "\t", "\n", "\r", "\r\n", "\u0085", "\u00a0", "\u2028", "/", "!", "-", "👍", "ABC",
        "abc", "Abc"
    };

    static List<String> patterns() {
        return List.of(WordScanner.GPT2, WordScanner.CL100K, WordScanner.LLAMA3, WordScanner.QWEN2, WordScanner.O200K);
    }

    static List<String> spellings() {
        return List.copyOf(WordScanner.Spellings.all());
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void cutsAsTheRegularExpressionDoes(String pattern) {
        WordScanner scanner = WordScanner.of(pattern).orElseThrow();
        Pattern regex = regex(pattern);
        Trials.repeat(1000, random -> {
            String text = random.nextBoolean() ? Trials.text(random, 30) : delicate(random);
            assertThat(words(scanner, text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isEqualTo(matches(regex, text));
        });
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void classifiesEveryCharacterAsTheRegularExpressionDoes(String pattern) {
        WordScanner scanner = WordScanner.of(pattern).orElseThrow();
        Pattern regex = regex(pattern);
        int every = Trials.share(16);
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            boolean swept = codePoint < 0x250 || Math.floorMod(codePoint + pattern.hashCode(), every) == 0;
            if (surrogate || !swept) {
                continue;
            }
            String c = Character.toString(codePoint);
            String text = "a" + c + "1" + c + "!" + c + " " + c + "B" + c + "'s";
            assertThat(words(scanner, text.getBytes(StandardCharsets.UTF_8)))
                    .as("U+%04X", codePoint)
                    .isEqualTo(matches(regex, text));
        }
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void alwaysMovesOn(String pattern) {
        WordScanner scanner = WordScanner.of(pattern).orElseThrow();
        Trials.repeat(500, random -> {
            byte[] text = Trials.bytes(random, 20);
            List<Integer> ends = ends(scanner, text);
            assertThat(ends).isSorted().doesNotHaveDuplicates().allMatch(end -> end > 0 && end <= text.length);
            assertThat(ends.isEmpty() ? 0 : ends.getLast()).isEqualTo(text.length);
        });
    }

    @Test
    void takesMalformedBytesForSigns() {
        byte[] text = {'a', (byte) 0xFF, (byte) 0xC3, ' ', (byte) 0xED, (byte) 0xA0, (byte) 0x80, 'b', (byte) 0xE2};
        assertThat(ends(new Gpt2Scanner(), text)).containsExactly(1, 3, 7, 8, 9);
    }

    @Test
    void knowsOnlyPatternsItCanCut() {
        // A possessive interval elsewhere, but any number of such runs in Oniguruma.
        assertThat(WordScanner.of(WordScanner.CL100K.replace("{1,3}", "{1,3}+")))
                .isEmpty();
        assertThat(WordScanner.of("\\s+")).isEmpty();
    }

    private static String delicate(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(DELICATE[random.nextInt(DELICATE.length)]);
        }
        return text.toString();
    }

    private static Pattern regex(String pattern) {
        // Case folding beyond ASCII, as the engines that these patterns were written for have it.
        return Pattern.compile(pattern.replace("(?i:", "(?iu:").replace("$", "\\z"), Pattern.UNICODE_CHARACTER_CLASS);
    }

    private static List<Integer> ends(WordScanner scanner, byte[] text) {
        List<Integer> ends = new ArrayList<>();
        for (int at = 0; at < text.length; ) {
            at = scanner.wordEnd(text, at, text.length);
            ends.add(at);
        }
        return ends;
    }

    private static List<String> words(WordScanner scanner, byte[] text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int end : ends(scanner, text)) {
            words.add(new String(text, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        return words;
    }

    private static List<String> matches(Pattern regex, String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = regex.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }
}
