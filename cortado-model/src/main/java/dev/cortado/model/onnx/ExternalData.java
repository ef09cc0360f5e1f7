package dev.cortado.model.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// The files beside a model that hold its larger tensors, each mapped into memory when it is first named
/// (<https://onnx.ai/onnx/repo-docs/ExternalData.html>). Only files of the model's own folder: a model is an
/// untrusted input, and must not make its reader open others.
final class ExternalData {
    private final Path model;
    private final Arena arena;
    private final Map<String, MemorySegment> files = new HashMap<>();

    ExternalData(Path model, Arena arena) {
        this.model = model;
        this.arena = arena;
    }

    /// The bytes of one tensor.
    ///
    /// @param place what the model says of it: `location`, and perhaps `offset` and `length`
    /// @param bytes how many the tensor has
    MemorySegment find(String tensor, Map<String, String> place, long bytes) throws IOException {
        String what = model + ": external data of '" + tensor + "'";
        String location = place.getOrDefault("location", "");
        if (location.isEmpty() || location.equals(".") || location.equals("..") || hasSeparator(location)) {
            throw new IllegalArgumentException(
                    what + " is at '" + location + "', which is no file name of the model's folder");
        }
        MemorySegment file = open(location);
        long offset = number(what, place, "offset", 0);
        long length = number(what, place, "length", bytes);
        if (length != bytes) {
            throw new IllegalArgumentException(
                    what + " has " + length + " bytes where the tensor's shape says " + bytes);
        }
        if (offset > file.byteSize() || length > file.byteSize() - offset) {
            throw new IllegalArgumentException(what + " is at " + offset + " + " + length + " bytes of " + location
                    + ", which has " + file.byteSize() + ": it is truncated, fetch it again");
        }
        return file.asSlice(offset, length);
    }

    // No platform's separators, whichever this one is; nor a drive or stream of Windows.
    private static boolean hasSeparator(String location) {
        return location.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':');
    }

    private static long number(String what, Map<String, String> place, String key, long otherwise) {
        String text = place.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(what + " has " + key + " '" + text + "'", e);
        }
        throw new IllegalArgumentException(what + " has " + key + " '" + text + "'");
    }

    private MemorySegment open(String location) throws IOException {
        MemorySegment known = files.get(location);
        if (known != null) {
            return known;
        }
        Path file = Objects.requireNonNull(model.toAbsolutePath().getParent(), "a file has a folder")
                .resolve(location);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "named by " + model + ", but not there");
        }
        MemorySegment mapped = map(file, arena);
        files.put(location, mapped);
        return mapped;
    }

    /// Those that have been named.
    Collection<MemorySegment> mapped() {
        return files.values();
    }

    /// A whole file as memory, until the arena is closed.
    static MemorySegment map(Path file, Arena arena) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
