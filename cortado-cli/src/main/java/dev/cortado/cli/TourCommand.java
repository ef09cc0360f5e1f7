package dev.cortado.cli;

import dev.cortado.cli.tour.Tour;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `cortado tour`: everything once.
@Command(
        name = "tour",
        description = "The whole life cycle on the embedded world: text, tokenizer, pre-training, evaluation, stories.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tour                       about 6 minutes on 2 cores; leaves runs/tour",
            "  cortado tour --quick               about a minute: shows that everything works",
            "  cortado generate --model runs/tour/model --prompt \"One morning\""
        })
final class TourCommand implements Callable<Integer> {
    private final Output output;
    private final StopSignal stop;

    @Option(names = "--quick", description = "Less of everything.")
    private boolean quick;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/tour",
            description = "Run folder; an earlier tour in it is replaced (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("runs/tour");

    @Option(names = "--seed", defaultValue = "1", description = "Of the world, the model and the samples.")
    private long seed = 1;

    TourCommand(Output output, StopSignal stop) {
        this.output = output;
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        Tour.Plan plan = quick ? Tour.Plan.quick(seed) : Tour.Plan.full(seed);
        try (var console = new TrainingConsole(output)) {
            Map<String, Object> found =
                    Tour.walk(plan, out, Environment.describe(), console, output::note, stop.heed());
            output.result(
                    found,
                    "%nThe tour took %.0f s. Everything is in %s; go on with%n  ./cortado generate --model %s --prompt \"One morning\""
                            .formatted((Double) found.getOrDefault("totalSeconds", 0.0), out, out.resolve("model")));
        }
        return 0;
    }
}
