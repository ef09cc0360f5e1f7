package dev.cortado.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.model.Params;
import dev.cortado.model.mixing.Mixer;
import dev.cortado.model.mixing.Mixing;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// How time and memory of a training step of attention grow with the length of the text, for every way of mixing
/// tokens: one row, 8 heads of 64 channels, forward and backward.
public final class AttentionBench {
    private static final int HEADS = 8;
    private static final int HEAD_DIM = 64;

    /// Lengths whose growth is quoted: the longest, where constant costs no longer count.
    private static final int LONGEST = 3;

    private static final double SECONDS_PER_POINT = 1.5;
    private static final int MAX_REPETITIONS = 9;

    private AttentionBench() {}

    /// What is measured.
    ///
    /// @param causal       whether tokens see the past only; Linformer, which cannot, is left out then
    /// @param lengths      tokens of a text, shortest first
    /// @param weightsLimit bytes: softmax attention is left out where one matrix of its weights would take more
    public record Settings(
            DType precision,
            boolean causal,
            List<Integer> lengths,
            @JsonProperty("weights_limit") long weightsLimit) {
        public Settings {
            lengths = List.copyOf(lengths);
        }

        /// 512 to 8,192 tokens; at most 2 GiB a matrix, of which softmax attention holds about three.
        public static Settings usual(DType precision, boolean causal) {
            return new Settings(precision, causal, List.of(512, 1024, 2048, 4096, 8192), 1L << 31);
        }
    }

    /// One way of mixing at one length.
    ///
    /// @param seconds    median of a forward and a backward pass
    /// @param extraBytes most memory resident during them, less what was before; on the CPU under Linux
    public record Point(
            String mixing,
            int tokens,
            double seconds,
            @JsonProperty("extra_bytes") OptionalLong extraBytes) {}

    /// Exponents e of cost ~ Tᵉ over the longest texts; empty where fewer than two were measured.
    public record Growth(String mixing, OptionalDouble time, OptionalDouble memory) {}

    /// All of it.
    public record Report(
            int heads,
            @JsonProperty("head_dim") int headDim,
            Settings settings,
            List<Point> points,
            List<Growth> growth) {
        /// A line for each way of mixing: milliseconds and MiB at each length, and the exponents.
        public String table() {
            StringBuilder text = new StringBuilder("%-44s".formatted("ms (MiB)"));
            settings.lengths().forEach(tokens -> text.append("%16s".formatted("T=" + tokens)));
            text.append("%9s%9s%n".formatted("time ~T", "mem. ~T"));
            for (Growth each : growth) {
                text.append("%-44s".formatted(each.mixing()));
                for (int tokens : settings.lengths()) {
                    text.append("%16s"
                            .formatted(points.stream()
                                    .filter(p ->
                                            p.tokens() == tokens && p.mixing().equals(each.mixing()))
                                    .map(Report::cell)
                                    .findFirst()
                                    .orElse("–")));
                }
                text.append("%9s%9s%n".formatted(exponent(each.time()), exponent(each.memory())));
            }
            return text.toString();
        }

        private static String cell(Point point) {
            String memory = point.extraBytes().isPresent()
                    ? " (%d)".formatted(point.extraBytes().getAsLong() >> 20)
                    : "";
            return String.format(Locale.ROOT, "%.1f", 1000 * point.seconds()) + memory;
        }

        private static String exponent(OptionalDouble exponent) {
            return exponent.isPresent() ? String.format(Locale.ROOT, "%.2f", exponent.getAsDouble()) : "–";
        }
    }

    /// Measures every way of mixing at every length.
    public static Report run(Device device, Settings settings, Consumer<String> note) {
        int longest = settings.lengths().stream().max(Comparator.naturalOrder()).orElseThrow();
        List<Mixing> choices = new ArrayList<>(List.of(
                new Mixing.Softmax(),
                new Mixing.Tiled(512),
                new Mixing.Longformer(128, 16),
                new Mixing.Performer(256, 1),
                new Mixing.Reformer(64, 2, 1)));
        if (!settings.causal()) {
            choices.add(new Mixing.Linformer(longest, 128));
        }
        List<Point> points = new ArrayList<>();
        List<Growth> growth = new ArrayList<>();
        for (Mixing mixing : choices) {
            List<Point> mine = new ArrayList<>();
            for (int tokens : settings.lengths()) {
                if (!(mixing instanceof Mixing.Softmax) || weights(tokens, settings) <= settings.weightsLimit()) {
                    Point point = measure(mixing, tokens, device, settings);
                    note.accept("%s, %d tokens: %.0f ms".formatted(mixing, tokens, 1000 * point.seconds()));
                    mine.add(point);
                }
            }
            points.addAll(mine);
            growth.add(growth(mixing, mine));
        }
        return new Report(HEADS, HEAD_DIM, settings, points, growth);
    }

    private static long weights(long tokens, Settings settings) {
        return HEADS * tokens * tokens * settings.precision().bytes();
    }

    private static Point measure(Mixing mixing, int tokens, Device device, Settings settings) {
        Params params = Params.initialised(1, device);
        Mixer mixer = Mixer.of(mixing, params, HEAD_DIM, settings.causal());
        try (var _ = params.finish();
                var _ = Scope.open("attention bench")) {
            var random = new SplittableRandom(1);
            Shape shape = Shape.of(1, HEADS, tokens, HEAD_DIM);
            List<Tensor> inputs = new ArrayList<>();
            for (int i = 0; i < 4; i++) { // q, k, v and the gradient of the result
                inputs.add(Tensors.normal(shape, 0, 1, random)
                        .to(settings.precision())
                        .to(device));
            }
            Runnable step = () -> {
                try (var _ = Scope.open("step")) {
                    Tensor q = inputs.get(0).detach().requiresGrad(true);
                    Tensor k = mixing.sharesQueriesAsKeys()
                            ? q
                            : inputs.get(1).detach().requiresGrad(true);
                    Tensor v = inputs.get(2).detach().requiresGrad(true);
                    mixer.mix(q, k, v).backward(inputs.get(3));
                    LibTorch.synchronize(device);
                }
            };
            Timing.once(step);
            OptionalLong extra = extraBytes(device, step);
            double once = Timing.once(step);
            int repetitions = Math.clamp((long) (SECONDS_PER_POINT / once), 1, MAX_REPETITIONS);
            double seconds = Timing.of(0, repetitions, step).median();
            return new Point(mixing.toString(), tokens, seconds, extra);
        }
    }

    /// What the C library keeps of earlier steps goes back first, or it would hide what this one takes.
    private static OptionalLong extraBytes(Device device, Runnable step) {
        if (!device.equals(Device.CPU)) {
            return OptionalLong.empty();
        }
        LibTorch.trimMemory();
        Memory.resetPeak();
        OptionalLong before = Memory.peak(); // what is resident now
        step.run();
        OptionalLong peak = Memory.peak();
        return before.isPresent() && peak.isPresent()
                ? OptionalLong.of(peak.getAsLong() - before.getAsLong())
                : OptionalLong.empty();
    }

    private static Growth growth(Mixing mixing, List<Point> points) {
        List<Point> longest = points.subList(Math.max(0, points.size() - LONGEST), points.size());
        boolean counted = longest.stream().allMatch(p -> p.extraBytes().orElse(0) > 0);
        return new Growth(
                mixing.toString(),
                slope(longest, Point::seconds),
                counted ? slope(longest, p -> p.extraBytes().orElseThrow()) : OptionalDouble.empty());
    }

    /// Least-squares slope of log cost over log T.
    private static OptionalDouble slope(List<Point> points, ToDoubleFunction<Point> cost) {
        if (points.size() < 2) {
            return OptionalDouble.empty();
        }
        double x =
                points.stream().mapToDouble(p -> Math.log(p.tokens())).average().orElseThrow();
        double y = points.stream()
                .mapToDouble(p -> Math.log(cost.applyAsDouble(p)))
                .average()
                .orElseThrow();
        double above = 0;
        double below = 0;
        for (Point point : points) {
            double dx = Math.log(point.tokens()) - x;
            above += dx * (Math.log(cost.applyAsDouble(point)) - y);
            below += dx * dx;
        }
        return OptionalDouble.of(above / below);
    }
}
