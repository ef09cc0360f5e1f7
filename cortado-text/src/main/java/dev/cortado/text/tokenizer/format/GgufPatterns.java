package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.scan.WordScanner;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// How byte-level BPE cuts words, by the name that `tokenizer.ggml.pre` of a GGUF file gives it (`llama-vocab.cpp` of
/// llama.cpp). Where llama.cpp only imitates the pattern of a model's own `tokenizer.json`, because its regular
/// expressions lack something, this is the model's own.
final class GgufPatterns {
    /// @param patterns     each cuts what the one before left, matches and what lies between alike
    /// @param ignoreMerges whether a word that is a token is that token
    /// @param addsBos      whether sequences begin with the bos token if the file does not say
    record Rule(List<String> patterns, boolean ignoreMerges, boolean addsBos) {
        private static Rule of(String... patterns) {
            return new Rule(List.of(patterns), false, false);
        }

        private Rule wholeWords() {
            return new Rule(patterns, true, addsBos);
        }

        private Rule withBos() {
            return new Rule(patterns, ignoreMerges, true);
        }
    }

    // What no alternative matches lies between matches: so it is with the last alternative of GPT-2's own
    // pattern.
    private static final String GPT2 = WordScanner.GPT2;
    private static final String DIGIT = "\\p{N}";
    private static final String UP_TO_THREE_DIGITS = "\\p{N}{1,3}";
    private static final String CJK = "[一-龥\u0800-一가-\uD7FF]+";
    private static final String CHINESE_JAPANESE = "[一-龥\u3040-ゟ゠-ヿ]+";
    private static final String DEEPSEEK_WORDS = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String DEEPSEEK_LETTERS = "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ"
            + "Ⴀ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴ"
            + "ℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";
    private static final String DEEPSEEK_SIGNS = "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+";
    private static final String TEKKEN =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String QWEN35 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";
    private static final String BAILING = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String SEED_CODER = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String EXAONE_MOE = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
            + "|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?"
            + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String JAIS2 = WordScanner.LLAMA3.replace(
            "\\s+(?!\\S)|\\s+",
            "\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)"
                    + "|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}");

    private static final Rule DEFAULT = Rule.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]");
    private static final Map<String, Rule> RULES = rules();

    // Of names with one meaning those that every llama.cpp knows.
    private static final List<String> USUAL = List.of(
            "gpt-2", "llama-bpe", "smaug-bpe", "qwen2", "starcoder", "gpt-4o", "tekken", "deepseek-v3", "bloom");

    private GgufPatterns() {}

    /// @param name empty: the file does not say
    /// @throws IllegalArgumentException when the name is unknown
    static Rule of(String name) {
        Rule rule = name.isEmpty() ? DEFAULT : RULES.get(name);
        if (rule == null) {
            throw new IllegalArgumentException("cuts words as '" + name + "' does, which is unknown here; known are "
                    + String.join(", ", new TreeSet<>(RULES.keySet())));
        }
        return rule;
    }

    /// The name of a way to cut words, the most usual of those that mean the same.
    ///
    /// @param ignoreMerges whether a word that is a token is that token; empty when it is all one
    static Optional<String> name(List<String> patterns, Optional<Boolean> ignoreMerges) {
        List<Object> wanted = meaning(patterns);
        return Stream.concat(USUAL.stream(), RULES.keySet().stream().sorted())
                .filter(name -> meaning(RULES.get(name).patterns()).equals(wanted))
                .filter(name -> RULES.get(name).ignoreMerges()
                        == ignoreMerges.orElse(RULES.get(name).ignoreMerges()))
                .findFirst();
    }

    // Patterns that cut alike have one scanner, however they are spelled.
    private static List<Object> meaning(List<String> patterns) {
        return patterns.stream()
                .map(pattern ->
                        WordScanner.of(pattern).<Object>map(scanner -> scanner).orElse(pattern))
                .toList();
    }

    private static Map<String, Rule> rules() {
        var rules = new HashMap<String, Rule>();
        put(rules, DEFAULT, "default");
        put(
                rules,
                Rule.of(WordScanner.LLAMA3).wholeWords().withBos(),
                "llama3",
                "llama-v3",
                "llama-bpe",
                "falcon3",
                "falcon-h1",
                "pixtral",
                "midm-2.0",
                "lfm2",
                "jina-v5-nano");
        put(rules, Rule.of(WordScanner.LLAMA3), "dbrx", "smaug-bpe", "glm4", "chatglm-bpe", "chatglm4");
        put(rules, Rule.of(JAIS2), "jais-2");
        put(rules, Rule.of("[\\r\\n]", DEEPSEEK_LETTERS, DEEPSEEK_SIGNS, "\\s+$", CJK, "\\p{N}+"), "deepseek-llm");
        put(rules, Rule.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK, DIGIT), "deepseek-coder");
        put(
                rules,
                Rule.of(UP_TO_THREE_DIGITS, CHINESE_JAPANESE, DEEPSEEK_WORDS),
                "deepseek-v3",
                "hunyuan-dense",
                "joyai-llm");
        put(rules, Rule.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]"), "falcon");
        put(
                rules,
                Rule.of(DIGIT, GPT2),
                "starcoder",
                "refact",
                "command-r",
                "smollm",
                "codeshell",
                "exaone",
                "minerva-7b",
                "mellum2");
        put(
                rules,
                Rule.of(GPT2),
                "gpt-2",
                "gpt2",
                "phi-2",
                "mpt",
                "olmo",
                "jais",
                "trillion",
                "granite-docling",
                "jina-es",
                "jina-de",
                "gigachat",
                "jina-v2-es",
                "jina-v2-de",
                "a.x-4.0",
                "mellum",
                "modern-bert",
                "jina-v1-en",
                "jina-v2-code",
                "roberta-bpe",
                "exaone4");
        put(
                rules,
                Rule.of(WordScanner.QWEN2),
                "qwen2",
                "stablelm2",
                "deepseek-r1-qwen",
                "kormo",
                "f2llmv2",
                "megrez",
                "hunyuan",
                "solar-open",
                "grok-2");
        put(rules, Rule.of("[^\\n]+|[\\n]+", WordScanner.QWEN2), "laguna");
        put(rules, Rule.of(QWEN35), "qwen35");
        put(rules, Rule.of(BLOOM), "poro-chat", "bloom", "gpt3-finnish");
        put(rules, Rule.of(BLOOM, DIGIT), "viking");
        put(rules, Rule.of(TEKKEN).wholeWords().withBos(), "tekken");
        put(rules, Rule.of(WordScanner.O200K), "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2");
        put(rules, Rule.of(WordScanner.O200K).wholeWords(), "granite-embed-multi-97m");
        put(rules, Rule.of("\\d{1,3}(?=(?:\\d{3})*\\b)", WordScanner.O200K), "tiny_aya", "cohere2moe");
        put(rules, Rule.of(BAILING), "bailingmoe", "bailingmoe2", "llada-moe");
        put(rules, Rule.of(SEED_CODER), "seed-coder");
        put(rules, Rule.of(EXAONE_MOE), "exaone-moe");
        put(
                rules,
                Rule.of(UP_TO_THREE_DIGITS, WordScanner.LLAMA3.replace("{1,3}", "+"))
                        .wholeWords(),
                "minicpm5");
        put(
                rules,
                Rule.of(
                                "<sentinel:[0-9]+>",
                                "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
                                "([\\t\\n]|    |  )",
                                DIGIT,
                                "[\\p{P}!-/:-@\\[-`{-~]",
                                GPT2)
                        .withBos(),
                "chameleon");
        return Map.copyOf(rules);
    }

    private static void put(Map<String, Rule> rules, Rule rule, String... names) {
        for (String name : names) {
            rules.put(name, rule);
        }
    }
}
