package dev.cortado.text.file;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/// A file that comes to be all at once: written under a hidden name in the folder of its target, forced to
/// disk, renamed over the target. Closing it unpublished deletes it, and what was there before is as it was.
///
/// Only the death of the process can leave the hidden file (`.NAME.….tmp`) behind.
public final class PendingFile implements Closeable {
    // Bounds the staging copy of heap memory, and the one the JDK would otherwise make of a whole segment.
    private static final int STEP_BYTES = 8 << 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private PendingFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Begins a file that is to be at `target`; the folder must exist.
    public static PendingFile beside(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new IllegalArgumentException(target + " is a folder: name a file to write");
        }
        Path folder = folderOf(target);
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(
                    folder.toString(), null, "the folder to write " + target.getFileName() + " to");
        }
        // A random name: two writers of one target never mix, the later rename wins.
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new PendingFile(target, temporary, channel);
    }

    /// Appends bytes.
    public void write(MemorySegment bytes) throws IOException {
        for (long done = 0; done < bytes.byteSize(); done += STEP_BYTES) {
            MemorySegment step = bytes.asSlice(done, Math.min(STEP_BYTES, bytes.byteSize() - done));
            write(step.isNative() ? step.asByteBuffer() : ByteBuffer.wrap(step.toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    /// Appends the remaining bytes of a buffer.
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Appends content that is `bytes` long; `what` it is, messages say.
    ///
    /// @throws IllegalArgumentException when the content is shorter or longer
    /// @throws IOException naming the file and the content, when the disk is full or the content fails
    public void write(String what, long bytes, Content content) throws IOException {
        String problem = "cannot write " + what + " (" + bytes + " bytes) to " + target;
        long[] written = {0};
        try {
            content.writeTo(part -> {
                if (part.byteSize() > bytes - written[0]) {
                    throw new IllegalArgumentException(problem + ": its content is longer");
                }
                write(part);
                written[0] += part.byteSize();
            });
        } catch (IOException e) {
            throw new IOException(problem + ", failed after " + written[0] + " bytes: " + e.getMessage(), e);
        }
        if (written[0] != bytes) {
            throw new IllegalArgumentException(problem + ": its content ended after " + written[0] + " bytes");
        }
    }

    /// Forces the bytes to disk and ends writing; the file still has its hidden name.
    public void seal() throws IOException {
        channel.force(true);
        channel.close();
    }

    /// Puts the sealed file in its place, replacing what was there in one step.
    public void publish() throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(folderOf(target));
    }

    /// Makes renames and deletions in a folder lasting. Windows cannot open folders and keeps its own journal.
    public static void forceFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    }

    /// Closes what was begun, without hiding the failure that ended it.
    public void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary); // gone already once published
    }
}
