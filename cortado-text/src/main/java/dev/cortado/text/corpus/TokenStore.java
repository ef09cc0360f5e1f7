package dev.cortado.text.corpus;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.cortado.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.stream.Stream;

/// An encoded corpus in one file, mapped into memory: opening costs no reading of the tokens, and a corpus may be
/// larger
/// than memory. May be read by many threads at once; closing it ends the mapping, and use after that throws.
///
/// The tokens are one stream in which a separator (such as `<|endoftext|>`) stands before every document and after
/// the last: `S d₁ … S d₂ … S`. So the separator is what each document begins with, and what a model learns to say at
/// its
/// end.
public final class TokenStore implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final StoreHeader header;
    private final Arena arena;
    private final MemorySegment tokens;
    private final MemorySegment starts;

    /// Is told how far writing has come, after each document.
    @FunctionalInterface
    public interface Progress {
        void at(long documents, long tokens, long textBytes);
    }

    private TokenStore(Path file, StoreHeader header, Arena arena, MemorySegment content) {
        this.file = file;
        this.header = header;
        this.arena = arena;
        tokens = content.asSlice(StoreHeader.BYTES, header.tokens() * header.bytesPerToken());
        starts = content.asSlice(header.startsAt(), header.documents() * Long.BYTES);
    }

    /// Encodes documents into a file, using all processors, in the order of the stream. The file appears, or is
    /// replaced, only when all of it is written.
    ///
    /// @param documents read once, by the calling thread, only as far ahead as encoding keeps up
    /// @param separatorId a special token, so that no text can contain it
    /// @throws IllegalArgumentException when there is no document or `separatorId` is not a special token
    public static void write(
            Path file, Stream<Document> documents, Tokenizer tokenizer, int separatorId, Progress progress)
            throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        TokenStoreWriter.write(file, documents.iterator(), tokenizer, separatorId, threads, progress);
    }

    /// Opens a file that [#write] wrote. Checks the header against the file's length, and that every document
    /// starts with a separator; ids are checked when they are read.
    ///
    /// @throws IllegalArgumentException when the file is no token store or damaged
    /// @throws java.nio.file.NoSuchFileException when it is missing
    @SuppressWarnings("MustBeClosedChecker") // the store closes the arena
    public static TokenStore open(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(StoreHeader.BYTES);
            while (head.hasRemaining() && channel.read(head) >= 0) {}
            long length = channel.size();
            StoreHeader header = StoreHeader.read(head.flip(), file, length);
            Arena arena = Arena.ofShared();
            try {
                var store = new TokenStore(
                        file, header, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena));
                store.validateStarts();
                return store;
            } catch (RuntimeException | IOException e) {
                arena.close();
                throw e;
            }
        }
    }

    private void validateStarts() {
        long previous = -1;
        for (long i = 0; i < documents(); i++) {
            long start = starts.getAtIndex(LONG, i);
            boolean inOrder = i == 0 ? start == 0 : start > previous;
            if (!inOrder || start >= tokens() - 1 || token(start) != separatorId()) {
                throw StoreHeader.damaged(file, "document " + i + " does not start with a separator");
            }
            previous = start;
        }
        if (token(tokens() - 1) != separatorId()) {
            throw StoreHeader.damaged(file, "it does not end with a separator");
        }
    }

    /// Ids are less than this.
    public int vocabSize() {
        return header.vocabSize();
    }

    /// The token before every document and after the last.
    public int separatorId() {
        return header.separatorId();
    }

    /// Number of tokens in the stream: those of all documents, and one separator more than there are documents.
    public long tokens() {
        return header.tokens();
    }

    /// Number of documents, at least 1.
    public long documents() {
        return header.documents();
    }

    /// Length of all documents' text in bytes of UTF-8: what a loss is divided by to give bits per byte.
    public long textBytes() {
        return header.textBytes();
    }

    /// Index in the stream of the separator that a document starts with.
    ///
    /// @throws IndexOutOfBoundsException when there is no such document
    public long documentStart(long document) {
        return starts.getAtIndex(LONG, Objects.checkIndex(document, documents()));
    }

    /// Fills an array with consecutive tokens of the stream.
    ///
    /// @param from index of the first
    /// @throws IndexOutOfBoundsException when the stream ends before the array does
    /// @throws IllegalArgumentException when the file is damaged: an id is outside the vocabulary
    public void read(long from, int[] ids) {
        Objects.checkFromIndexSize(from, ids.length, tokens());
        for (int i = 0; i < ids.length; i++) {
            ids[i] = token(from + i);
        }
    }

    private int token(long index) {
        int id = header.bytesPerToken() == 2
                ? Short.toUnsignedInt(tokens.getAtIndex(SHORT, index))
                : tokens.getAtIndex(INT, index);
        if (id < 0 || id >= vocabSize()) {
            throw StoreHeader.damaged(file, "token " + index + " is " + id + " in a vocabulary of " + vocabSize());
        }
        return id;
    }

    @Override
    public void close() {
        arena.close();
    }
}
