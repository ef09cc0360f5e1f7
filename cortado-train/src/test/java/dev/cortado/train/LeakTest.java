package dev.cortado.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.train.checkpoint.CheckpointStore;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.optim.AdamW;
import dev.cortado.train.optim.Schedule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A thousand steps hold as much memory as two hundred.
class LeakTest {
    private static final int STEPS = 1000;
    private static final int WARM = 200;

    /// Growth of resident memory from step 200 to step 1,000. Of it, the just-in-time compiler takes some 13 MB
    /// while it works; 24 MB are 30 KB a step: 75 bytes in each of the 400 tensors of a step.
    private static final long MOST_GROWTH = 24L << 20;

    @TempDir
    Path folder;

    /// In a process of its own with a heap that is all there from the start, so that what grows is native memory.
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its resident memory is trimmed by the system as it likes")
    void memoryStaysFlat() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--") || option.startsWith("-Dorg.bytedeco"))
                .forEach(command::add);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                Trainer.class.getName(),
                folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MALLOC_ARENA_MAX", "1"); // as the launcher does
        builder.environment().put("OMP_WAIT_POLICY", "passive"); // no spinning where others work too
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        Map<String, Long> numbers = new TreeMap<>();
        said.lines().filter(line -> line.startsWith("number ")).forEach(line -> {
            String[] words = line.split(" ", -1);
            numbers.put(words[1], Long.valueOf(words[2]));
        });
        assertThat(numbers).as(said).containsEntry("steps", (long) STEPS);
        assertThat(numbers.get("mostLive")).as("live tensors between steps").isEqualTo(numbers.get("leastLive"));
        assertThat(numbers.get("growth"))
                .as("bytes from step %d to %d: %s", WARM, STEPS, numbers)
                .isLessThan(MOST_GROWTH);
    }

    /// The child process.
    static final class Trainer {
        private Trainer() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            PipelineTokenizer tokenizer = Tiny.tokenizer();
            var watch = new Watch();
            try (TokenStore store = Tiny.store(folder.resolve("tokens"), Tiny.texts(60), tokenizer);
                    CausalLm model = Tiny.model(tokenizer.vocabSize());
                    var optimizer = new AdamW(model.parameters(), new AdamW.Settings(0.9, 0.95, 1e-8, 0.1))) {
                Rows rows = new Rows(store, Tiny.CONTEXT);
                var settings = new TrainingSettings(
                        new Horizon.Steps(STEPS),
                        1,
                        new Schedule(1e-3, 0.1, Schedule.Decay.COSINE, 0.1),
                        1,
                        DType.BF16,
                        ComputeForm.FUSED,
                        100,
                        100);
                new TrainingLoop<>(
                                model,
                                new CausalObjective(CausalObjective.Head.CHUNKED),
                                new Batches(rows, 2, 7),
                                optimizer,
                                settings,
                                new CheckpointStore(folder.resolve("checkpoints")),
                                new Evaluation.Task(rows, tokenizer, 8, 4),
                                watch)
                        .run(() -> false);
            }
            watch.tell();
        }
    }

    private static final class Watch implements TrainingListener {
        private long steps;
        private long leastLive = Long.MAX_VALUE;
        private long mostLive;
        private long warm;
        private long last;

        @Override
        public void stepped(StepReport report) {
            steps = report.step();
            leastLive = Math.min(leastLive, Scope.liveTensors());
            mostLive = Math.max(mostLive, Scope.liveTensors());
            if (steps == WARM) {
                warm = LibTorch.residentBytes();
            }
            last = LibTorch.residentBytes();
        }

        void tell() {
            System.out.println("number steps " + steps);
            System.out.println("number leastLive " + leastLive);
            System.out.println("number mostLive " + mostLive);
            System.out.println("number warm " + warm);
            System.out.println("number growth " + (last - warm));
        }
    }
}
