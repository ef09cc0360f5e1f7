package dev.cortado.cli;

import dev.cortado.bench.GemmBench;
import dev.cortado.bench.GenerateBench;
import dev.cortado.bench.TrainBench;
import dev.cortado.model.CausalLm;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cortado bench`: how fast it is here.
@Command(name = "bench", description = "Measure speed on this machine.")
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// The command with its subcommands.
    static CommandLine line(Output output) {
        return new CommandLine(new BenchCommand())
                .addSubcommand(new Gemm(output))
                .addSubcommand(new Train(output))
                .addSubcommand(new Generate(output))
                .addSubcommand(new TokenizerSpeed(output))
                .addSubcommand(new AttentionSpeed(output))
                .addSubcommand(new FamiliesSpeed(output));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name what to measure: gemm, train, generate, tokenizer, attention or families");
    }

    /// Where to measure.
    private static final class Place {
        @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
        private String device = "cpu";

        Device device() {
            return Device.parse(device);
        }
    }

    /// `cortado bench gemm`.
    @Command(name = "gemm", description = "Matrix products: the ceiling of everything else.")
    static final class Gemm implements Callable<Integer> {
        private final Output output;

        @Mixin
        private Place place = new Place();

        Gemm(Output output) {
            this.output = output;
        }

        @Override
        public Integer call() {
            GemmBench.Report report = GemmBench.run(place.device());
            output.result(
                    report,
                    report.rates().stream()
                            .map(rate -> String.format(
                                    Locale.ROOT, "%-5s %5d  %8.0f GFLOP/s", rate.dtype(), rate.size(), rate.gflops()))
                            .collect(Collectors.joining("\n")));
            return 0;
        }
    }

    /// `cortado bench train`.
    @Command(
            name = "train",
            description =
                    "Training at the reference shape (12 M parameters, 16 rows of 256) beside LibTorch's stock path.")
    static final class Train implements Callable<Integer> {
        private final Output output;

        @Mixin
        private Place place = new Place();

        @Option(names = "--precision", defaultValue = "BF16", description = "f32 or bf16 (default: bf16).")
        private DType precision = DType.BF16;

        @Option(names = "--steps", defaultValue = "15", description = "Steps of each (default: ${DEFAULT-VALUE}).")
        private int steps;

        Train(Output output) {
            this.output = output;
        }

        @Override
        public Integer call() {
            if (steps < 1) {
                throw new IllegalArgumentException("steps " + steps + " must be at least 1");
            }
            TrainBench.Report r = TrainBench.run(place.device(), precision, steps, output::note);
            output.result(
                    r,
                    "ours  %,.0f tokens/s, %.0f %% of the %,.0f GFLOP/s ceiling%nstock %,.0f tokens/s%nratio %.2f%npeak memory %s, with the plain head %s"
                            .formatted(
                                    r.tokensPerSecond(),
                                    100 * r.ceilingShare(),
                                    r.ceilingGflops(),
                                    r.stockTokensPerSecond(),
                                    r.ratio(),
                                    megabytes(r.peakBytes()),
                                    megabytes(r.peakBytesPlainHead())));
            return 0;
        }

        private static String megabytes(java.util.OptionalLong bytes) {
            return bytes.isPresent() ? "%,d MB".formatted(bytes.getAsLong() / 1_000_000) : "unknown on this system";
        }
    }

    /// `cortado bench generate`.
    @Command(name = "generate", description = "Reading a prompt and writing tokens, with a model of yours.")
    static final class Generate implements Callable<Integer> {
        private final Output output;

        @Mixin
        private ModelOptions options = new ModelOptions();

        @Option(
                names = "--prompt-tokens",
                defaultValue = "128",
                description = "Length of the prompt (default: ${DEFAULT-VALUE}).")
        private int promptTokens;

        @Option(
                names = "--new-tokens",
                defaultValue = "100",
                description = "Tokens to write (default: ${DEFAULT-VALUE}).")
        private int newTokens;

        @Option(
                names = "--repetitions",
                defaultValue = "5",
                description = "The median of so many (default: ${DEFAULT-VALUE}).")
        private int repetitions;

        Generate(Output output) {
            this.output = output;
        }

        @Override
        public Integer call() throws Exception {
            if (repetitions < 1) {
                throw new IllegalArgumentException("repetitions " + repetitions + " must be at least 1");
            }
            try (CausalLm model = options.openDecoder()) {
                GenerateBench.Report r =
                        GenerateBench.run(model, options.precision, promptTokens, newTokens, repetitions);
                output.result(
                        r,
                        "prefill %,.0f tokens/s, decode %,.0f tokens/s (%,d parameters, prompt of %d)"
                                .formatted(r.prefill(), r.decode(), r.parameters(), r.promptTokens()));
            }
            return 0;
        }
    }
}
