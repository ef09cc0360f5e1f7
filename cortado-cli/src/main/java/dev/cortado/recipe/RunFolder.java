package dev.cortado.recipe;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folder of a run: `run.json` (what was asked for, where and with what), `metrics.jsonl`, `checkpoints/`,
/// `data/` (the encoded corpus), `model/` (the result, in the Hugging Face layout) and `README.md`.
public final class RunFolder {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final boolean made;

    /// @param made whether there was no such folder before
    private RunFolder(Path folder, boolean made) {
        this.folder = folder;
        this.made = made;
    }

    /// A new run in a folder that does not exist or is empty.
    ///
    /// @throws IllegalArgumentException when something is there already
    public static RunFolder create(Path folder) throws IOException {
        boolean there = Files.exists(folder);
        if (there) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new IllegalArgumentException(folder
                            + " already holds a run: continue it with --resume, or name another folder with --out");
                }
            }
        }
        Files.createDirectories(folder);
        return new RunFolder(folder, !there);
    }

    /// A run that was begun before.
    public static RunFolder open(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("run.json"))) {
            throw new NoSuchFileException(folder.resolve("run.json").toString(), null, "there is no run to resume");
        }
        return new RunFolder(folder, false);
    }

    /// Takes back a run that was created and refused before it learned anything: what it has written so far is
    /// deleted, so that the same command can be given again, corrected.
    void discard() throws IOException {
        List<Path> leavesFirst;
        try (Stream<Path> inside = Files.walk(folder)) {
            leavesFirst = inside.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : leavesFirst) {
            if (made || !path.equals(folder)) {
                Files.delete(path);
            }
        }
    }

    /// Where it is.
    public Path path() {
        return folder;
    }

    /// Checkpoints.
    public Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /// The encoded corpus.
    public Path data() {
        return folder.resolve("data");
    }

    /// The trained model.
    public Path model() {
        return folder.resolve("model");
    }

    /// Replaces a JSON file of the run.
    public void writeJson(String name, Object content) throws IOException {
        write(name, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
    }

    /// Replaces a text file of the run, atomically.
    public void write(String name, String content) throws IOException {
        Path pending = folder.resolve("." + name + ".tmp");
        Files.writeString(pending, content);
        Files.move(pending, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /// A JSON file of the run.
    public JsonNode readJson(String name) throws IOException {
        Path file = folder.resolve(name);
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Where the metrics go on after `step` steps: lines of later steps, left by a run that was killed, are
    /// dropped.
    public Metrics metrics(long step) throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        if (Files.exists(file)) {
            List<String> kept = Files.readAllLines(file).stream()
                    .filter(line -> stepOf(line) <= step)
                    .toList();
            write("metrics.jsonl", kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
        }
        return new Metrics(Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /// A line cut off by a crash counts as later than everything.
    private static long stepOf(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return node.path("step").isNumber() ? node.path("step").longValue() : Long.MAX_VALUE;
        } catch (JacksonException _) {
            return Long.MAX_VALUE;
        }
    }

    /// One JSON object a line.
    public static final class Metrics implements AutoCloseable {
        private final BufferedWriter out;

        private Metrics(BufferedWriter out) {
            this.out = out;
        }

        /// Adds a line, which is in the file when this returns.
        public void add(Object line) throws IOException {
            out.write(JSON.writeValueAsString(line));
            out.newLine();
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
