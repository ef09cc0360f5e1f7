package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PieceTrieTest {
    @Test
    void findsWhatAMapFinds() {
        Trials.repeat(100, random -> {
            Map<String, Integer> ids = new HashMap<>();
            for (int i = random.nextInt(500); i >= 0; i--) {
                String token = random.nextBoolean() ? Words.word(random, 4) : Trials.text(random, 2);
                if (!token.isEmpty()) {
                    ids.putIfAbsent(token, ids.size());
                }
            }
            ids.putIfAbsent("\0", ids.size());
            ids.putIfAbsent("\uFFFF\0\uFFFF", ids.size());
            var trie = new PieceTrie(ids);
            ids.forEach((token, id) -> assertThat(find(trie, token)).isEqualTo(id));
            for (int i = 0; i < 500; i++) {
                String text = random.nextBoolean() ? Words.word(random, 4) : Trials.text(random, 2);
                assertThat(find(trie, text)).as(text).isEqualTo(ids.getOrDefault(text, PieceTrie.NO_ID));
                assertThat(find(trie, text + "\0")).isEqualTo(ids.getOrDefault(text + "\0", PieceTrie.NO_ID));
            }
        });
    }

    /// As wide as it can get, and as deep.
    @Test
    void holdsAllCharactersAndALongToken() {
        Map<String, Integer> ids = new HashMap<>();
        for (int c = 0; c < 0x10000; c++) {
            ids.put(String.valueOf((char) c), c);
            ids.put((char) c + "x", 0x10000 + c);
        }
        String deep = "a".repeat(1_000_000);
        ids.put(deep, 0x20000);
        var trie = new PieceTrie(ids);
        ids.forEach((token, id) -> assertThat(find(trie, token)).isEqualTo(id));
        assertThat(find(trie, deep.substring(1))).isEqualTo(PieceTrie.NO_ID);
        assertThat(find(trie, "aa")).isEqualTo(PieceTrie.NO_ID);
        assertThat(find(trie, "")).isEqualTo(PieceTrie.NO_ID);
    }

    private static int find(PieceTrie trie, String token) {
        return trie.id(trie.walk(PieceTrie.ROOT, token, 0, token.length()));
    }
}
