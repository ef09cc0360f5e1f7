package dev.cortado.cli;

import dev.cortado.world.WorldFiles;
import dev.cortado.world.WorldFiles.Written;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cortado data`: makes training text.
@Command(name = "data", description = "Make training text.")
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name what to do: cortado data world --out DIR");
    }

    /// `cortado data world`: writes the embedded world.
    @Command(
            name = "world",
            description = "Write simple English stories and papers with the facts behind them.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  cortado data world --out world                        20 MB of text from seed 1",
                "  cortado data world --out small --megabytes 1 --seed 7 --json"
            })
    static final class World implements Callable<Integer> {
        private final Output output;

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
        private Path out = Path.of("world");

        @Option(
                names = "--megabytes",
                paramLabel = "N",
                defaultValue = "20",
                description = "Training text in megabytes, JSON not counted (default: ${DEFAULT-VALUE}).")
        private double megabytes;

        @Option(
                names = "--seed",
                paramLabel = "S",
                defaultValue = "1",
                description = "Same seed, same bytes (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Option(names = "--force", description = "Replace a folder that is not empty.")
        private boolean force;

        World(Output output) {
            this.output = output;
        }

        /// What `--json` prints.
        record Report(
                String folder,
                long seed,
                WorldFiles.SplitCount train,
                WorldFiles.SplitCount heldOut,
                List<String> files,
                double seconds) {}

        @Override
        public Integer call() throws Exception {
            long began = System.nanoTime();
            long[] tenths = {0};
            Written written = WorldFiles.write(out, new WorldFiles.Options(megabytes, seed, force), (bytes, total) -> {
                long tenth = 10 * bytes / total;
                if (tenth > tenths[0]) {
                    tenths[0] = tenth;
                    output.note("%,d of %,d bytes of text".formatted(bytes, total));
                }
            });
            double seconds = (System.nanoTime() - began) / 1e9;
            output.result(
                    new Report(
                            written.folder().toString(),
                            seed,
                            written.train(),
                            written.heldOut(),
                            written.files().stream().map(Path::toString).toList(),
                            seconds),
                    "%s: %,d training and %,d held-out documents, %.1f MB of text in %.1f s"
                            .formatted(
                                    written.folder(),
                                    written.train().documents(),
                                    written.heldOut().documents(),
                                    (written.train().bytes() + written.heldOut().bytes()) / 1e6,
                                    seconds));
            return 0;
        }
    }
}
