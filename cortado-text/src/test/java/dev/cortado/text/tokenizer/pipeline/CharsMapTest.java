package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CharsMapTest {
    @Test
    void likeHuggingFace() throws IOException {
        for (String model : List.of("test_model.model", "hf_test_sentencepiece.model")) {
            byte[] blob = charsMap(SharedData.require("tokenizers/sentencepiece/" + model));
            String json = "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"}"
                    .formatted(Base64.getEncoder().encodeToString(blob));
            try (StageOracle oracle = StageOracle.of(json, new Normalizer.Precompiled(new CharsMap(blob)))) {
                List<Integer> characters = StageOracle.some(model, 4);
                assertThat(StageOracle.ranges(oracle.differences(characters))).isEmpty();
                for (String text : List.of(
                        "",
                        "ＡＢＣ",
                        "…abc…",
                        "①②③㍿",
                        " ｸﾞｰｸﾞﾙ ",
                        "a\r\nb\u0001c\u00ADd",
                        "e\u0301 q\u0323\u0307",
                        "हिन्दी กำนำ",
                        "👨\u200D👩\u200D👧x",
                        "\u0000a")) {
                    oracle.compare(text);
                }
                Set<Integer> known = new HashSet<>(StageOracle.characters());
                Trials.repeat(200, random -> oracle.compare(StageOracle.text(random, 30, known)));
            }
        }
    }

    @Test
    void likeSentencePiece() throws IOException {
        var rules = new Normalizer.Precompiled(
                new CharsMap(charsMap(SharedData.require("tokenizers/sentencepiece/test_model.model"))));
        JsonNode settings = new JsonMapper()
                .readTree(Files.readString(SharedData.require("tokenizers/sentencepiece/normalizer_cases.json")));
        var collapse = new Normalizer.Sequence(List.of(
                rules, new Normalizer.Replace(new TextPattern.Regex(" +"), " "), new Normalizer.Strip(true, true)));
        var escape = new Normalizer.Replace(new TextPattern.Literal(" "), "▁");
        assertCases(settings.get(0), collapse, new Normalizer.Prepend(" "), escape);
        assertCases(settings.get(1), collapse, escape);
        assertCases(settings.get(3), rules, new Normalizer.Prepend(" "), escape);
        assertCases(settings.get(4), collapse);
    }

    private static void assertCases(JsonNode setting, Normalizer... normalizers) {
        assertThat(setting.get("cases").size()).isGreaterThan(3);
        for (JsonNode example : setting.get("cases")) {
            AlignedText text = AlignedText.of(example.get("input").asString());
            if (text.text().chars().anyMatch(Character::isISOControl)) {
                continue; // the rules of the cases and of this model differ here
            }
            AlignedText normalized = new Normalizer.Sequence(List.of(normalizers)).normalize(text);
            // Half-width kana with voice marks are too long to be looked up as one, and stay decomposed.
            assertThat(new Normalizer.UnicodeForm(Form.NFC)
                            .normalize(normalized)
                            .text())
                    .as(setting.get("settings").asString())
                    .isEqualTo(example.get("output").asString());
        }
    }

    @Test
    void damagedMapsAreRefusedOrHarmless() throws IOException {
        byte[] blob = charsMap(SharedData.require("tokenizers/sentencepiece/test_model.model"));
        Trials.repeat(60, random -> {
            byte[] damaged = Trials.damaged(random, blob);
            if (random.nextBoolean() && damaged.length > 4096) { // most of it is never reached: make damage count
                for (int i = 0; i < 200; i++) {
                    damaged[random.nextInt(4096)] = (byte) random.nextInt();
                }
            }
            useOrRefuse(damaged, Trials.text(random, 200));
        });
        Trials.repeat(2000, random -> {
            byte[] nonsense = new byte[random.nextInt(64)];
            random.nextBytes(nonsense);
            if (nonsense.length > 4) {
                Arrays.fill(nonsense, 1, 4, (byte) 0);
                nonsense[nonsense.length - 1] = 0;
            }
            useOrRefuse(nonsense, Trials.text(random, 20));
        });
    }

    private static void useOrRefuse(byte[] blob, String text) {
        CharsMap map;
        try {
            map = new CharsMap(blob);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("precompiled_charsmap is damaged");
            return;
        }
        map.normalize(AlignedText.of(text)); // nothing to expect of the result
    }

    @Test
    void liesAreNamed() {
        assertThatThrownBy(() -> new CharsMap(new byte[0])).hasMessageContaining("0 bytes");
        assertThatThrownBy(() -> new CharsMap(new byte[] {-1, -1, -1, -1, 0}))
                .hasMessageContaining("4294967295 bytes, but 1 follow");
        // Root with offset 0; 'a' with a leaf whose unit is its own index 97 ^ 97 = 0 … far outside; then
        // the value.
        assertThatThrownBy(() -> new CharsMap(blob("x\0", 1 << 30))).hasMessageContaining("points to unit");
        assertThatThrownBy(() -> new CharsMap(blob("x\0", 1 << 10))).hasMessageContaining("points to byte");
        assertThatThrownBy(() -> new CharsMap(blob("x", 1 << 10))).hasMessageContaining("does not end in NUL");
    }

    // A trie of 128 units: the root and a key "a" that ends in unit 97 ^ (offset / 1024).
    private static byte[] blob(String replacements, int offset) {
        byte[] text = replacements.getBytes(StandardCharsets.UTF_8);
        ByteBuffer blob = ByteBuffer.allocate(4 + 4 * 128 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(4 * 128);
        for (int i = 0; i < 128; i++) {
            blob.putInt(i == 'a' ? offset | 1 << 8 | 'a' : i == 0 ? 0 : 0x80000000 | 1000);
        }
        return blob.put(text).array();
    }

    @Test
    void longTextsTakeLinearTime() throws IOException {
        var rules = new Normalizer.Precompiled(
                new CharsMap(charsMap(SharedData.require("tokenizers/sentencepiece/test_model.model"))));
        for (String unit : List.of("a", "\u0301", " ", "…", "\u1100", "👩\u200D", "🇫")) {
            String text = unit.repeat(100_000);
            assertThat(rules.normalize(AlignedText.of(text)).length()).isPositive();
        }
    }

    // Field 2 of field 3 of the protobuf message, see sentencepiece_model.proto.
    private static byte[] charsMap(Path model) throws IOException {
        ByteBuffer found = field(field(ByteBuffer.wrap(Files.readAllBytes(model)), 3), 2);
        byte[] bytes = new byte[found.remaining()];
        found.get(bytes);
        return bytes;
    }

    private static ByteBuffer field(ByteBuffer message, int wanted) {
        while (message.hasRemaining()) {
            long key = varint(message);
            switch ((int) key & 7) {
                case 0 -> varint(message);
                case 1 -> message.getLong();
                case 5 -> message.getInt();
                default -> {
                    int length = (int) varint(message);
                    ByteBuffer content = message.slice(message.position(), length);
                    if (key >>> 3 == wanted) {
                        return content;
                    }
                    message.position(message.position() + length);
                }
            }
        }
        throw new IllegalArgumentException("no field " + wanted);
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = message.get();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
