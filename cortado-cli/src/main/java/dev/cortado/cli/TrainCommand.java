package dev.cortado.cli;

import dev.cortado.recipe.Pretraining;
import dev.cortado.recipe.RecipeReader;
import dev.cortado.recipe.RunFolder;
import dev.cortado.recipe.TrainRecipe;
import dev.cortado.train.TrainingLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cortado train`: carries out a recipe.
@Command(
        name = "train",
        description = "Train a model as a recipe says. Ctrl-C saves and stops; --resume goes on.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado train recipes/shakespeare.yaml --set data.path=shakespeare.txt",
            "  cortado train recipes/world.yaml --set model.depth=8 --set training.minutes=60 --out runs/bigger",
            "  cortado train recipes/world.yaml --resume"
        })
final class TrainCommand implements Callable<Integer> {
    private final Output output;
    private final StopSignal stop;

    @Parameters(paramLabel = "RECIPE", description = "A YAML recipe.")
    private Path recipe = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replace a value of the recipe, such as optimizer.lr=1e-4; may be given several times.")
    private List<String> sets = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder (default: runs/ and the recipe's name).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--resume", description = "Go on with the run in the folder.")
    private boolean resume;

    TrainCommand(Output output, StopSignal stop) {
        this.output = output;
        this.stop = stop;
    }

    /// What `--json` prints.
    record Report(
            String run,
            String model,
            boolean finished,
            long steps,
            long tokens,
            long parameters,
            double seconds,
            double tokensPerSecond,
            double heldOutLoss,
            double heldOutPerplexity,
            double heldOutBitsPerByte) {
        static Report of(Path run, Pretraining.Result result) {
            TrainingLoop.Outcome outcome = result.outcome();
            return new Report(
                    run.toString(),
                    result.model().toString(),
                    outcome.finished(),
                    outcome.steps(),
                    outcome.tokens(),
                    result.parameters(),
                    outcome.seconds(),
                    outcome.tokens() / Math.max(1e-9, outcome.seconds()),
                    result.heldOut().loss(),
                    result.heldOut().perplexity(),
                    result.heldOut().bitsPerByte());
        }

        String text() {
            return "%s after %,d steps and %,d tokens in %.0f s: held-out %.4f nats a token, perplexity %.2f, %.4f bits per byte%n%s"
                    .formatted(
                            finished ? "done" : "stopped",
                            steps,
                            tokens,
                            seconds,
                            heldOutLoss,
                            heldOutPerplexity,
                            heldOutBitsPerByte,
                            finished
                                    ? "model: " + model
                                    : "go on with: the same command and --resume   (model so far: " + model + ")");
        }
    }

    @Override
    public Integer call() throws Exception {
        TrainRecipe what = RecipeReader.read(recipe, sets, TrainRecipe.class);
        Path folder = out.orElseGet(() -> Path.of("runs", name(recipe)));
        RunFolder run = resume ? RunFolder.open(folder) : RunFolder.create(folder);
        try (var console = new TrainingConsole(output)) {
            Pretraining.Result result =
                    new Pretraining(what, run, console).run(Environment.describe(), resume, stop.heed());
            console.finish();
            Report report = Report.of(folder, result);
            output.result(report, report.text());
        }
        return 0;
    }

    private static String name(Path recipe) {
        String file = String.valueOf(recipe.getFileName());
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }
}
