package dev.cortado.cli;

import dev.cortado.world.WorldFiles;
import dev.cortado.world.WorldFiles.Written;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `cortado data`: makes and examines training text.
@Command(
        name = "data",
        description = "Make training text.",
        mixinStandardHelpOptions = true,
        subcommands = DataCommand.WorldCommand.class)
public final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /// Picocli fills in the rest.
    public DataCommand() {
        spec = CommandSpec.create();
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name what to do: cortado data world --out DIR");
    }

    /// `cortado data world`: writes the embedded world.
    @Command(
            name = "world",
            description = "Write simple English stories and papers with the facts behind them.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  cortado data world --out world                        20 MB of text from seed 1",
                "  cortado data world --out small --megabytes 1 --seed 7 --json"
            })
    public static final class WorldCommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

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

        @Option(names = "--json", description = "One JSON object on standard output.")
        private boolean json;

        /// Picocli fills in the rest.
        public WorldCommand() {
            spec = CommandSpec.create();
        }

        @Override
        public Integer call() throws Exception {
            PrintWriter err = spec.commandLine().getErr();
            long began = System.nanoTime();
            long[] tenths = {0};
            Written written = WorldFiles.write(out, new WorldFiles.Options(megabytes, seed, force), (bytes, total) -> {
                long tenth = 10 * bytes / total;
                if (tenth > tenths[0]) {
                    tenths[0] = tenth;
                    err.printf("%,d of %,d bytes of text%n", bytes, total);
                    err.flush();
                }
            });
            double seconds = (System.nanoTime() - began) / 1e9;
            err.printf(
                    "%s: %,d training and %,d held-out documents, %.1f MB of text in %.1f s%n",
                    written.folder(),
                    written.train().documents(),
                    written.heldOut().documents(),
                    (written.train().bytes() + written.heldOut().bytes()) / 1e6,
                    seconds);
            err.flush();
            if (json) {
                Map<String, Object> report = new LinkedHashMap<>();
                report.put("folder", written.folder().toString());
                report.put("seed", seed);
                report.put("train", written.train());
                report.put("heldOut", written.heldOut());
                report.put("files", written.files().stream().map(Path::toString).toList());
                report.put("seconds", seconds);
                PrintWriter stdout = spec.commandLine().getOut();
                stdout.println(JsonMapper.shared().writeValueAsString(report));
                stdout.flush();
            }
            return 0;
        }
    }
}
