package dev.cortado.train.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// One file of a checkpoint, as its manifest describes it.
///
/// The checksum is CRC-32C (Castagnoli, RFC 3720): it is for disks and cables, not for attackers, and the JVM
/// computes it with the processor's own instruction: about 7 GB/s where SHA-256 makes 1.5. Any burst of up to 32
/// flipped bits is found, other damage goes unseen once in 2^32.
///
/// @param name a plain file name
/// @param bytes its length
/// @param crc32c its checksum, eight hexadecimal digits
public record CheckpointFile(String name, long bytes, String crc32c) {
    // Portable, visible, and unable to point outside the folder.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int STEP_BYTES = 1 << 20;

    public CheckpointFile {
        checkName(name);
    }

    /// @throws IllegalArgumentException when a file of a checkpoint cannot have this name
    static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.equals(Manifest.FILE)) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot be a file of a checkpoint: use letters, digits, '.', '_'"
                            + " and '-', and not " + Manifest.FILE);
        }
    }

    /// Describes a file that has just been written, and forces it to disk.
    static CheckpointFile seal(Path folder, String name) throws IOException {
        // Forcing needs a writable channel on some systems.
        try (FileChannel channel =
                FileChannel.open(folder.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var sealed = new CheckpointFile(name, channel.size(), crc32c(channel));
            channel.force(true);
            return sealed;
        }
    }

    /// Compares the file in a folder with this description.
    ///
    /// @throws IllegalArgumentException saying how it differs
    void verify(Path folder) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(name + " is missing");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != bytes) {
                throw new IllegalArgumentException(name + " has " + channel.size() + " bytes instead of " + bytes);
            }
            String found = crc32c(channel);
            if (!found.equals(crc32c)) {
                throw new IllegalArgumentException(name + " has checksum " + found + " instead of " + crc32c);
            }
        }
    }

    private static String crc32c(FileChannel channel) throws IOException {
        var checksum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.clamp(channel.size(), 1, STEP_BYTES));
        while (channel.read(buffer) >= 0) {
            checksum.update(buffer.flip());
            buffer.clear();
        }
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
