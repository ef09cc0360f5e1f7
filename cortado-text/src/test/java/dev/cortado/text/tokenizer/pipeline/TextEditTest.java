package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextEditTest {
    @Test
    void stepsGiveRanges() {
        AlignedText text = AlignedText.of("a𝒳bc").slice(1, 5);
        TextEdit edit = text.edit();
        edit.insert('1'); // before the first: where the piece begins
        edit.replace('2');
        edit.insert("34"); // after what was replaced
        edit.remove(1);
        edit.insert('5'); // after what was removed
        edit.replace('c');
        edit.replace('6'); // nothing is left to replace
        AlignedText now = edit.finish();
        assertThat(now.text()).isEqualTo("12345c6");
        assertThat(ranges(now)).containsExactly("1-1", "1-3", "1-3", "1-3", "3-4", "4-5", "4-5");
        assertThat(now.originalStart()).isEqualTo(1);
    }

    private static List<String> ranges(AlignedText text) {
        return text.text()
                .chars()
                .mapToObj(c -> text.text().indexOf(c))
                .map(i -> text.start(i) + "-" + text.end(i))
                .toList();
    }

    @Test
    void whatChangesNothingIsTheSameObject() {
        AlignedText text = AlignedText.of("plain text, 1 2 3.");
        for (Normalizer normalizer : List.of(
                new Normalizer.UnicodeForm(Form.NFC),
                new Normalizer.UnicodeForm(Form.NFKD),
                new Normalizer.Lowercase(),
                new Normalizer.StripAccents(),
                new Normalizer.Strip(true, true),
                new Normalizer.Bert(true, true, Optional.empty(), true),
                new Normalizer.Replace(new TextPattern.Regex("q+"), ""),
                new Normalizer.Nmt())) {
            assertThat(normalizer.normalize(text)).as(normalizer.toString()).isSameAs(text);
        }
    }

    @Test
    void unicodeFormsAreThoseOfTheJdk() {
        Trials.repeat(3000, random -> {
            var text = new StringBuilder(Trials.text(random, 10));
            for (int i = random.nextInt(20); i > 0; i--) { // dense in marks, jamo and what composes
                int[] starts = {0x300, 0x1100, 0x1160, 0x11A0, 0xAC00, 0x900, 0x1D160, 0x41, 0x1E00, 0x5B0, 0x3040};
                text.appendCodePoint(starts[random.nextInt(starts.length)] + random.nextInt(0x60));
            }
            for (Form form : Form.values()) {
                AlignedText normalized = new Normalizer.UnicodeForm(form).normalize(AlignedText.of(text.toString()));
                assertThat(normalized.text()).isEqualTo(java.text.Normalizer.normalize(text, form));
            }
        });
    }

    @Test
    void fixedLengthCountsCharacters() {
        assertThat(texts(new PreTokenizer.FixedLength(3), "Hello 👋 world"))
                .containsExactly("Hel", "lo ", "👋 w", "orl", "d");
        assertThat(texts(new PreTokenizer.FixedLength(5), "")).isEmpty();
        assertThat(texts(new PreTokenizer.FixedLength(5), "short")).containsExactly("short");
        assertThatThrownBy(() -> new PreTokenizer.FixedLength(0)).hasMessageContaining("length of FixedLength is 0");
    }

    private static List<String> texts(PreTokenizer preTokenizer, String text) {
        return preTokenizer.split(AlignedText.of(text)).stream()
                .map(AlignedText::text)
                .toList();
    }

    @Test
    void longTextsTakeLinearTime() {
        for (String unit : List.of("a", "\u0301", " ", "\u0301\u0323", "中", "가", "\u1100\u1161", "1", "!", "é")) {
            AlignedText text = AlignedText.of(unit.repeat(100_000 / unit.length()));
            for (Normalizer normalizer : List.of(
                    new Normalizer.UnicodeForm(Form.NFC),
                    new Normalizer.UnicodeForm(Form.NFKD),
                    new Normalizer.Bert(true, true, Optional.empty(), true),
                    new Normalizer.Strip(true, true),
                    new Normalizer.Replace(new TextPattern.Literal(" "), "▁"),
                    new Normalizer.ByteLevel())) {
                assertThat(normalizer.normalize(text).length()).isNotNegative();
            }
            for (PreTokenizer preTokenizer : List.of(
                    new PreTokenizer.Bert(),
                    new PreTokenizer.Whitespace(),
                    new PreTokenizer.UnicodeScripts(),
                    new PreTokenizer.Metaspace("▁", PreTokenizer.Prepend.ALWAYS, true))) {
                assertThat(preTokenizer.split(text)).hasSizeLessThanOrEqualTo(text.length() + 1);
            }
        }
    }
}
