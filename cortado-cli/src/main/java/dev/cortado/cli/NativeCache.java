package dev.cortado.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// The folder into which JavaCPP unpacks LibTorch's native libraries on first use.
///
/// @param bytes its size; 0 before first use
/// @param freeBytes space left on its disk
record NativeCache(String folder, boolean writable, long bytes, long freeBytes) {
    /// Space that unpacking the libraries takes, with some to spare.
    static final long NEEDED_BYTES = 1_000_000_000L;

    /// Looks at a folder, which need not be there yet.
    static NativeCache at(Path folder) throws IOException {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return new NativeCache(
                folder.toString(),
                Files.isWritable(there),
                size(folder),
                Files.getFileStore(there).getUsableSpace());
    }

    private static long size(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        long[] bytes = {0};
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // another process may be unpacking at the moment
            }
        });
        return bytes[0];
    }
}
