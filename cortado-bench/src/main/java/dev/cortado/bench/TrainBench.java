package dev.cortado.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.Llama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.train.objective.Batch;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.objective.Loss;
import dev.cortado.train.optim.AdamW;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Speed of training at the reference shape, beside the stock path in the same run: the same model with LibTorch's
/// own attention, and cross-entropy over all logits. Blocks of steps of both alternate, so that a noisy machine is
/// noisy for both.
public final class TrainBench {
    /// 12.2 million parameters.
    private static final LlamaSpec REFERENCE = new LlamaSpec(4096, 256, 384, 6, 6, 6, 64, 1024, 1e-5, 10_000, true);

    private static final int ROWS = 16;
    private static final int WARMUP = 3;

    /// Steps one path takes before the other has its turn: a run in progress, not one that finds the caches full
    /// of the other's data; and yet both see the same minutes.
    private static final int BLOCK = 5;

    private TrainBench() {}

    /// What was measured.
    ///
    /// @param ratio        our tokens a second over the stock path's
    /// @param ceilingShare share of the measured matrix-product ceiling that our path's useful operations reach
    /// @param peakBytes    most memory resident during our steps, the whole process
    public record Report(
            long parameters,
            int rows,
            @JsonProperty("context_length") int contextLength,
            DType precision,
            int steps,
            @JsonProperty("tokens_per_second") double tokensPerSecond,
            @JsonProperty("stock_tokens_per_second") double stockTokensPerSecond,
            double ratio,
            @JsonProperty("flops_per_token") double flopsPerToken,
            @JsonProperty("ceiling_gflops") double ceilingGflops,
            @JsonProperty("ceiling_share") double ceilingShare,
            @JsonProperty("peak_bytes") OptionalLong peakBytes,
            @JsonProperty("peak_bytes_plain_head") OptionalLong peakBytesPlainHead,
            double loss,
            @JsonProperty("stock_loss") double stockLoss) {}

    /// Measures `steps` steps of each path.
    public static Report run(Device device, DType precision, int steps, Consumer<String> note) {
        note.accept("measuring the matrix-product ceiling …");
        double ceiling = GemmBench.run(device).ceiling(precision);
        var ours = new Path(device, precision, ComputeForm.fastest(device), CausalObjective.Head.CHUNKED);
        var stock = new Path(device, precision, ComputeForm.LIBRARY, CausalObjective.Head.PLAIN);
        try (ours) {
            note.accept("one step's memory …");
            Memory.resetPeak();
            ours.step();
            ours.step();
            OptionalLong chunked = Memory.peak();
            Memory.resetPeak();
            ours.step(CausalObjective.Head.PLAIN);
            ours.step(CausalObjective.Head.PLAIN);
            OptionalLong plain = Memory.peak();
            try (stock) {
                for (int i = 0; i < WARMUP; i++) {
                    ours.step();
                    stock.step();
                }
                List<Double> ourTimes = new ArrayList<>();
                List<Double> stockTimes = new ArrayList<>();
                for (int left = steps; left > 0; left -= BLOCK) {
                    int block = Math.min(BLOCK, left);
                    ourTimes.addAll(ours.steps(block));
                    stockTimes.addAll(stock.steps(block));
                    note.accept("%d of %d steps: ours %.0f ms, stock %.0f ms"
                            .formatted(ourTimes.size(), steps, 1000 * ourTimes.getLast(), 1000 * stockTimes.getLast()));
                }
                double tokens = (double) ROWS * REFERENCE.contextLength();
                double speed = tokens / new Timing(ourTimes).median();
                double stockSpeed = tokens / new Timing(stockTimes).median();
                double flops = flopsPerToken(ours.model.parameters().count());
                return new Report(
                        ours.model.parameters().count(),
                        ROWS,
                        REFERENCE.contextLength(),
                        precision,
                        steps,
                        speed,
                        stockSpeed,
                        speed / stockSpeed,
                        flops,
                        ceiling / 1e9,
                        speed * flops / ceiling,
                        chunked,
                        plain,
                        ours.lastLoss.orElseThrow(),
                        stock.lastLoss.orElseThrow());
            }
        }
    }

    /// Operations a token needs, forward and backward: 6 per weight of a matrix product (the tied embedding is
    /// one, as the head), and 12·L·D·T for attention's two products, halved because a token looks back only.
    static double flopsPerToken(long parameters) {
        double attention = 12.0 * REFERENCE.layers() * REFERENCE.width() * REFERENCE.contextLength() / 2;
        return 6.0 * parameters + attention;
    }

    /// One way to train the reference model; both start from the same weights and read the same random ids.
    private static final class Path implements AutoCloseable {
        private final CausalLm model;
        private final AdamW optimizer;
        private final CausalObjective.Head head;
        private final Pass pass;
        private final SplittableRandom random = new SplittableRandom(7);
        private OptionalDouble lastLoss = OptionalDouble.empty();

        Path(Device device, DType precision, ComputeForm form, CausalObjective.Head head) {
            this.model = Llama.of(REFERENCE, Params.initialised(1, device), device);
            this.optimizer = new AdamW(model.parameters(), new AdamW.Settings(0.9, 0.95, 1e-8, 0.1));
            this.head = head;
            this.pass = Pass.evaluation(device).with(precision).with(form);
        }

        void step() {
            step(head);
        }

        /// Seconds of each of so many steps, after one that is not counted.
        List<Double> steps(int count) {
            step();
            return Stream.generate(() -> Timing.once(this::step)).limit(count).toList();
        }

        void step(CausalObjective.Head how) {
            try (var _ = Scope.open("bench step")) {
                long[] ids = random.longs((long) ROWS * REFERENCE.contextLength(), 0, REFERENCE.vocabSize())
                        .toArray();
                Tensor inputs = Tensors.of(ids, ROWS, REFERENCE.contextLength()).to(model.device());
                var batch = new Batch(inputs, inputs, new Layout.Whole(0), ids.length);
                Loss loss = new CausalObjective(how).loss(model, batch, pass);
                loss.sum().mul(1.0 / loss.targets()).backward();
                optimizer.clip(1);
                optimizer.step(1e-4);
                lastLoss = OptionalDouble.of(loss.sum().toDouble() / loss.targets());
                LibTorch.synchronize(model.device());
            }
        }

        @Override
        public void close() {
            optimizer.close();
            model.close();
        }
    }
}
