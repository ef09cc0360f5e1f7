package dev.cortado.text.corpus;

import dev.cortado.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Writes a [TokenStore]: documents are encoded in several threads and written in their order. Memory is bounded by the
/// documents in flight; the documents' starts wait in a second temporary file.
final class TokenStoreWriter implements AutoCloseable {
    /// Text in flight, about: enough to keep all threads busy, however short documents are.
    private static final long CHARS_IN_FLIGHT = 1 << 24;

    private static final int TASKS_IN_FLIGHT = 1 << 12;

    private final Path temporary;
    private final Path temporaryStarts;
    private final FileChannel out;
    private final FileChannel outStarts;
    private final ByteBuffer buffer = littleEndian(1 << 20);
    private final ByteBuffer startsBuffer = littleEndian(1 << 16);
    private final int vocabSize;
    private final int separatorId;
    private long documents;
    private long tokens;
    private long textBytes;

    @SuppressWarnings("ArrayRecordComponent") // handed from one thread to another, never compared
    private record Encoded(int[] ids, long textBytes) {}

    private record Task(Future<Encoded> encoded, long chars) {}

    private TokenStoreWriter(Path file, int vocabSize, int separatorId) throws IOException {
        this.vocabSize = vocabSize;
        this.separatorId = separatorId;
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // Not createTempFile, whose files only their owner may read.
        String name = file.getFileName() + "." + UUID.randomUUID();
        temporary = folder.resolve(name + ".tmp");
        temporaryStarts = folder.resolve(name + ".starts.tmp");
        out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        outStarts = FileChannel.open(
                temporaryStarts, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
        out.position(StoreHeader.BYTES);
    }

    static void write(
            Path file,
            Iterator<Document> documents,
            Tokenizer tokenizer,
            int separatorId,
            int threads,
            TokenStore.Progress progress)
            throws IOException {
        if (!tokenizer.specials().contains(separatorId)) {
            throw new IllegalArgumentException(
                    "separator " + separatorId + " is not one of the tokenizer's special tokens "
                            + tokenizer.specials().ids());
        }
        if (!documents.hasNext()) {
            throw new IllegalArgumentException("there is no document to write to " + file);
        }
        try (var writer = new TokenStoreWriter(file, tokenizer.vocabSize(), separatorId)) {
            writer.writeAll(documents, tokenizer, threads, progress);
            writer.finish(file);
        }
    }

    /// Keeps as many documents in flight as the bounds allow and writes the one that is first in order, done or
    /// not.
    private void writeAll(Iterator<Document> all, Tokenizer tokenizer, int threads, TokenStore.Progress progress)
            throws IOException {
        Deque<Task> tasks = new ArrayDeque<>();
        long chars = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            try {
                while (all.hasNext() || !tasks.isEmpty()) {
                    if (all.hasNext() && chars < CHARS_IN_FLIGHT && tasks.size() < TASKS_IN_FLIGHT) {
                        String text = all.next().text();
                        chars += text.length();
                        tasks.add(new Task(pool.submit(() -> encode(text, tokenizer)), text.length()));
                    } else {
                        Task first = tasks.remove();
                        add(result(first.encoded()));
                        chars -= first.chars();
                        progress.at(documents, tokens, textBytes);
                    }
                }
            } finally {
                // After a failure: what is queued need not run before the pool closes.
                tasks.forEach(task -> task.encoded().cancel(true));
            }
        }
    }

    private static Encoded encode(String text, Tokenizer tokenizer) {
        return new Encoded(tokenizer.encode(text), text.getBytes(StandardCharsets.UTF_8).length);
    }

    private static Encoded result(Future<Encoded> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while encoding", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("encoding a document failed", e.getCause());
        }
    }

    private void add(Encoded document) throws IOException {
        drain(startsBuffer, outStarts, Long.BYTES);
        startsBuffer.putLong(tokens);
        put(separatorId);
        for (int id : document.ids()) {
            put(id);
        }
        documents++;
        textBytes += document.textBytes();
    }

    private void put(int id) throws IOException {
        drain(buffer, out, Integer.BYTES);
        if (StoreHeader.bytesPerToken(vocabSize) == 2) {
            buffer.putShort((short) id);
        } else {
            buffer.putInt(id);
        }
        tokens++;
    }

    /// The header comes last: it holds counts known only now. The rename is what makes the file appear.
    private void finish(Path file) throws IOException {
        put(separatorId);
        var header = new StoreHeader(vocabSize, separatorId, documents, tokens, textBytes);
        drain(buffer, out, buffer.capacity());
        drain(startsBuffer, outStarts, startsBuffer.capacity());
        buffer.put(new byte[(int) (header.startsAt() - out.position())]); // zeros up to a multiple of 8
        drain(buffer, out, buffer.capacity());
        for (long at = 0; at < outStarts.size(); ) {
            at += outStarts.transferTo(at, outStarts.size() - at, out);
        }
        ByteBuffer head = header.toBytes();
        while (head.hasRemaining()) {
            out.write(head, head.position());
        }
        out.force(true);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Empties a buffer into its file unless it has the wanted room.
    private static void drain(ByteBuffer buffer, FileChannel out, int room) throws IOException {
        if (buffer.remaining() < room) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Leaves nothing temporary behind, whether or not writing succeeded.
    @Override
    public void close() throws IOException {
        try (out;
                outStarts) {
            Files.deleteIfExists(temporary);
            Files.deleteIfExists(temporaryStarts);
        }
    }
}
