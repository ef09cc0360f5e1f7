package dev.cortado.cli;

import dev.cortado.bench.AttentionBench;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `cortado bench attention`.
@Command(
        name = "attention",
        description = {
            "Time and memory of a training step of attention (8 heads of 64 channels) by the length of the text, for"
                    + " every way of mixing tokens, and how they grow. Takes minutes.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado bench attention --causal",
            "  cortado bench attention --lengths 512,1024,2048 --precision f32 --json"
        })
final class AttentionSpeed implements Callable<Integer> {
    private static final int LONGEST = 1 << 20;

    private final Output output;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Option(names = "--precision", defaultValue = "F32", description = "f32 or bf16 (default: f32).")
    private DType precision = DType.F32;

    @Option(names = "--causal", description = "Tokens see the past only; Linformer, which cannot, is left out.")
    private boolean causal;

    @Option(
            names = "--lengths",
            split = ",",
            defaultValue = "512,1024,2048,4096,8192",
            paramLabel = "N",
            description = "Tokens of a text (default: ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    AttentionSpeed(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        for (int length : lengths) {
            if (length < 1 || length > LONGEST) {
                throw new IllegalArgumentException("--lengths: " + length + " must be 1 to " + LONGEST);
            }
        }
        if (precision != DType.F32 && precision != DType.BF16) {
            throw new IllegalArgumentException("--precision " + precision + ": use f32 or bf16");
        }
        long limit = AttentionBench.Settings.usual(precision, causal).weightsLimit();
        var settings = new AttentionBench.Settings(
                precision, causal, lengths.stream().distinct().sorted().toList(), limit);
        AttentionBench.Report report = AttentionBench.run(Device.parse(device), settings, output::note);
        output.result(report, report.table().stripTrailing());
        return 0;
    }
}
