package dev.cortado.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.world.WorldFiles.Options;
import dev.cortado.world.WorldFiles.Written;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class WorldFilesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    Path folder;

    @Test
    void writesTheSameBytesOnAnyNumberOfThreads() throws Exception {
        WorldFiles.write(folder.resolve("a"), new Options(0.3, 3, false), (_, _) -> {});
        try (ForkJoinPool single = new ForkJoinPool(1)) {
            single.submit(() -> WorldFiles.write(folder.resolve("b"), new Options(0.3, 3, false), (_, _) -> {}))
                    .get();
        }
        for (String name : List.of("train.jsonl", "heldout.jsonl", "world.json", "README.md")) {
            assertThat(folder.resolve("b").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("a").resolve(name));
        }
        WorldFiles.write(folder.resolve("c"), new Options(0.3, 4, false), (_, _) -> {});
        assertThat(Files.mismatch(folder.resolve("a/train.jsonl"), folder.resolve("c/train.jsonl")))
                .isNotNegative();
    }

    @Test
    void splitsShareNoTextAndHaveTheirSizes() throws IOException {
        List<Long> heard = new ArrayList<>();
        Written written = WorldFiles.write(folder.resolve("w"), new Options(1, 1, false), (bytes, total) -> {
            assertThat(bytes).isLessThanOrEqualTo(total + 4096);
            heard.add(bytes);
        });
        Set<String> heldOut = texts("w/heldout.jsonl");
        Set<String> train = texts("w/train.jsonl");
        assertThat(train).doesNotContainAnyElementsOf(heldOut).hasSize((int)
                written.train().documents());
        assertThat(heldOut).hasSize((int) written.heldOut().documents());
        assertThat(bytes(train)).isEqualTo(written.train().bytes()).isBetween(1_000_000L, 1_003_000L);
        assertThat(bytes(heldOut)).isEqualTo(written.heldOut().bytes()).isBetween(65_536L, 69_000L);
        assertThat(heard).isSorted().isNotEmpty();
        try (var inside = Files.list(folder)) {
            assertThat(inside).as("no temporary folder is left").containsExactly(folder.resolve("w"));
        }
        JsonNode world = JSON.readTree(Files.readString(folder.resolve("w/world.json")));
        assertThat(world.at("/seed").asLong()).isEqualTo(1);
        assertThat(world.at("/heldOutOnly/towns").size()).isGreaterThan(5);
        assertThat(world.at("/language/lexicon").size()).isGreaterThan(200);
    }

    @Test
    void linesReadBackAsDocuments() throws IOException {
        WorldFiles.write(folder.resolve("w"), new Options(0.1, 9, false), (_, _) -> {});
        for (String line : Files.readAllLines(folder.resolve("w/train.jsonl"))) {
            WorldDocument document = JSON.readValue(line, WorldDocument.class);
            long index = Long.parseLong(document.id().substring("train-".length()));
            WorldDocument made = World.of(9).document(Split.TRAIN, index);
            assertThat(document.text()).isEqualTo(made.text());
            assertThat(document.questions()).isEqualTo(made.questions());
            assertThat(document.translation()).isEqualTo(made.translation());
            assertThat(new Replay(document.facts()).end()).isEqualTo(new Replay(made.facts()).end());
            if (index > 20) {
                break;
            }
        }
    }

    @Test
    void sentencesAreNotTooRepetitive() throws IOException {
        WorldFiles.write(folder.resolve("w"), new Options(1, 2, false), (_, _) -> {});
        List<String> sentences = texts("w/train.jsonl").stream()
                .flatMap(text -> List.of(text.split("(?<=[.!?]\"?)\\s+", -1)).stream())
                .toList();
        Set<String> once = new HashSet<>();
        Set<String> again = new HashSet<>();
        sentences.forEach(sentence -> (once.add(sentence) ? once : again).add(sentence));
        double repeated = sentences.stream().filter(again::contains).count() / (double) sentences.size();
        assertThat(repeated).isLessThan(0.35);
    }

    @Test
    void keepsWhatIsThereUnlessForced() throws IOException {
        Path target = Files.createDirectory(folder.resolve("w"));
        Path precious = Files.writeString(target.resolve("precious.txt"), "keep");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorldFiles.write(target, new Options(0.1, 1, false), (_, _) -> {}))
                .withMessageContaining("--force");
        assertThat(precious).hasContent("keep");
        WorldFiles.write(target, new Options(0.1, 1, true), (_, _) -> {});
        assertThat(precious).doesNotExist();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorldFiles.write(
                        Files.writeString(folder.resolve("file"), "x"), new Options(0.1, 1, true), (_, _) -> {}))
                .withMessageContaining("is a file");
    }

    @Test
    void refusesSizesThatMakeNoSense() {
        for (double size : List.of(0.0, -1.0, Double.NaN, 1e9)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Options(size, 1, false))
                    .withMessageContaining("megabytes");
        }
    }

    private Set<String> texts(String file) throws IOException {
        Set<String> texts = new HashSet<>();
        for (String line : Files.readAllLines(folder.resolve(file))) {
            texts.add(JSON.readTree(line).get("text").asString());
        }
        return texts;
    }

    private static long bytes(Set<String> texts) {
        return texts.stream()
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
