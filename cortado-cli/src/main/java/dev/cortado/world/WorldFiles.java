package dev.cortado.world;

import dev.cortado.world.WorldDocument.EntityFacts;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a world as files: `train.jsonl`, `heldout.jsonl`, `world.json` and a `README.md` that describes them.
///
/// The bytes depend on the options alone. Everything is written beside the folder and moved into place at the end.
public final class WorldFiles {
    private static final long HELD_OUT_LEAST = 64 * 1024;
    private static final int CHUNK = 2048;

    /// @param megabytes size of the training text in millions of bytes, held-out text comes on top
    public record Options(double megabytes, long seed, boolean force) {
        public Options {
            if (!(megabytes > 0 && megabytes <= 100_000)) {
                throw new IllegalArgumentException(
                        "megabytes is " + megabytes + "; give a size above 0 and up to 100000, such as 20");
            }
        }
    }

    /// What a split came to.
    ///
    /// @param bytes of UTF-8 text, without JSON
    /// @param kinds documents by kind
    public record SplitCount(long documents, long bytes, long questions, Map<String, Long> kinds) {}

    /// What was written.
    public record Written(Path folder, SplitCount train, SplitCount heldOut, List<Path> files) {}

    /// Hears of progress, in text bytes.
    @FunctionalInterface
    public interface Progress {
        /// Called now and then, on the calling thread.
        void written(long bytes, long total);
    }

    private record Description(
            String format,
            String version,
            long seed,
            double megabytes,
            SplitCount train,
            SplitCount heldOut,
            List<EntityFacts> atlas,
            Map<String, Object> heldOutOnly,
            Map<String, Object> language) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final World world;
    private final Set<Long> seen = new HashSet<>();
    private final long total;
    private final Progress progress;
    private long done;

    private WorldFiles(World world, long total, Progress progress) {
        this.world = world;
        this.total = total;
        this.progress = progress;
    }

    /// Writes the files into `folder`, which must be absent or empty unless `force`.
    ///
    /// @throws IllegalArgumentException when the folder holds something and `force` is not given
    public static Written write(Path folder, Options options, Progress progress) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        refuseOverwrite(target, options.force());
        long train = Math.round(options.megabytes() * 1e6);
        long heldOut = Math.max(HELD_OUT_LEAST, train / 20);
        Files.createDirectories(target.getParent());
        // Not a temporary folder of the system: that one is private to the user, and may be on another disk.
        String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
        Path temporary = Files.createDirectory(target.resolveSibling("." + target.getFileName() + "." + unique));
        try {
            WorldFiles files = new WorldFiles(World.of(options.seed()), train + heldOut, progress);
            // Held-out first: a training document with a text of the held-out half is dropped, never the other way.
            SplitCount held = files.split(temporary.resolve("heldout.jsonl"), Split.HELD_OUT, heldOut);
            SplitCount trained = files.split(temporary.resolve("train.jsonl"), Split.TRAIN, train);
            files.describe(temporary, options, trained, held);
            delete(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            List<Path> names = Stream.of("train.jsonl", "heldout.jsonl", "world.json", "README.md")
                    .map(target::resolve)
                    .toList();
            return new Written(target, trained, held, names);
        } finally {
            delete(temporary);
        }
    }

    private static void refuseOverwrite(Path target, boolean force) throws IOException {
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new IllegalArgumentException(target + " is a file; name a folder to write the world into");
        }
        if (Files.isDirectory(target) && !force) {
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new IllegalArgumentException(
                            target + " is not empty; choose another folder or add --force to replace it");
                }
            }
        }
    }

    /// Documents are made in parallel by chunks and written in order, so threads do not change the bytes.
    private SplitCount split(Path file, Split split, long bytes) throws IOException {
        long documents = 0;
        long text = 0;
        long questions = 0;
        Map<String, Long> kinds = new java.util.TreeMap<>();
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (long from = 0; text < bytes; from += CHUNK) {
                for (Line line : chunk(split, from)) {
                    if (text >= bytes || !seen.add(line.hash())) {
                        continue;
                    }
                    out.write(line.json());
                    out.write('\n');
                    documents++;
                    text += line.bytes();
                    questions += line.questions();
                    kinds.merge(line.kind(), 1L, Long::sum);
                }
                progress.written(done + text, total);
            }
        }
        done += text;
        return new SplitCount(documents, text, questions, kinds);
    }

    private record Line(String json, String kind, long hash, int bytes, int questions) {}

    private List<Line> chunk(Split split, long from) {
        return LongStream.range(from, from + CHUNK)
                .parallel()
                .mapToObj(index -> {
                    WorldDocument document = world.document(split, index);
                    byte[] text = document.text().getBytes(StandardCharsets.UTF_8);
                    return new Line(
                            JSON.writeValueAsString(document),
                            document.kind(),
                            hash(text),
                            text.length,
                            document.questions().size());
                })
                .toList();
    }

    /// FNV-1a, 64 bits: a false match among a million texts has a chance of one in ten million and costs one document.
    private static long hash(byte[] text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash;
    }

    private void describe(Path folder, Options options, SplitCount train, SplitCount heldOut) throws IOException {
        Map<String, Object> only = new LinkedHashMap<>(world.heldOutNames());
        only.put("facts", world.atlas(Split.HELD_OUT));
        Map<String, Object> language = new LinkedHashMap<>();
        language.put("name", "Talu");
        language.put("lexicon", world.language());
        Description description = new Description(
                "cortado-world",
                World.VERSION,
                options.seed(),
                options.megabytes(),
                train,
                heldOut,
                world.atlas(Split.TRAIN),
                only,
                language);
        Files.writeString(
                folder.resolve("world.json"),
                JSON.rebuild()
                                .enable(SerializationFeature.INDENT_OUTPUT)
                                .build()
                                .writeValueAsString(description)
                        + "\n");
        try (var readme = WorldFiles.class.getResourceAsStream("README.md")) {
            if (readme == null) {
                throw new IllegalStateException("resource README.md is not on the class path");
            }
            Files.write(folder.resolve("README.md"), readme.readAllBytes());
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @org.jspecify.annotations.Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
