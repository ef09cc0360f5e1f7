package dev.cortado.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs commands as a user would: in this process, or in one of their own that can be killed.
final class Shell {
    private static final JsonMapper JSON = new JsonMapper();

    private static final String[] WORDS =
            "the a cat dog sat ran on under mat tree and then it was very big small red".split(" ");

    private Shell() {}

    /// How a command ended.
    record Ended(int code, String out, String err) {
        /// Standard output as one JSON object.
        JsonNode json() {
            return JSON.readTree(out);
        }
    }

    /// A command line in two parts.
    static Object[] words(List<?> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toArray();
    }

    /// Runs a command in this process.
    static Ended run(Object... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] args = Stream.of(words).map(Object::toString).toArray(String[]::new);
        int code = new Main(Output.of(out, err), false).run(args);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// A process that runs a command, not started yet.
    ///
    /// @param before what the command line begins with, such as a shell that sets limits
    static ProcessBuilder process(List<String> before, Object... words) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // What tensors are told must be told to both, for both to compute the same.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--") || option.startsWith("-Dorg.bytedeco"))
                .forEach(command::add);
        command.addAll(List.of(
                "-XX:+UseSerialGC", "-Xmx512m", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        Stream.of(words).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_WAIT_POLICY", "passive"); // no spinning where others work too
        return builder;
    }

    /// Runs a process to its end.
    static Ended await(ProcessBuilder builder) throws IOException, InterruptedException {
        Path err = Files.createTempFile("cortado", ".err");
        try {
            Process process = builder.redirectError(err.toFile()).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    /// Writes a text of random sentences, some 5,000 words.
    static Path text(Path file) throws IOException {
        var random = new SplittableRandom(9);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(i % 9 == 8 ? ".\n" : " ");
        }
        return Files.writeString(file, text);
    }

    /// Writes a recipe for a model that trains in a second or two.
    static Path recipe(Path file, Path text) throws IOException {
        return Files.writeString(file, """
            data:
              path: %s
            tokenizer:
              vocabSize: 300
            model:
              depth: 2
              width: 64
              heads: 4
              contextLength: 32
            training:
              steps: 60
              batchRows: 8
              precision: f32
              evaluateEvery: 30
              evaluateRows: 4
              checkpointEvery: 10
            """.formatted(text));
    }

    /// The names of all files below a folder; none when it does not exist.
    static List<String> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    /// Copies a folder and all in it.
    static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
        return to;
    }
}
