package dev.cortado.cli.tour;

import dev.cortado.recipe.Pretraining;
import dev.cortado.recipe.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The whole life cycle on the embedded world, stage by stage, in one run folder.
public final class Tour {
    private static final String RECORD = "tour.json";

    private static final List<Stage> STAGES =
            List.of(new WorldStage(), new PretrainingStage(), new CompressionStage(), new StoriesStage());

    private Tour() {}

    /// How much is done.
    ///
    /// @param megabytes of text
    /// @param vocabSize of the tokenizer
    /// @param depth     of the model
    /// @param minutes   of training
    /// @param stories   samples at the end
    public record Plan(double megabytes, int vocabSize, int depth, double minutes, int stories, long seed) {
        /// About six minutes on two cores.
        public static Plan full(long seed) {
            return new Plan(12, 1536, 4, 5, 3, seed);
        }

        /// About a minute: shows that everything works, not what it can do.
        public static Plan quick(long seed) {
            return new Plan(1, 768, 2, 0.4, 1, seed);
        }
    }

    /// Walks through all stages.
    ///
    /// @param folder an earlier tour there is replaced; anything else there is refused
    /// @return what was found out, by name
    public static Map<String, Object> walk(
            Plan plan,
            Path folder,
            Map<String, Object> environment,
            Pretraining.Listener console,
            Consumer<String> out,
            BooleanSupplier stop)
            throws Exception {
        if (Files.isRegularFile(folder.resolve(RECORD))) {
            delete(folder);
        }
        RunFolder run = RunFolder.create(folder);
        run.writeJson(RECORD, plan);
        Trip trip = new Trip(plan, run, console, out, stop, environment);
        long begin = System.nanoTime();
        Map<String, Double> seconds = new LinkedHashMap<>();
        int number = 0;
        for (Stage stage : STAGES) {
            long stageBegin = System.nanoTime();
            out.accept("\n── %d/%d  %s".formatted(++number, STAGES.size(), stage.title()));
            stage.run(trip);
            seconds.put(stage.title(), (System.nanoTime() - stageBegin) / 1e9);
            if (stop.getAsBoolean()) {
                throw new IllegalStateException("the tour was stopped during: " + stage.title());
            }
        }
        trip.found("seconds", seconds);
        trip.found("totalSeconds", (System.nanoTime() - begin) / 1e9);
        trip.found("stories", trip.stories());
        trip.found("run", folder.toString());
        run.writeJson(RECORD, Map.of("plan", plan, "found", trip.findings()));
        return trip.findings();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
