package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WordPieceTest {
    private static final Vocabulary SMALL =
            Vocabulary.of(List.of("[UNK]", "a", "##a", "##aa", "##b", "[", "😀", "##😀"));

    /// The cases of Google's BERT, whose texts need no more than to be cut at spaces.
    @Test
    void publishedCases() throws IOException {
        JsonNode cases = JsonMapper.shared()
                .readTree(Files.readString(SharedData.require("tokenizers/bert/cases.json")))
                .get("wordpiece");
        var tokens = new ArrayList<String>();
        cases.get("vocab").forEach(token -> tokens.add(token.asString()));
        var model = new WordPiece(Vocabulary.of(tokens), "[UNK]", "##", 100);
        int seen = 0;
        for (JsonNode one : cases.get("cases")) {
            var expected = new ArrayList<String>();
            one.get("tokens").forEach(token -> expected.add(token.asString()));
            var out = new TokenBuffer();
            for (String word : one.get("text").asString().split(" ", -1)) {
                model.tokenize(word, out);
            }
            var got = new ArrayList<String>();
            for (int id : out.ids()) {
                got.add(model.vocabulary().token(id).orElseThrow());
            }
            assertThat(got).isEqualTo(expected);
            seen++;
        }
        assertThat(seen).isEqualTo(3);
    }

    @Test
    void aWordTooLongOrNotSpelledToItsEndIsUnknown() {
        var model = new WordPiece(SMALL, "[UNK]", "##", 4);
        assertThat(Words.tokens(model, "aaab"))
                .containsExactly(new Theirs.Token(1, 0, 1), new Theirs.Token(3, 1, 3), new Theirs.Token(4, 3, 4));
        assertThat(Words.tokens(model, "aaaab")).containsExactly(new Theirs.Token(0, 0, 5));
        assertThat(Words.tokens(model, "😀😀😀😀")).hasSize(4); // characters are counted, not UTF-16 units
        assertThat(Words.tokens(model, "aac")).containsExactly(new Theirs.Token(0, 0, 3));
        assertThat(Words.tokens(model, "b")).containsExactly(new Theirs.Token(0, 0, 1));
        assertThat(Words.tokens(model, "")).isEmpty();
    }

    /// What a word began with is taken back when it turns out unknown, and what was there before stays.
    @Test
    void keepsWhatTheBufferHeld() {
        var model = new WordPiece(SMALL, "[UNK]", "##", 100);
        var out = new TokenBuffer();
        model.tokenize("ab", out);
        model.tokenize("aaaac", out);
        assertThat(out.ids()).containsExactly(1, 4, 0);
    }

    @Test
    void longWordsTakeLinearTime() {
        var model = new WordPiece(SMALL, "[UNK]", "##", Integer.MAX_VALUE);
        Assertions.assertTimeout(Duration.ofSeconds(2), () -> {
            assertThat(Words.tokens(model, "a".repeat(1_000_001))).hasSize(500_001);
            assertThat(Words.tokens(model, "a".repeat(1_000_000) + "c")).hasSize(1);
        });
    }

    @Test
    void theUnknownTokenMustBeAToken() {
        assertThatThrownBy(() -> new WordPiece(SMALL, "<unk>", "##", 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the unknown token '<unk>' is not in the vocabulary: add it");
        assertThatThrownBy(() -> new WordLevel(SMALL, "<unk>")).isInstanceOf(IllegalArgumentException.class);
    }
}
