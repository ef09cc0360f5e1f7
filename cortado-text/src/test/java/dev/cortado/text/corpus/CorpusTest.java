package dev.cortado.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CorpusTest {
    @TempDir
    private Path folder;

    @Test
    void readsFilesAndFoldersInOrder() throws IOException {
        write("data/b.txt", "second\n");
        write(
                "data/a/z.jsonl",
                "{\"text\": \"first\"}\n\n  \r\n{\"text\": \"\"}\n{\"id\": \"me\", \"text\": \"é\", \"x\": [1]}");
        write("data/B.TXT", "capitals come first");
        write("data/.hidden/x.bin", "?");
        write("data/empty.txt", "");
        Path single = write("single.jsonl", "{\"text\": \"alone\", \"id\": 7}\n");
        Corpus corpus = Corpus.open(List.of(folder.resolve("data"), single));
        List<Document> expected = List.of(
                new Document("B.TXT", "capitals come first"),
                new Document("a/z.jsonl:1", "first"),
                new Document("me", "é"),
                new Document("b.txt", "second\n"),
                new Document("7", "alone"));
        assertThat(documents(corpus)).isEqualTo(expected);
        assertThat(documents(corpus)).as("a second time").isEqualTo(expected);
    }

    @Test
    void holdsNoWholeJsonlFile() throws IOException {
        // Were more than a buffer of the file read ahead, the malformed line would show at once.
        String line = "{\"text\": \"" + "x".repeat(1000) + "\"}\n";
        Path file = write("large.jsonl", line.repeat(1000) + "oops\n");
        try (Stream<Document> documents = Corpus.open(List.of(file)).documents()) {
            Iterator<Document> iterator = documents.iterator();
            for (int i = 0; i < 1000; i++) {
                assertThat(iterator.next().id()).isEqualTo("large.jsonl:" + (i + 1));
            }
            assertThatThrownBy(iterator::hasNext).hasMessageContaining("large.jsonl:1001: not JSON");
        }
    }

    @Test
    void linesMayCrossReadBuffers() {
        Trials.repeat(30, random -> {
            List<Document> expected = new ArrayList<>();
            var content = new StringBuilder();
            var json = new JsonMapper();
            for (int i = 0; i < 40; i++) {
                String text = "t" + Trials.text(random, 3000);
                expected.add(new Document(String.valueOf(i), text));
                content.append(json.writeValueAsString(expected.getLast()));
                content.append(random.nextBoolean() ? "\n" : "\r\n");
            }
            assertThat(documents(Corpus.open(List.of(write("r.jsonl", content.toString())))))
                    .isEqualTo(expected);
        });
    }

    @Test
    void refusesMissingEmptyAndUnknown() throws IOException {
        assertThatThrownBy(() -> Corpus.open(List.of(folder.resolve("no.txt"))))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no.txt");
        assertThatThrownBy(() -> Corpus.open(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
        Path empty = write("sub/empty.txt", "");
        assertThatThrownBy(() -> Corpus.open(List.of(folder))).hasMessageContainingAll("empty", folder.toString());
        Path blank = write("blank.jsonl", "\n\n{\"text\": \"\"}\n");
        assertThatThrownBy(() -> documents(Corpus.open(List.of(blank))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no document", "blank.jsonl");
        Path unknown = write("page.html", "<p>");
        assertThatThrownBy(() -> Corpus.open(List.of(unknown)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("page.html", ".txt", ".jsonl");
        Files.delete(unknown);
        Path twice = write("twice.txt", "x");
        assertThatThrownBy(() -> Corpus.open(List.of(folder, twice))).hasMessageContainingAll("twice.txt", "twice");
        assertThat(empty).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oops",
                "{\"text\": 5}",
                "{}",
                "[\"text\"]",
                "{\"text\": \"a\"} {}",
                "{\"text\": \"a\", \"text\": \"b\"}",
                "{\"text\": \"\\ud800\"}",
                "{\"text\": \"a\", \"id\": 1.5}",
                "{\"text\": \"a",
                "\"text\""
            })
    void refusesMalformedLinesWithTheirNumber(String line) throws IOException {
        Path file = write("bad.jsonl", "{\"text\": \"fine\"}\n\n" + line + "\n");
        assertThatThrownBy(() -> documents(Corpus.open(List.of(file))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ":3: ");
    }

    @Test
    void refusesMalformedUtf8WithItsPlace() throws IOException {
        byte[] bytes = "0123456789\uFFFD".repeat(2000).getBytes(StandardCharsets.UTF_8);
        bytes[13 * 1500 + 4] = (byte) 0xC3;
        Path text = folder.resolve("bad.txt");
        Files.write(text, bytes);
        assertThatThrownBy(() -> documents(Corpus.open(List.of(text))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("bad.txt", "byte 19504");
        Path lines = folder.resolve("bad.jsonl");
        byte[] json = "{\"text\": \"a\"}\n{\"text\": \"é\"}\n".getBytes(StandardCharsets.UTF_8);
        json[25] = 'x';
        Files.write(lines, json);
        assertThatThrownBy(() -> documents(Corpus.open(List.of(lines))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("bad.jsonl", "byte 24");
    }

    @Test
    void damagedLinesAreReadOrRefused() throws IOException {
        byte[] content =
                "{\"text\": \"some text é\", \"id\": \"one\"}\n{\"text\": \"more \\u00e9\", \"n\": [1, {\"a\": null}]}\n"
                        .repeat(5)
                        .getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("f.jsonl");
        Trials.repeat(1000, random -> {
            Files.write(file, Trials.damaged(random, content));
            try {
                assertThat(documents(Corpus.open(List.of(file)))).isNotEmpty();
            } catch (IllegalArgumentException | UncheckedIOException e) {
                assertThat(e.getMessage()).contains("f.jsonl");
            }
        });
        Files.writeString(file, "[".repeat(100_000));
        assertThatThrownBy(() -> documents(Corpus.open(List.of(file)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void separatePathsAreHeldOut() throws IOException {
        Path train = write("train.txt", "t");
        Path valid = write("valid.txt", "v");
        HeldOut.Split split = new HeldOut.Separate(List.of(valid)).split(Corpus.open(List.of(train)));
        assertThat(documents(split.training())).containsExactly(new Document("train.txt", "t"));
        assertThat(documents(split.heldOut())).containsExactly(new Document("valid.txt", "v"));
        Corpus both = Corpus.open(List.of(folder));
        assertThatThrownBy(() -> new HeldOut.Separate(List.of(valid)).split(both))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("valid.txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.1  | a;b;c;d;e;f;g;h;i;j; | a;b;c;d;e;f;g;h;i; | j;",
                "0.15 | a;b;c;d;e;f;g;h;i;j; | a;b;c;d;e;f;g;h;i; | j;",
                "0.5  | a;bbbbbbbbbbbbbb;c   | a;bbbbbbbbbbbbbb;  | c",
                "0.1  | a;bbbbbbbbbbbbbb     | a;                 | bbbbbbbbbbbbbb",
                "0.99 | a;b;c                | a;                 | b;c"
            })
    void tailsBeginWithALine(double fraction, String text, String training, String heldOut) throws IOException {
        Path file = write("t.txt", text.replace(';', '\n'));
        HeldOut.Split split = new HeldOut.Tail(fraction).split(Corpus.open(List.of(file)));
        assertThat(documents(split.training())).containsExactly(new Document("t.txt", training.replace(';', '\n')));
        assertThat(documents(split.heldOut())).containsExactly(new Document("t.txt", heldOut.replace(';', '\n')));
    }

    @Test
    void tailsLoseNothing() {
        Trials.repeat(300, random -> {
            String text = "x" + Trials.text(random, 100);
            Path file = write("t.txt", text);
            HeldOut.Split split = new HeldOut.Tail(random.nextDouble(0.01, 0.99)).split(Corpus.open(List.of(file)));
            String training = documents(split.training()).getFirst().text();
            if (training.equals(text)) {
                assertThat(text.substring(0, text.length() - 1)).doesNotContain("\n");
                assertThatThrownBy(() -> documents(split.heldOut())).hasMessageContaining("no document");
            } else {
                String tail = documents(split.heldOut()).getFirst().text();
                assertThat(training + tail).isEqualTo(text);
                assertThat(training).endsWith("\n");
            }
        });
    }

    @Test
    void samplesDependOnTheIdAlone() throws IOException {
        var lines = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            lines.append("{\"text\": \"t\", \"id\": \"d").append(i).append("\"}\n");
        }
        Path file = write("s.jsonl", lines.toString());
        HeldOut.Split split = new HeldOut.Sample(0.1).split(Corpus.open(List.of(file)));
        List<Document> heldOut = documents(split.heldOut());
        assertThat(heldOut.size()).isBetween(400, 600); // 500 ± 4.7 standard deviations
        assertThat(heldOut.stream().map(Document::id).limit(3)).containsExactly("d0", "d34", "d55");
        List<Document> all = new ArrayList<>(documents(split.training()));
        assertThat(all).doesNotContainAnyElementsOf(heldOut);
        all.addAll(heldOut);
        assertThat(all).hasSize(5000).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 1.5, Double.NaN})
    void refusesFractionsThatLeaveOneSideEmpty(double fraction) {
        assertThatThrownBy(() -> new HeldOut.Tail(fraction)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeldOut.Sample(fraction)).isInstanceOf(IllegalArgumentException.class);
    }

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static List<Document> documents(Corpus corpus) {
        try (Stream<Document> documents = corpus.documents()) {
            return documents.toList();
        }
    }
}
