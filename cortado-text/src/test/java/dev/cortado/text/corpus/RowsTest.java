package dev.cortado.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.Learned;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
    private final PipelineTokenizer bpe = Learned.small();

    @TempDir
    private Path folder;

    @Test
    void positionsAndSegmentsRestartAtSeparatorsAndRows() throws IOException {
        try (TokenStore store = store("az", "", "qqq")) { // S a z S S q q q S
            int a = bpe.encode("a")[0];
            int z = bpe.encode("z")[0];
            int q = bpe.encode("q")[0];
            var rows = new Rows(store, 3);
            assertThat(rows.rows()).isEqualTo(2);
            assertThat(rows.tail()).isEqualTo(2);
            assertRow(rows, 0, new int[] {0, a, z, 0}, new int[] {0, 1, 2}, new int[] {0, 0, 0});
            assertRow(rows, 1, new int[] {0, 0, q, q}, new int[] {0, 0, 1}, new int[] {0, 1, 1});
            rows = new Rows(store, 8);
            assertThat(rows.rows()).isEqualTo(1);
            assertThat(rows.tail()).isZero();
            assertRow(rows, 0, new int[] {0, a, z, 0, 0, q, q, q, 0}, new int[] {0, 1, 2, 0, 0, 1, 2, 3}, new int[] {
                0, 0, 0, 1, 2, 2, 2, 2
            });
        }
    }

    @Test
    void rowsCoverTheStreamOnceAndSegmentsAreDocuments() {
        Trials.repeat(100, random -> {
            String[] texts = new String[1 + random.nextInt(30)];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = Trials.text(random, 12);
            }
            try (TokenStore store = store(texts)) {
                int[] stream = new int[(int) store.tokens()];
                store.read(0, stream);
                int contextLength = 1 + random.nextInt(stream.length - 1);
                var rows = new Rows(store, contextLength);
                List<Integer> targets = new ArrayList<>();
                int[] tokens = new int[contextLength + 1];
                int[] positions = new int[contextLength];
                int[] segments = new int[contextLength];
                for (long row = 0; row < rows.rows(); row++) {
                    rows.read(row, tokens, positions, segments);
                    for (int t = 0; t < contextLength; t++) {
                        targets.add(tokens[t + 1]);
                        long place = row * contextLength + t;
                        int back = positions[t];
                        // A segment begins where its document or the row does, whichever is
                        // later.
                        long start = Math.max(documentStart(store, place), row * contextLength);
                        assertThat(place - back).isEqualTo(start);
                        assertThat(segments[t]).isEqualTo(t == 0 ? 0 : segments[t - 1] + (back == 0 ? 1 : 0));
                    }
                }
                assertThat(targets).hasSize(stream.length - 1 - rows.tail());
                for (int i = 0; i < targets.size(); i++) {
                    assertThat(targets.get(i)).isEqualTo(stream[i + 1]);
                }
                assertThat(rows.tail()).isLessThan(contextLength);
            }
        });
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        try (TokenStore store = store("az")) { // four tokens
            assertThatThrownBy(() -> new Rows(store, 4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("4 tokens", "needs 5");
            assertThatThrownBy(() -> new Rows(store, Integer.MAX_VALUE)).hasMessageContaining("2147483648");
            assertThatThrownBy(() -> new Rows(store, 0)).isInstanceOf(IllegalArgumentException.class);
            var rows = new Rows(store, 3);
            assertThatThrownBy(() -> rows.read(1, new int[4], new int[3], new int[3]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rows.read(0, new int[3], new int[3], new int[3]))
                    .hasMessageContaining("tokens has length 3, not 4");
            assertThatThrownBy(() -> rows.read(0, new int[4], new int[4], new int[3]))
                    .hasMessageContaining("positions");
            assertThatThrownBy(() -> rows.read(0, new int[4], new int[3], new int[2]))
                    .hasMessageContaining("segments");
        }
    }

    private static long documentStart(TokenStore store, long place) {
        if (place == store.tokens() - 1) {
            return place; // the last separator
        }
        long start = 0;
        for (long i = 0; i < store.documents() && store.documentStart(i) <= place; i++) {
            start = store.documentStart(i);
        }
        return start;
    }

    private static void assertRow(Rows rows, long row, int[] tokens, int[] positions, int[] segments) {
        int[] readTokens = new int[tokens.length];
        int[] readPositions = new int[positions.length];
        int[] readSegments = new int[segments.length];
        rows.read(row, readTokens, readPositions, readSegments);
        assertThat(readTokens).containsExactly(tokens);
        assertThat(readPositions).containsExactly(positions);
        assertThat(readSegments).containsExactly(segments);
    }

    private TokenStore store(String... texts) throws IOException {
        Path file = folder.resolve("store");
        TokenStore.write(file, Stream.of(texts).map(text -> new Document("d", text)), bpe, 0, (d, t, b) -> {});
        return TokenStore.open(file);
    }
}
