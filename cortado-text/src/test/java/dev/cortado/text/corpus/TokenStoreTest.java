package dev.cortado.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Learned;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.StreamDecoder;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenStoreTest {
    private final PipelineTokenizer bpe = Learned.small();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1 << 16, (1 << 16) + 1, Integer.MAX_VALUE})
    void holdsWhatTheTokenizerGave(int vocabSize) {
        Tokenizer tokenizer = new Wide(bpe, vocabSize);
        Trials.repeat(30, random -> {
            List<Document> documents = documents(random);
            List<Integer> stream = new ArrayList<>();
            List<Integer> starts = new ArrayList<>();
            long bytes = 0;
            for (Document document : documents) {
                starts.add(stream.size());
                stream.add(vocabSize - 1);
                for (int id : tokenizer.encode(document.text())) {
                    stream.add(id);
                }
                bytes += document.text().getBytes(StandardCharsets.UTF_8).length;
            }
            stream.add(vocabSize - 1);
            List<Long> progress = new ArrayList<>();
            Path file = folder.resolve("store");
            TokenStore.write(file, documents.stream(), tokenizer, vocabSize - 1, (d, t, b) -> progress.add(d));
            try (var store = TokenStore.open(file)) {
                int[] read = new int[stream.size()];
                store.read(0, read);
                assertThat(read)
                        .containsExactly(stream.stream().mapToInt(i -> i).toArray());
                assertThat(store.tokens()).isEqualTo(stream.size());
                assertThat(store.documents()).isEqualTo(documents.size());
                assertThat(store.textBytes()).isEqualTo(bytes);
                assertThat(store.vocabSize()).isEqualTo(vocabSize);
                for (int i = 0; i < starts.size(); i++) {
                    assertThat(store.documentStart(i)).isEqualTo((long) starts.get(i));
                }
            }
            assertThat(progress).hasSize(documents.size()).isSorted();
            assertOnlyFile("store");
        });
    }

    @Test
    void threadsDoNotMatter() {
        Trials.repeat(3, random -> {
            List<Document> documents = new ArrayList<>();
            for (int i = 0; i < 6000; i++) { // more than are in flight at once
                documents.add(new Document("d", Trials.text(random, i % 100 == 0 ? 500 : 5)));
            }
            Path one = folder.resolve("one");
            Path many = folder.resolve("many");
            TokenStoreWriter.write(one, documents.iterator(), bpe, 0, 1, (d, t, b) -> {});
            TokenStoreWriter.write(many, documents.iterator(), bpe, 0, 5, (d, t, b) -> {});
            assertThat(Files.mismatch(one, many)).isEqualTo(-1);
        });
    }

    @Test
    void failedWritingLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("store");
        TokenStore.write(file, Stream.of(new Document("d", "the cat")), bpe, 0, (d, t, b) -> {});
        byte[] before = Files.readAllBytes(file);
        var count = new AtomicInteger();
        Stream<Document> failing = Stream.generate(() -> {
            if (count.incrementAndGet() > 5000) {
                throw new IllegalArgumentException("bad document");
            }
            return new Document("d", "text");
        });
        assertThatThrownBy(() -> TokenStore.write(file, failing, bpe, 0, (d, t, b) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bad document");
        assertThatThrownBy(() -> TokenStore.write(file, Stream.of(), bpe, 0, (d, t, b) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no document");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertOnlyFile("store");
    }

    @Test
    void refusesSeparatorsThatTextCanContain() {
        assertThatThrownBy(() -> TokenStore.write(
                        folder.resolve("store"), Stream.of(new Document("d", "x")), bpe, 77, (d, t, b) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("77", "<|endoftext|>");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesReadingOutsideAndAfterClosing() throws IOException {
        Path file = folder.resolve("store");
        TokenStore.write(file, Stream.of(new Document("d", "the cat")), bpe, 0, (d, t, b) -> {});
        var store = TokenStore.open(file);
        int tokens = (int) store.tokens();
        assertThatThrownBy(() -> store.read(1, new int[tokens])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> store.read(-1, new int[1])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> store.documentStart(1)).isInstanceOf(IndexOutOfBoundsException.class);
        store.close();
        assertThatThrownBy(() -> store.read(0, new int[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> TokenStore.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void everyDamageToTheHeaderIsRefused() throws IOException {
        Path file = folder.resolve("store");
        TokenStore.write(file, Stream.of(new Document("d", "the cat sat")), bpe, 0, (d, t, b) -> {});
        byte[] content = Files.readAllBytes(file);
        for (int bit = 0; bit < 60 * 8; bit++) {
            byte[] damaged = content.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(file, damaged);
        }
        for (int length = 0; length < content.length; length++) {
            assertRefused(file, Arrays.copyOf(content, length));
        }
        assertRefused(file, Arrays.copyOf(content, content.length + 8));
    }

    @Test
    void liesWithARightChecksumAreRefused() throws IOException {
        Path file = folder.resolve("store");
        TokenStore.write(
                file, Stream.of(new Document("a", "the cat"), new Document("b", "sat")), bpe, 0, (d, t, b) -> {});
        byte[] content = Files.readAllBytes(file);
        long[] lies = {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 61, 1L << 62, 1L << 32};
        for (long lie : lies) {
            assertRefused(file, with(content, new StoreHeader(300, 0, lie, tokens(content), 10)));
            assertRefused(file, with(content, new StoreHeader(300, 0, 2, lie, 10)));
            assertRefused(file, with(content, new StoreHeader(300, 0, lie, lie, 10)));
        }
        for (int vocabSize : new int[] {0, -1, 1 << 17, Integer.MIN_VALUE}) {
            assertRefused(file, with(content, new StoreHeader(vocabSize, 0, 2, tokens(content), 10)));
        }
        assertRefused(file, with(content, new StoreHeader(300, 300, 2, tokens(content), 10)));
        assertRefused(file, with(content, new StoreHeader(300, 5, 2, tokens(content), 10)));
        assertRefused(file, with(content, new StoreHeader(300, 0, 2, tokens(content), -10)));
    }

    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        Path file = folder.resolve("store");
        List<Document> documents = documents(new SplittableRandom(5));
        TokenStore.write(file, documents.stream(), bpe, 0, (d, t, b) -> {});
        byte[] content = Files.readAllBytes(file);
        Trials.repeat(1500, random -> {
            Files.write(file, Trials.damaged(random, content));
            try (var store = TokenStore.open(file)) {
                int[] ids = new int[(int) store.tokens()];
                store.read(0, ids);
                assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < 300);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains(file.toString());
            }
        });
    }

    private static long tokens(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong(32);
    }

    private static byte[] with(byte[] content, StoreHeader header) {
        byte[] changed = content.clone();
        System.arraycopy(header.toBytes().array(), 0, changed, 0, StoreHeader.BYTES);
        return changed;
    }

    private static void assertRefused(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        assertThatThrownBy(() -> TokenStore.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    private void assertOnlyFile(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(name));
        }
    }

    private static List<Document> documents(RandomGenerator random) {
        List<Document> documents = new ArrayList<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            documents.add(new Document("d" + i, Trials.text(random, 30)));
        }
        return documents;
    }

    /// A tokenizer with a larger vocabulary: the last id separates, ordinary ids are moved up to just below it.
    private record Wide(Tokenizer inner, int vocabSize) implements Tokenizer {
        @Override
        public int[] encode(String text) {
            int[] ids = inner.encode(text);
            for (int i = 0; i < ids.length; i++) {
                ids[i] += vocabSize - 1 - inner.vocabSize();
            }
            return ids;
        }

        @Override
        public byte[] bytes(int id) {
            return inner.bytes(id - (vocabSize - 1 - inner.vocabSize()));
        }

        @Override
        public int[] encode(String text, SpecialText special, boolean addSpecial) {
            return encode(text);
        }

        @Override
        public Encoding encoding(String text, SpecialText special, boolean addSpecial) {
            return inner.encoding(text, special, addSpecial);
        }

        @Override
        public boolean addsBos() {
            return false;
        }

        @Override
        public String decode(int[] ids) {
            return inner.decode(ids);
        }

        @Override
        public StreamDecoder stream() {
            return inner.stream();
        }

        @Override
        public String token(int id) {
            return inner.token(id);
        }

        @Override
        public OptionalInt id(String token) {
            return OptionalInt.empty();
        }

        @Override
        public Specials specials() {
            return Specials.of(Map.of("<|separator|>", vocabSize - 1));
        }
    }
}
