package dev.cortado.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeReaderTest {
    enum Schedule {
        COSINE,
        LINEAR_DECAY
    }

    record Optimizer(double lr, Optional<Double> weightDecay, Optional<Schedule> schedule) {
        Optimizer {
            if (!(lr > 0)) {
                throw new IllegalArgumentException("lr must be above 0, got " + lr);
            }
            weightDecay = weightDecay.or(() -> Optional.of(0.1));
        }
    }

    record Source(Path path, double weight) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    sealed interface Objective {}

    @JsonTypeName("next-token")
    record NextToken() implements Objective {}

    @JsonTypeName("dpo")
    record Dpo(double beta) implements Objective {}

    record Recipe(
            String name,
            int steps,
            boolean shuffle,
            Optimizer optimizer,
            List<Source> sources,
            Objective objective,
            Optional<Map<String, Long>> budgets) {}

    private static final String YAML = """
        # a comment
        name: tiny
        steps: 200
        shuffle: true
        optimizer:
          lr: 3e-4
          schedule: linear_decay
        sources:
          - path: a.txt
            weight: 1
          - {path: b.txt, weight: 0.5}
        objective:
          type: dpo
          beta: 0.1
        """;

    private static final Recipe RECIPE = new Recipe(
            "tiny",
            200,
            true,
            new Optimizer(3e-4, Optional.of(0.1), Optional.of(Schedule.LINEAR_DECAY)),
            List.of(new Source(Path.of("a.txt"), 1), new Source(Path.of("b.txt"), 0.5)),
            new Dpo(0.1),
            Optional.empty());

    private static Recipe parse(String yaml, String... sets) {
        return RecipeReader.parse("tiny.yaml", yaml, List.of(sets), Recipe.class);
    }

    private static String refusal(String yaml, String... sets) {
        try {
            return "accepted as " + parse(yaml, sets);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
            return e.getMessage();
        }
    }

    @Test
    void readsEveryKindOfValue() {
        assertThat(parse(YAML)).isEqualTo(RECIPE);
        assertThat(parse(YAML + "budgets: {a: 5000000000}\n").budgets()).contains(Map.of("a", 5_000_000_000L));
    }

    @Test
    void pathsArePlain() {
        Path path = parse(YAML.replace("path: a.txt", "path: s3:a b"))
                .sources()
                .getFirst()
                .path();
        assertThat(path).isEqualTo(Path.of("s3:a b"));
        assertThat(refusal(YAML.replace("path: a.txt", "path: \"\\0\"")))
                .startsWith("tiny.yaml: sources[0].path: Nul character not allowed");
    }

    @Test
    void optionalKeysMayBeLeftEmpty() {
        assertThat(parse(YAML.replace("schedule: linear_decay", "schedule:"))
                        .optimizer()
                        .schedule())
                .isEmpty();
    }

    @Nested
    class Refuses {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            lr: 3e-4      | lrr: 3e-4     | tiny.yaml: unknown key 'optimizer.lrr' (line 6); did you mean 'optimizer.lr'?
            shuffle: true | zebra: true   | tiny.yaml: unknown key 'zebra' (line 4); known: budgets, name, objective, optimizer, shuffle, sources, steps
            weight: 1     | wieght: 1     | tiny.yaml: unknown key 'sources[0].wieght' (line 10); did you mean 'sources[0].weight'?
            steps: 200    | steps: 3.5    | tiny.yaml: 'steps' is the number 3.5 but must be a whole number of at most 2147483647 (line 3)
            steps: 200    | steps: 9e99   | tiny.yaml: 'steps' is the number 9.0E99 but must be a whole number of at most 2147483647 (line 3)
            steps: 200    | steps: 99999999999 | tiny.yaml: 'steps' is the number 99999999999 but must be a whole number of at most 2147483647 (line 3)
            steps: 200    | steps: "3"    | tiny.yaml: 'steps' is the text "3" but must be a whole number of at most 2147483647 (line 3)
            steps: 200    | steps:        | tiny.yaml: 'steps' is empty but must be a whole number of at most 2147483647 (line 3)
            steps: 200    | # nothing     | tiny.yaml: missing key 'steps', which must be a whole number of at most 2147483647
            lr: 3e-4      | # nothing     | tiny.yaml: missing key 'optimizer.lr', which must be a number (the section is at line 5)
            lr: 3e-4      | lr: fast      | tiny.yaml: 'optimizer.lr' is the text "fast" but must be a number (line 6)
            lr: 3e-4      | lr: -1        | tiny.yaml: optimizer: lr must be above 0, got -1.0 (line 5)
            shuffle: true | shuffle: yes  | tiny.yaml: 'shuffle' is the text "yes" but must be true or false (line 4)
            shuffle: true | shuffle: 1    | tiny.yaml: 'shuffle' is the number 1 but must be true or false (line 4)
            name: tiny    | name: 5       | tiny.yaml: 'name' is the number 5 but must be text (line 2); put it in quotes
            name: tiny    | name: true    | tiny.yaml: 'name' is true but must be text (line 2); put it in quotes
            name: tiny    | name:         | tiny.yaml: 'name' is empty but must be text (line 2)
            name: tiny    | name: [a]     | tiny.yaml: 'name' is a list but must be text (line 2)
            linear_decay  | linear        | tiny.yaml: 'optimizer.schedule' is the text "linear" but must be one of cosine, linear_decay (line 7)
            linear_decay  | 1             | tiny.yaml: 'optimizer.schedule' is the number 1 but must be one of cosine, linear_decay (line 7)
            type: dpo     | type: dpi     | tiny.yaml: unknown type 'dpi' of 'objective' (line 12); did you mean 'dpo'?
            type: dpo     | # nothing     | tiny.yaml: 'objective' needs a key 'type' that says which kind it is (line 12)
            beta: 0.1     | beta: [0.1]   | tiny.yaml: 'objective.beta' is a list but must be a number (line 14)
            path: a.txt   | path: [a.txt] | tiny.yaml: 'sources[0].path' is a list but must be text (line 9)
            path: a.txt   | path: 5       | tiny.yaml: 'sources[0].path' is the number 5 but must be text (line 9); put it in quotes
            weight: 0.5}  | weight: x}    | tiny.yaml: 'sources[1].weight' is the text "x" but must be a number (line 11)
            name: tiny    | steps: 1      | tiny.yaml: the key 'steps' is there twice (line 3)
            """)
        void a(String from, String to, String message) {
            assertThat(YAML).contains(from);
            assertThat(refusal(YAML.replace(from, to))).isEqualTo(message);
        }

        @Test
        void sectionsThatAreNot() {
            assertThat(refusal("name: x\nsteps: 1\nshuffle: true\noptimizer: 5\n"))
                    .isEqualTo("tiny.yaml: 'optimizer' is the number 5 but must be a section with keys (line 4)");
            assertThat(refusal(YAML.replaceAll("(?s)sources:.*objective", "sources: a.txt\nobjective")))
                    .isEqualTo("tiny.yaml: 'sources' is the text \"a.txt\" but must be a list (line 8)");
            assertThat(refusal(YAML.replace("  - {path: b.txt, weight: 0.5}", "  -")))
                    .startsWith("tiny.yaml: 'sources[1]' is empty but must be ");
        }

        @Test
        void documentsThatAreNotOneMapping() {
            assertThat(refusal("")).isEqualTo("tiny.yaml: is empty; a recipe has keys and values");
            assertThat(refusal("# only a comment\n")).isEqualTo("tiny.yaml: is empty; a recipe has keys and values");
            assertThat(refusal("- a\n")).isEqualTo("tiny.yaml: must be a list of 'key: value' lines, but is a list");
            assertThat(refusal(YAML + "---\n" + YAML)).contains("more than one YAML document");
        }

        @Test
        void malformedYamlWithItsLine() {
            assertThat(refusal("name: tiny\nsteps: [1, 2\nshuffle: true\n"))
                    .startsWith("tiny.yaml: not YAML: ")
                    .endsWith("(line 3)");
            assertThat(refusal("name: tiny\n\tsteps: 1\n"))
                    .startsWith("tiny.yaml: not YAML: ")
                    .endsWith("(line 2)");
        }

        @Test
        void aliasesSoThatNoBombIsBuilt() {
            assertThat(refusal("a: &x [1]\nb: [*x, *x]\n"))
                    .isEqualTo("tiny.yaml: the alias '*x' is not allowed (line 2); write the value out");
        }

        @Test
        void nestingWithoutEnd() {
            assertThat(refusal("a: " + "[".repeat(100_000))).startsWith("tiny.yaml: not YAML: ");
        }
    }

    @Nested
    class Sets {
        @Test
        void replaceValues() {
            Recipe recipe = parse(
                    YAML,
                    "optimizer.lr=1e-4",
                    "name=a=b",
                    "sources[1].weight=2",
                    "sources.0={path: c.txt, weight: 3}",
                    "budgets.x=7",
                    "optimizer.schedule=");
            assertThat(recipe.optimizer()).isEqualTo(new Optimizer(1e-4, Optional.of(0.1), Optional.empty()));
            assertThat(recipe.name()).isEqualTo("a=b");
            assertThat(recipe.sources())
                    .containsExactly(new Source(Path.of("c.txt"), 3), new Source(Path.of("b.txt"), 2));
            assertThat(recipe.budgets()).contains(Map.of("x", 7L));
        }

        @Test
        void takeLists() {
            assertThat(parse(YAML, "sources=[{path: x, weight: 1}]").sources())
                    .containsExactly(new Source(Path.of("x"), 1));
        }

        @Test
        void winInOrder() {
            assertThat(parse(YAML, "steps=1", "steps=2").steps()).isEqualTo(2);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            optimizer.lrr=1   | tiny.yaml: unknown key 'optimizer.lrr' (--set optimizer.lrr=1); did you mean 'optimizer.lr'?
            optimiser.lr=1    | tiny.yaml: unknown key 'optimiser' (--set optimiser.lr=1); did you mean 'optimizer'?
            optimizer.lr=fast | tiny.yaml: 'optimizer.lr' is the text "fast" but must be a number (--set optimizer.lr=fast)
            optimizer={lr: x} | tiny.yaml: 'optimizer.lr' is the text "x" but must be a number (--set optimizer={lr: x})
            optimizer.lr=     | tiny.yaml: 'optimizer.lr' is empty but must be a number (--set optimizer.lr=)
            steps.x=1         | tiny.yaml: 'steps' is the number 200, not a section with keys (--set steps.x=1)
            sources[2].path=x | tiny.yaml: 'sources' is a list of 2 and has no item '2' (--set sources[2].path=x)
            sources.x=x       | tiny.yaml: 'sources' is a list of 2 and has no item 'x' (--set sources.x=x)
            steps             | --set steps: write it as path=value, for example --set optimizer.lr=1e-4
            a..b=1            | --set a..b=1: 'a..b' is not a path like optimizer.lr
            """)
        void areAsStrictAsTheFile(String assignment, String message) {
            assertThat(refusal(YAML, assignment)).isEqualTo(message);
        }

        @Test
        void refuseMalformedValues() {
            assertThat(refusal(YAML, "steps=[1")).startsWith("--set steps=[1: the value is not YAML: ");
        }
    }

    @Nested
    class Reading {
        @TempDir
        Path folder;

        @Test
        void aFileNamesItInMessages() throws IOException {
            Path file = Files.writeString(folder.resolve("r.yaml"), YAML);
            assertThat(RecipeReader.read(file, List.of(), Recipe.class)).isEqualTo(RECIPE);
            Files.writeString(file, YAML + "x: 1\n");
            assertThatThrownBy(() -> RecipeReader.read(file, List.of(), Recipe.class))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(file + ": unknown key 'x' (line 15); known: ");
        }

        @Test
        void whatIsNoRecipeFile() throws IOException {
            assertThatThrownBy(() -> RecipeReader.read(folder.resolve("none.yaml"), List.of(), Recipe.class))
                    .isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> RecipeReader.read(folder, List.of(), Recipe.class))
                    .hasMessage(folder + ": is a folder; name the recipe file in it");
            Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, 0, 1});
            assertThatThrownBy(() -> RecipeReader.read(binary, List.of(), Recipe.class))
                    .hasMessage(binary + ": is not UTF-8 text, so it is not a recipe");
            Path large = Files.write(folder.resolve("l.yaml"), new byte[(1 << 20) + 1]);
            assertThatThrownBy(() -> RecipeReader.read(large, List.of(), Recipe.class))
                    .hasMessage(large + ": is larger than 1 MiB, so it is not a recipe");
        }
    }

    /// Whatever the text, it is a recipe or it is refused in one line.
    @Test
    void damagedTextIsReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "abc:-[]{}&*!|>'\"%@`#?, \n\t.019~=<\\\u0000é";
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(YAML);
            for (int edit = random.nextInt(1, 6); edit > 0; edit--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 20)));
                }
            }
            try {
                parse(text.toString());
            } catch (IllegalArgumentException e) {
                refused++;
                assertThat(e.getMessage()).as("seed %d, round %d", seed, round).doesNotContain("\n");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round + ":\n" + text, e);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(1500, 2999);
    }
}
