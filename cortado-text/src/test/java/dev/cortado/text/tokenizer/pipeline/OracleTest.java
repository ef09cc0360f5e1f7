package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer.Delimiter;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer.Prepend;
import java.io.IOException;
import java.nio.file.Files;
import java.text.Normalizer.Form;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Every normalizer and pre-tokenizer makes the same text, ranges and words as Hugging Face's library.
class OracleTest {
    private static final List<String> NASTY = List.of(
            "",
            " ",
            "a",
            "\n",
            "   \t\n ",
            "  leading and trailing  ",
            "\u3000\u3000全角\u3000",
            "é\u0301",
            "\u0301",
            "\u0301\u0323a\u0301\u0323\u0301e",
            "ậ\u0331\u0302\u0301",
            "a\u0327\u0301",
            "\u1100\u1161\u11A8\u1161각\u11A8가\u11A8\u11A8",
            "q\u0307\u0323q\u0323\u0307",
            "ﬁ①㍿…½ǆ",
            "…abc",
            "abc…",
            "İI\u0307ΣΑΣ ΌΣΟΣ ẞß",
            "中",
            "中文a中 文",
            "\u0000a\uFFFDb\u00ADc\u200Dd\u0085",
            "▁▁a ▁b",
            "▁",
            " ▁",
            "Hey   friend!  How's it  going?!? it's I'LL",
            "x\r\ny\r\n\r\n  z\u2028\u2029",
            "どこで生れ。Yes  Apples are りんご 林檎 ー",
            "  どこ",
            "1234567 ٣٤ Ⅷ²½ 12ab34",
            "e\u0304\u0304\u0304o",
            "\u0F77\u0FB3\u0F80\u0F79\u0F7A\u0F7B \u0F73\u0F71\u0F75\u0F81\u0F7C",
            "Me llamó",
            "👨\u200D👩\u200D👧 🇫🇷🇩🇪 é👍🏽",
            "हिन्दी กำนำ ำ",
            "don't 'S'T 'ſ \u212A",
            "the-final--countdown-",
            "--a");

    private static void check(StageOracle oracle) {
        check(oracle, "");
    }

    // The characters in the last argument got other properties after the tables of their library were made.
    private static void check(StageOracle oracle, String changedSince) {
        try (oracle) {
            NASTY.forEach(oracle::compare);
            List<Integer> swept = StageOracle.some(oracle.name(), 5);
            Set<Integer> changed = StageOracle.inRanges(changedSince);
            assertThat(StageOracle.ranges(oracle.differences(swept)))
                    .as(oracle.name())
                    .isEqualTo(StageOracle.ranges(
                            swept.stream().filter(changed::contains).toList()));
            Set<Integer> known = new HashSet<>(swept);
            known.removeAll(changed);
            Trials.repeat(40, random -> oracle.compare(StageOracle.text(random, 30, known)));
        }
    }

    private static void check(String json, Normalizer normalizer) {
        check(StageOracle.of(json, normalizer));
    }

    private static void check(String json, PreTokenizer preTokenizer) {
        check(StageOracle.of(json, preTokenizer));
    }

    @Test
    void unicodeForms() {
        for (Form form : Form.values()) {
            check("{\"type\":\"" + form + "\"}", new Normalizer.UnicodeForm(form));
        }
    }

    @Test
    void lowercaseAndAccentsAndStrip() {
        check("{\"type\":\"Lowercase\"}", new Normalizer.Lowercase());
        check(StageOracle.of("{\"type\":\"StripAccents\"}", new Normalizer.StripAccents()), StageOracle.NEW_ACCENTS);
        for (boolean left : new boolean[] {false, true}) {
            for (boolean right : new boolean[] {false, true}) {
                check(
                        "{\"type\":\"Strip\",\"strip_left\":%s,\"strip_right\":%s}".formatted(left, right),
                        new Normalizer.Strip(left, right));
            }
        }
    }

    @Test
    void bertNormalizer() {
        String form = """
            {"type":"BertNormalizer","clean_text":%s,"handle_chinese_chars":%s,"strip_accents":%s,"lowercase":%s}\
            """;
        check(
                StageOracle.of(
                        form.formatted(true, true, null, true),
                        new Normalizer.Bert(true, true, Optional.empty(), true)),
                StageOracle.NEW_MARKS.replace("8D4-8E1", "8D4-8E2"));
        check(form.formatted(false, true, false, true), new Normalizer.Bert(false, true, Optional.of(false), true));
        check(
                StageOracle.of(
                        form.formatted(true, false, null, false),
                        new Normalizer.Bert(true, false, Optional.empty(), false)),
                StageOracle.NEW_FORMAT);
        check(
                StageOracle.of(
                        form.formatted(false, false, true, false),
                        new Normalizer.Bert(false, false, Optional.of(true), false)),
                StageOracle.NEW_MARKS);
    }

    @Test
    void smallNormalizers() {
        check("{\"type\":\"Nmt\"}", new Normalizer.Nmt());
        check("{\"type\":\"ByteLevel\"}", new Normalizer.ByteLevel());
        check("{\"type\":\"Prepend\",\"prepend\":\"▁\"}", new Normalizer.Prepend("▁"));
        check("{\"type\":\"Prepend\",\"prepend\":\"𝒳yz\"}", new Normalizer.Prepend("𝒳yz"));
        check("{\"type\":\"Prepend\",\"prepend\":\"\"}", new Normalizer.Prepend(""));
    }

    @Test
    void replace() {
        check(
                "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}",
                new Normalizer.Replace(new TextPattern.Literal(" "), "▁"));
        check(
                "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"\"}",
                new Normalizer.Replace(new TextPattern.Literal("a"), ""));
        check(
                "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"é$1\"}",
                new Normalizer.Replace(new TextPattern.Literal(""), "é$1"));
        for (String regex : List.of(" {2,}", "\\s*", "^", "$", "(a)|.\\z")) {
            check(
                    "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"%s\"},\"content\":\"_𝒳\"}"
                            .formatted(regex.replace("\\", "\\\\")),
                    new Normalizer.Replace(new TextPattern.Regex(regex), "_𝒳"));
        }
    }

    @Test
    void normalizersInSequence() {
        String llama = """
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
            {"type":"Replace","pattern":{"String":" "},"content":"▁"}]}\
            """;
        check(
                llama,
                new Normalizer.Sequence(List.of(
                        new Normalizer.Prepend("▁"), new Normalizer.Replace(new TextPattern.Literal(" "), "▁"))));
        String albert = """
            {"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"``"},"content":"\\""},
            {"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"},{"type":"NFC"},
            {"type":"Strip","strip_left":true,"strip_right":true}]}\
            """;
        var steps = new Normalizer.Sequence(List.of(
                new Normalizer.Replace(new TextPattern.Literal("``"), "\""),
                new Normalizer.UnicodeForm(Form.NFKD),
                new Normalizer.StripAccents(),
                new Normalizer.Lowercase(),
                new Normalizer.UnicodeForm(Form.NFC),
                new Normalizer.Strip(true, true)));
        check(StageOracle.of(albert, steps), StageOracle.NEW_ACCENTS);
    }

    @Test
    void byteLevel() {
        for (boolean prefix : new boolean[] {false, true}) {
            for (boolean regex : new boolean[] {false, true}) {
                check("""
                    {"type":"ByteLevel","add_prefix_space":%s,"trim_offsets":true,"use_regex":%s}\
                    """.formatted(prefix, regex), new PreTokenizer.ByteLevel(prefix, true, regex));
            }
        }
    }

    @Test
    void wordsAndDigits() {
        check("{\"type\":\"Whitespace\"}", new PreTokenizer.Whitespace());
        check("{\"type\":\"WhitespaceSplit\"}", new PreTokenizer.WhitespaceSplit());
        check("{\"type\":\"Digits\",\"individual_digits\":true}", new PreTokenizer.Digits(true));
        check("{\"type\":\"Digits\",\"individual_digits\":false}", new PreTokenizer.Digits(false));
        check("{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"a\"}", new PreTokenizer.CharDelimiterSplit('a'));
        check("{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"𝒳\"}", new PreTokenizer.CharDelimiterSplit(0x1D4B3));
    }

    @Test
    void punctuation() {
        check(StageOracle.of("{\"type\":\"BertPreTokenizer\"}", new PreTokenizer.Bert()), StageOracle.NEW_PUNCTUATION);
        for (Delimiter behavior : Delimiter.values()) {
            String json = "{\"type\":\"Punctuation\",\"behavior\":\"%s\"}".formatted(spelled(behavior));
            check(StageOracle.of(json, new PreTokenizer.Punctuation(behavior)), StageOracle.NEW_PUNCTUATION);
        }
    }

    @Test
    void metaspace() {
        String form = "{\"type\":\"Metaspace\",\"replacement\":\"%s\",\"prepend_scheme\":\"%s\",\"split\":%s}";
        for (Prepend prepend : Prepend.values()) {
            for (boolean split : new boolean[] {false, true}) {
                String scheme = prepend.name().toLowerCase(Locale.ROOT);
                check(form.formatted("▁", scheme, split), new PreTokenizer.Metaspace("▁", prepend, split));
            }
        }
        check(form.formatted("𝒳", "always", true), new PreTokenizer.Metaspace("𝒳", Prepend.ALWAYS, true));
    }

    @Test
    void metaspaceKnowsWhereThePieceBegins() {
        String form = "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"first\",\"split\":true}";
        check(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},%s]}".formatted(form),
                new PreTokenizer.Sequence(List.of(
                        new PreTokenizer.WhitespaceSplit(), new PreTokenizer.Metaspace("▁", Prepend.FIRST, true))));
        check(StageOracle.of(
                "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true}",
                new Normalizer.Strip(true, true),
                form,
                new PreTokenizer.Metaspace("▁", Prepend.FIRST, true)));
    }

    @Test
    void unicodeScripts() {
        check(
                StageOracle.of("{\"type\":\"UnicodeScripts\"}", new PreTokenizer.UnicodeScripts()),
                StageOracle.NEW_SCRIPTS);
    }

    @Test
    void preTokenizersInSequence() {
        check(
                """
                {"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
                {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]}\
                """,
                new PreTokenizer.Sequence(
                        List.of(new PreTokenizer.Digits(true), new PreTokenizer.ByteLevel(true, true, true))));
        check(StageOracle.of(
                "{\"type\":\"NFKC\"}",
                new Normalizer.UnicodeForm(Form.NFKC),
                "{\"type\":\"Whitespace\"}",
                new PreTokenizer.Whitespace()));
    }

    @Test
    void shakespeareAndWikipedia() throws IOException {
        String shakespeare = Files.readString(SharedData.require("corpora/tinyshakespeare.txt"))
                .substring(0, 100_000);
        String wikipedia = Files.readString(SharedData.require("corpora/wikitext2-valid.txt"))
                .substring(0, 100_000);
        StageOracle bert = StageOracle.of(
                """
                {"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
                "lowercase":true}\
                """,
                new Normalizer.Bert(true, true, Optional.empty(), true),
                "{\"type\":\"BertPreTokenizer\"}",
                new PreTokenizer.Bert());
        StageOracle gpt2 = StageOracle.of(
                "{\"type\":\"NFC\"}",
                new Normalizer.UnicodeForm(Form.NFC),
                "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}",
                new PreTokenizer.ByteLevel(true, true, true));
        StageOracle metaspace = StageOracle.of(
                "{\"type\":\"NFKD\"}",
                new Normalizer.UnicodeForm(Form.NFKD),
                "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}",
                new PreTokenizer.Metaspace("▁", Prepend.ALWAYS, true));
        for (StageOracle oracle : List.of(bert, gpt2, metaspace)) {
            try (oracle) {
                oracle.compare(shakespeare);
                oracle.compare(wikipedia);
            }
        }
    }

    static String spelled(Delimiter behavior) {
        return switch (behavior) {
            case REMOVED -> "Removed";
            case ISOLATED -> "Isolated";
            case MERGED_WITH_PREVIOUS -> "MergedWithPrevious";
            case MERGED_WITH_NEXT -> "MergedWithNext";
            case CONTIGUOUS -> "Contiguous";
        };
    }
}
