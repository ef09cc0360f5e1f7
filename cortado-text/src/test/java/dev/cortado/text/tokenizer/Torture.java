package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.pipeline.StageOracle;
import java.lang.Character.UnicodeBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Texts that tokenizers have stumbled over, well-formed.
final class Torture {
    private static final int PER_TEXT = 40;

    private static final List<String> NASTY = List.of(
            "",
            " ",
            "  ",
            "\n",
            "a",
            " a",
            "a ",
            "   leading and trailing   ",
            " \t\r\n\u000b\f mixed \u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000 spaces \u0085 x",
            "x\r\ny\r\r\n\n\nz\r",
            // emoji: families, flags, keycaps, skin tones, tags, variation selectors
            "👨\u200D👩\u200D👧\u200D👦👩🏽\u200D🚀"
                    + " 🏴\uDB40\uDC67\uDB40\uDC62\uDB40\uDC65\uDB40\uDC6E\uDB40\uDC67\uDB40\uDC7F",
            "🇫🇷🇩🇪🇯 1️⃣#️⃣ ❤️❤ 👍🏿👍 ☺︎☺️ 🏳️\u200D🌈",
            // combining marks, in and out of order, on nothing, many
            "e\u0301 é \u0301 q\u0307\u0323 q\u0323\u0307 a\u0327\u0301\u0327 ậ\u0331\u0302\u0301",
            "Z" + "\u0300\u0316\u0321\u0488\u20dd".repeat(30) + "algo",
            "\u1100\u1161\u11A8\u1161각\u11A8가\u11A8\u11A8 한국어",
            "हिन्दी क्ष्म กำนำ ำ ေမြန်မာ ខ្មែរ བོད་སྐད",
            // right to left, with marks and overrides
            "שָׁלוֹם עוֹלָם abc اَلْعَرَبِيَّةُ 123 ٤٥٦",
            "\u202eright\u202c to \u2067left\u2069 \u200f\u200e",
            // case and width
            "İI\u0307ıİ ΣΑΣ ΌΣΟΣ ẞß ﬁﬂ ǅǆ ſ \u212A ＡＢＣ１２３ ｶﾞ ①㍿½Ⅷ",
            "'S 's 'ſ 'LL 'lL ’s don't DON'T I'VE we'd've ''' ' s",
            "中文字符測試 日本語テスト カタカナ ｶﾀｶﾅ 中a文1",
            "\uFEFFbom \uFFFD \u00AD\u200B\u200C\u2060 \uFFFC \u0000 \u0001\u0007\u001b\u007f\u009f",
            "▁▁a ▁b Ġc Ċ <0x41> <0xE2> ##ing [UNK] a</w> \\n",
            "<|endoftext|><|endoftext|> <s>x</s> <unk><pad> [CLS] [SEP][MASK] <|im_start|>user <|eot_id|",
            "<s <s> <<s>> < s> <S> <|user|>\n<|end|> <|assistant|>",
            "{\"k\": [1, 2.50, -3e10, null]}\n\tif (x != 0xFF) { return a[i++]; } // -->",
            "https://example.org/a_b?c=d&e=%20#f user@example.com C:\\dir\\file.txt",
            "$1,234.56 €99 5×5 ±3 ∑∫√ ∀x∈ℝ α→β a_b__c --- ... …… !?!? ~~~ ```",
            " ".repeat(300),
            "a" + " ".repeat(129) + "b" + "\n".repeat(65) + "\t".repeat(33),
            "1".repeat(301),
            "12345678901234567890 1 12 123 1234 12345",
            "a".repeat(200),
            "A".repeat(64) + "b".repeat(64) + "!".repeat(99) + "=".repeat(130),
            "ab".repeat(100) + "é".repeat(70) + "中".repeat(70) + "👍".repeat(40),
            "ThisIsCamelCaseAndHTMLParserABCdefGHI iPhone15ProMax snake_case_word");

    private Torture() {}

    /// Those above and some of each Unicode block.
    static List<String> texts() {
        return texts(24);
    }

    /// Those above and each Unicode block, of whose characters the library and we agree what they are: joined, and in
    /// words.
    ///
    /// @param most characters of a block
    static List<String> texts(int most) {
        Map<UnicodeBlock, List<String>> blocks = new LinkedHashMap<>();
        for (int c : StageOracle.settled().stream().sorted().toList()) {
            UnicodeBlock block = UnicodeBlock.of(c);
            if (block != null) {
                blocks.computeIfAbsent(block, _ -> new ArrayList<>()).add(Character.toString(c));
            }
        }
        List<String> texts = new ArrayList<>(NASTY);
        blocks.values().forEach(characters -> {
            List<String> some = characters.subList(0, Math.min(characters.size(), most));
            for (int from = 0; from < some.size(); from += PER_TEXT) {
                List<String> part = some.subList(from, Math.min(from + PER_TEXT, some.size()));
                texts.add(String.join("", part));
                texts.add("a" + String.join("b 1", part) + " " + String.join(" ", part.reversed()));
            }
        });
        return List.copyOf(texts);
    }
}
