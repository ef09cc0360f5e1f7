package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer.Delimiter;
import dev.cortado.text.tokenizer.pipeline.TextPattern.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class OnigPatternTest {
    private static final String CASED = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String TAIL = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    // As the tokenizer.json files of the models have them.
    private static final List<String> MODELS = List.of(
            // GPT-2
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            // Llama 3, cl100k_base
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + TAIL,
            // cl100k_base as tiktoken now has it
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$"
                    + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
            // Qwen 2
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + TAIL,
            // o200k_base
            "[^\\r\\n\\p{L}\\p{N}]?" + CASED + "*" + SMALL + "+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?"
                    + CASED + "+" + SMALL + "*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                    + TAIL,
            // Mistral's tekken
            "[^\\r\\n\\p{L}\\p{N}]?" + CASED + "*" + SMALL + "+|[^\\r\\n\\p{L}\\p{N}]?" + CASED + "+" + SMALL
                    + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + TAIL,
            // Kimi
            "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*"
                    + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + TAIL,
            // DeepSeek V3
            "\\p{N}{1,3}",
            "[一-龥\u3040-ゟ゠-ヿ]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                    + "| ?[\\p{P}\\p{S}]+[\\r\\n]*" + TAIL,
            // DeepSeek LLM and Coder, the list of letters shortened
            "[\\r\\n]",
            "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕℂℇℊ-ℓ𐐀-𐑏𞤀-𞥃]+",
            "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+",
            "\\s+$",
            "[一-龥ࠀ-一가-\uD7FF]+",
            "\\p{N}+",
            // Falcon, StarCoder, Bloom, Phi, Gemma
            "[0-9][0-9][0-9]",
            "\\d",
            " ?[^(\\s|[.,!?…。，、।۔،])]+",
            "(?i)\\bword\\B|x",
            " ",
            // CLIP
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+");

    private static final List<String> SYNTAX = List.of(
            "\\w+",
            "\\W",
            "\\b",
            "\\B",
            "[^\\W\\d]",
            "(?<=\\w)-|(?<!\\p{L})x|(?<=\\p{L}|x\\w)\\S",
            "\\p{Punct}|\\p{Symbol}",
            "[[:punct:]]+",
            "[[:^graph:]]",
            "(?i)[S-Z]|k",
            "a(?i)b|C",
            "^.",
            ".$",
            "(?m:.)$|\\Ax|x\\Z|y\\z",
            "\\h{2,3}+",
            "\\d{2}?",
            "\\d{,2}?x",
            "a{x|{",
            "\\p{^Greek}++",
            "\\P{L}",
            "\\R",
            "(.)\\1",
            "(?<q>.)\\k<q>|(a)",
            "(?x) a | \\p{L} b # remark\n|(?#remark)1",
            "(?>\\s+)\\n",
            "(?:ab?)**|[]a]|[+--]|[-x]",
            "\\x61\\u0062|\\x{1F44B}|\\t|\\061",
            "x*",
            "|a",
            "[a-z&&[^aeiou]&&\\w]+",
            "[^a-z&&[^x]]");

    private static StageOracle oracle(String regex, Delimiter behavior, boolean invert) {
        String json = "{\"type\":\"Split\",\"pattern\":{\"Regex\":%s},\"behavior\":\"%s\",\"invert\":%s}"
                .formatted(new JsonMapper().writeValueAsString(regex), OracleTest.spelled(behavior), invert);
        return StageOracle.of(json, new PreTokenizer.Split(new TextPattern.Regex(regex), behavior, invert));
    }

    @Test
    void patternsOfKnownModels() throws IOException {
        String wikipedia = Files.readString(SharedData.require("corpora/wikitext2-valid.txt"))
                .substring(0, 20_000);
        Set<Integer> known = new HashSet<>(StageOracle.characters());
        for (String regex : MODELS) {
            try (StageOracle oracle = oracle(regex, Delimiter.ISOLATED, false)) {
                oracle.compare(wikipedia);
                assertThat(StageOracle.ranges(oracle.differences(StageOracle.some(regex, 8))))
                        .as(regex)
                        .isEmpty();
                Trials.repeat(30, random -> oracle.compare(StageOracle.text(random, 40, known)));
            }
        }
    }

    @Test
    void syntax() {
        Set<Integer> known = new HashSet<>(StageOracle.characters());
        for (String regex : SYNTAX) {
            try (StageOracle oracle = oracle(regex, Delimiter.ISOLATED, false)) {
                assertThat(StageOracle.ranges(oracle.differences(StageOracle.some(regex, 8))))
                        .as(regex)
                        .isEmpty();
                Trials.repeat(30, random -> oracle.compare(StageOracle.text(random, 30, known)));
                for (String text : List.of("", "\n", "a\n", "abab\nAB aC\n\nx", "aa11b61a{x{", "don't x-y -x")) {
                    oracle.compare(text);
                }
            }
        }
    }

    @Test
    void behaviorsOfSplit() {
        Set<Integer> known = new HashSet<>(StageOracle.characters());
        for (Delimiter behavior : Delimiter.values()) {
            for (boolean invert : new boolean[] {false, true}) {
                for (String regex : List.of("\\w+|[^\\w\\s]+", "-", "\\s*", "\\b")) {
                    try (StageOracle oracle = oracle(regex, behavior, invert)) {
                        oracle.compare("the-final--countdown-");
                        oracle.compare("--a b  c--");
                        Trials.repeat(30, random -> oracle.compare(StageOracle.text(random, 30, known)));
                    }
                }
                for (String literal : List.of(" ", "a", "", "the")) {
                    String json =
                            "{\"type\":\"Split\",\"pattern\":{\"String\":\"%s\"},\"behavior\":\"%s\",\"invert\":%s}"
                                    .formatted(literal, OracleTest.spelled(behavior), invert);
                    var ours = new PreTokenizer.Split(new TextPattern.Literal(literal), behavior, invert);
                    try (StageOracle oracle = StageOracle.of(json, ours)) {
                        Trials.repeat(30, random -> oracle.compare(StageOracle.text(random, 30, known)));
                    }
                }
            }
        }
    }

    @Test
    void whatIsNotSupportedIsNamed() {
        for (String regex : List.of(
                "(",
                ")",
                "a)",
                "[a",
                "[]",
                "[z-a]",
                "*a",
                "a|*",
                "\\",
                "\\p{Nonsense}",
                "\\pL",
                "(?~a)",
                "(?(1)a)",
                "\\K",
                "\\G",
                "\\X",
                "\\g<1>",
                "(*FAIL)",
                "(?s:.)",
                "a{9999999}",
                "a{3,2}",
                "(?<q>a)\\1",
                "\\x{110000}",
                "\\10",
                "[[:nonsense:]]",
                "\\q",
                "(?<n",
                "[a&&]",
                "(".repeat(100_000),
                "[".repeat(100_000))) {
            assertThatThrownBy(() -> new OnigPattern(regex))
                    .as(regex.substring(0, Math.min(20, regex.length())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("regular expression '")
                    .hasMessageContaining("not supported");
        }
        assertThatThrownBy(() -> new OnigPattern("a\\Kb"))
                .hasMessage("regular expression 'a\\Kb' is not supported: '\\K' is not supported, at character 2");
    }

    @Test
    void nonsenseIsReadOrRefused() {
        String signs = "ab()[]{}?*+|^$.\\-,:<>=!&#pPsdwx1L^ \n";
        Trials.repeat(5000, random -> {
            var regex = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                regex.append(signs.charAt(random.nextInt(signs.length())));
            }
            OnigPattern pattern;
            try {
                pattern = new OnigPattern(regex.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("regular expression '");
                return;
            }
            String text = Trials.text(random, 5);
            int covered = 0;
            for (Span span : pattern.spans(text)) {
                assertThat(span.start()).isEqualTo(covered);
                covered = span.end();
            }
            assertThat(covered).isEqualTo(text.length());
        });
    }

    @Test
    void longTextsTakeLinearTime() {
        for (String regex : MODELS) {
            if (!regex.equals("\\s+$")) { // tries every suffix of a run of spaces, and cannot do otherwise
                var pattern = new OnigPattern(regex);
                for (String unit : List.of("a", " ", "\u0301", "1", "!", "\n", "𝒳", "aB")) {
                    assertThat(pattern.spans(unit.repeat(30_000) + "x")).isNotEmpty();
                }
            }
        }
    }

    @Test
    void runawaySearchesAreGivenUp() {
        assertThatThrownBy(() -> new OnigPattern("(?:a|b)*c").spans("ab".repeat(500_000)))
                .hasMessageContaining("nests too deeply in a text of 1000000 characters");
        assertThatThrownBy(() -> new OnigPattern("\\s+$").spans(" ".repeat(200_000) + "x"))
                .hasMessageContaining("takes too long in a text of 200001 characters");
        assertThatThrownBy(() -> new OnigPattern("(x+x+)+y").spans("x".repeat(2_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
