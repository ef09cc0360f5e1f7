package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordScannerTest {
    private static final Pattern GPT2 = Pattern.compile(
            "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    @Test
    void cutsAsTheRegularExpressionDoes() {
        Trials.repeat(3000, random -> {
            String text = Trials.text(random, 30);
            assertThat(words(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(matches(text));
        });
    }

    @Test
    void classifiesEveryCharacterAsTheRegularExpressionDoes() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint == Character.MIN_SURROGATE) {
                codePoint = Character.MAX_SURROGATE + 1;
            }
            // Each kind joins with exactly one of the three neighbours.
            String c = Character.toString(codePoint);
            String text = "a" + c + "1" + c + "!" + c + " " + c;
            assertThat(words(text.getBytes(StandardCharsets.UTF_8)))
                    .as("U+%04X", codePoint)
                    .isEqualTo(matches(text));
        }
    }

    @Test
    void takesMalformedBytesForSigns() {
        byte[] text = {'a', (byte) 0xFF, (byte) 0xC3, ' ', (byte) 0xED, (byte) 0xA0, (byte) 0x80, 'b', (byte) 0xE2};
        assertThat(ends(text)).containsExactly(1, 3, 7, 8, 9);
    }

    @Test
    void alwaysMovesOn() {
        Trials.repeat(3000, random -> {
            byte[] text = Trials.bytes(random, 20);
            List<Integer> ends = ends(text);
            assertThat(ends).isSorted().doesNotHaveDuplicates().allMatch(end -> end > 0 && end <= text.length);
            assertThat(ends.isEmpty() ? 0 : ends.getLast()).isEqualTo(text.length);
        });
    }

    private static List<Integer> ends(byte[] text) {
        List<Integer> ends = new ArrayList<>();
        for (int at = 0; at < text.length; ) {
            at = WordScanner.wordEnd(text, at, text.length);
            ends.add(at);
        }
        return ends;
    }

    private static List<String> words(byte[] text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int end : ends(text)) {
            words.add(new String(text, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        return words;
    }

    private static List<String> matches(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = GPT2.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }
}
