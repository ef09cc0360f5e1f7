package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.cli.Shell.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `cortado train` refuses: exit code 2, one line that names the thing, and no run folder left behind.
class TrainRefusalsTest {
    @TempDir
    Path folder;

    private Path recipe;
    private Path text;
    private Path run;

    @BeforeEach
    void write() throws IOException {
        text = Shell.text(folder.resolve("text.txt"));
        recipe = Shell.recipe(folder.resolve("tiny.yaml"), text);
        run = folder.resolve("run");
    }

    private Ended train(String... more) {
        List<Object> words = new ArrayList<>(List.of("train", recipe, "--out", run));
        words.addAll(List.of(more));
        return Shell.run(words.toArray());
    }

    private static String complaint(Ended ended) {
        List<String> lines =
                ended.err().lines().filter(line -> line.startsWith("cortado: ")).toList();
        assertThat(lines).as(ended.err()).hasSize(1);
        assertThat(ended.err().lines().toList()).as("the complaint comes last").endsWith(lines.getFirst());
        assertThat(ended.out()).isEmpty();
        return lines.getFirst();
    }

    private void refused(Ended ended, String... words) {
        assertThat(complaint(ended)).contains(words);
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(run).as("nothing is left behind").doesNotExist();
    }

    private void refusedWith(String set, String... words) {
        refused(train("--set", set), words);
    }

    @Test
    void filesThatAreMissing() {
        refusedWith("data.path=" + folder.resolve("none.txt"), "none.txt: no such file or folder");
        refusedWith("data.heldOut.path=" + folder.resolve("none.txt"), "none.txt: no such file or folder");
        refusedWith("tokenizer={path: " + folder.resolve("none") + "}", "none: no such file or folder");
        recipe = folder.resolve("none.yaml");
        refused(train(), "none.yaml: no such file or folder");
    }

    @Test
    void textThatIsNone() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.txt"));
        refusedWith("data.path=" + empty, empty.toString(), "is empty");
        Path latin = folder.resolve("latin.txt");
        Files.writeString(latin, "größer".repeat(1000), StandardCharsets.ISO_8859_1);
        refusedWith("data.path=" + latin, latin.toString(), "is not UTF-8 at byte 2", "convert");
        Path lines = Files.writeString(folder.resolve("lines.jsonl"), "{\"text\":\"good\"}\n{\"text\":\n");
        refusedWith("data.path=" + lines, lines.toString(), "2");
        refusedWith("data.path=" + recipe, recipe.toString(), "unknown extension");
        refusedWith("data.path=", "data.path", "is empty");
    }

    @Test
    void textThatIsTooLittle() throws IOException {
        Path little = Files.writeString(folder.resolve("little.txt"), "one line\nand another\n");
        refusedWith("data.path=" + little, "the corpus has only", "a row of contextLength 32 needs 33");
        Path oneLine = Files.writeString(folder.resolve("line.txt"), "one line ".repeat(500));
        refusedWith("data.path=" + oneLine, "no document with text", "the last 0.1");
    }

    @Test
    void recipesThatAreWrong() throws IOException {
        refusedWith("optimizer.leraningRate=1", "leraningRate");
        refusedWith("model.contextLenght=64", "model", "contextLenght", "did you mean", "contextLength");
        refusedWith("training.steps=many", "training.steps", "many");
        refusedWith("training.steps=3.5", "training.steps", "3.5");
        refusedWith("training.steps=0", "training", "steps 0 must be at least 1");
        refusedWith("training.minutes=1", "training", "give steps or minutes, not both");
        refusedWith("training.precision=f16", "training", "precision F16: use f32 or bf16");
        refusedWith("training.batchRows=0", "training", "batchRows 0");
        refusedWith("training.evaluateRows=0", "training", "evaluateRows 0");
        refusedWith("training.clip=0", "training", "clip 0.0");
        refusedWith("training.accumulation=0", "training", "accumulation 0");
        refusedWith("training.device=tpu", "device 'tpu': use cpu or cuda:N");
        refusedWith("model.heads=5", "model", "width 64 is not divisible by heads 5");
        refusedWith("model.kvHeads=3", "model", "heads 4 is not divisible by kvHeads 3");
        refusedWith("model.depth=0", "model", "depth 0 must be 1 to 1000");
        refusedWith("tokenizer.vocabSize=256", "vocabulary size 256 is too small");
        refusedWith("data.heldOut={tail: 0.1, sample: 0.1}", "heldOut", "give exactly one of tail, sample and path");
        refusedWith("data.heldOut.tail=1.5", "heldOut", "1.5");
        refusedWith("optimizer.lr=-1", "optimizer", "-1");
        refusedWith("schedule.warmup=2", "schedule", "warm-up 2.0");
        Files.writeString(recipe, "data: [");
        refused(train(), recipe.toString());
        Files.writeString(recipe, "");
        refused(train(), recipe.toString());
        recipe = folder;
        refused(train(), folder.toString());
    }

    @Test
    void aTokenizerThatDoesNotSeparateDocuments() {
        Path tokenizer = folder.resolve("other");
        Shell.run("tokenizer", "train", "--out", tokenizer, "--vocab-size", 300, "--special", "<|end|>", text);
        refusedWith("tokenizer={path: " + tokenizer + "}", "<|endoftext|>", "tokenizer.path", "[<|end|>]");
    }

    @Test
    void aFolderThatWasThereStaysThere() throws IOException {
        Files.createDirectory(run);
        Ended ended = train("--set", "data.path=" + folder.resolve("none.txt"));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
        Files.createDirectory(run);
        Files.writeString(run.resolve("thesis.txt"), "ten years");
        Ended ended = train();
        assertThat(ended.code()).isEqualTo(2);
        assertThat(complaint(ended)).contains(run.toString(), "--resume", "--out");
        assertThat(Shell.files(run)).containsExactly("thesis.txt");
        assertThat(run.resolve("thesis.txt")).hasContent("ten years");
    }

    @Test
    void resumingWhatIsNotThere() throws IOException {
        refused(train("--resume"), run.resolve("run.json").toString());
        Files.createDirectory(run);
        assertThat(train("--resume").code()).isEqualTo(2);
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void resumingAnotherRun() throws IOException {
        assertThat(train("--set", "training.steps=5").code()).isZero();
        List<String> before = Shell.files(run);
        byte[] model = Files.readAllBytes(run.resolve("model/model.safetensors"));

        Ended other = train("--set", "training.steps=6", "--resume");
        assertThat(complaint(other)).contains(run.toString(), "begun with another recipe", "--out");
        assertThat(other.code()).isEqualTo(2);
        Ended notResumed = train("--set", "training.steps=5");
        assertThat(complaint(notResumed)).contains("already holds a run", "--resume");
        assertThat(notResumed.code()).isEqualTo(2);
        Ended gone = train("--set", "training.steps=5", "--set", "data.path=" + folder.resolve("none.txt"), "--resume");
        assertThat(complaint(gone)).contains("none.txt: no such file or folder");
        assertThat(gone.code()).isEqualTo(2);

        Files.writeString(run.resolve("run.json"), "{\"recipe\":");
        Ended broken = train("--set", "training.steps=5", "--resume");
        assertThat(complaint(broken)).contains(run.resolve("run.json").toString(), "is not valid JSON");
        assertThat(broken.code()).isEqualTo(2);

        assertThat(Shell.files(run)).as("nothing is lost").isEqualTo(before);
        assertThat(Files.readAllBytes(run.resolve("model/model.safetensors"))).isEqualTo(model);
    }

    /// The work fails, so the code is 1, and what was saved before the loss was lost is there.
    @Test
    void aRunThatDiverges() throws IOException {
        Ended ended = train("--set", "optimizer.lr=1e30", "--set", "training.checkpointEvery=1");
        assertThat(complaint(ended)).contains("training diverged at step", "lower optimizer.lr");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(run.resolve("run.json")).exists();
        assertThat(run.resolve("model/model.safetensors")).doesNotExist();
        for (String file : Shell.files(run)) {
            assertThat(file).doesNotContain(".tmp");
        }
    }
}
