package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Random vocabularies give the tokens and ranges that Hugging Face's library gives.
class ModelsLikeTheirsTest {
    @Test
    void wordLevel() {
        Trials.repeat(50, random -> {
            Set<String> tokens = Words.pieces(random, 20);
            tokens.add("[UNK]");
            Vocabulary vocabulary = shuffledIds(random, tokens);
            var ours = new WordLevel(vocabulary, "[UNK]");
            try (Theirs theirs = new Theirs(
                    Map.of("type", "WordLevel", "vocab", vocabulary.ids(), "unk_token", "[UNK]"), Map.of())) {
                compare(random, ours, theirs, tokens);
            }
        });
    }

    @Test
    void wordPiece() {
        Trials.repeat(200, random -> {
            String prefix = List.of("##", "", "a", "é").get(random.nextInt(4));
            Set<String> tokens = new LinkedHashSet<>();
            for (String token : Words.pieces(random, 40)) {
                tokens.add(random.nextBoolean() ? token : prefix + token);
            }
            tokens.add("[UNK]");
            tokens.add("##");
            Vocabulary vocabulary = shuffledIds(random, tokens);
            int maxChars = random.nextBoolean() ? 100 : random.nextInt(8);
            var ours = new WordPiece(vocabulary, "[UNK]", prefix, maxChars);
            Map<String, ?> model = Map.of(
                    "type",
                    "WordPiece",
                    "vocab",
                    vocabulary.ids(),
                    "unk_token",
                    "[UNK]",
                    "continuing_subword_prefix",
                    prefix,
                    "max_input_chars_per_word",
                    maxChars);
            try (Theirs theirs = new Theirs(model, Map.of())) {
                compare(random, ours, theirs, tokens);
            }
        });
    }

    /// Small whole numbers as scores make ties; large positive ones make the unknown better than known pieces.
    /// All have few digits: the library's JSON reader is not exact to the last bit for numbers that have many,
    /// and that bit decides between `b bb` and `bb b`.
    @Test
    void unigram() {
        Trials.repeat(300, random -> {
            Set<String> tokens = Words.pieces(random, 40);
            tokens.add("<unk>");
            int bytes = random.nextInt(3); // none, some or all of them
            for (int b = 0; b < 256 && bytes > 0; b++) {
                if (bytes == 2 || random.nextInt(8) > 0) {
                    tokens.add(String.format("<0x%02X>", b));
                }
            }
            boolean ties = random.nextBoolean();
            int offset = random.nextInt(3) == 0 ? 30 : -5;
            var pieces = new ArrayList<Unigram.Piece>();
            for (String token : tokens) {
                double score =
                        ties ? offset + random.nextInt(3) : (1000 * offset + random.nextInt(-9000, 9000)) / 1000.0;
                pieces.add(new Unigram.Piece(token, score));
            }
            int unk = new ArrayList<>(tokens).indexOf("<unk>");
            boolean fallback = random.nextBoolean();
            var ours = new Unigram(pieces, OptionalInt.of(unk), fallback);
            Map<String, ?> model = Map.of(
                    "type",
                    "Unigram",
                    "vocab",
                    pieces.stream().map(p -> List.of(p.text(), p.score())).toList(),
                    "unk_id",
                    unk,
                    "byte_fallback",
                    fallback);
            try (Theirs theirs = new Theirs(model, Map.of())) {
                compare(random, ours, theirs, tokens);
            }
        });
    }

    private static void compare(RandomGenerator random, Model ours, Theirs theirs, Set<String> tokens) {
        List<String> known = List.copyOf(tokens);
        for (int i = 0; i < 30; i++) {
            String word = Words.word(random, 12);
            if (random.nextBoolean()) {
                word += known.get(random.nextInt(known.size())) + known.get(random.nextInt(known.size()));
            }
            assertThat(Words.tokens(ours, word)).as(word).isEqualTo(theirs.encode(word));
        }
    }

    private static Vocabulary shuffledIds(RandomGenerator random, Set<String> tokens) {
        var shuffled = new ArrayList<>(tokens);
        Collections.shuffle(shuffled, Random.from(random));
        Map<String, Integer> ids = new LinkedHashMap<>();
        shuffled.forEach(token -> ids.put(token, ids.size()));
        return Vocabulary.of(ids);
    }
}
