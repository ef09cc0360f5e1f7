package dev.cortado.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// How fast this machine multiplies matrices: the ceiling of everything else.
public final class GemmBench {
    private static final List<Integer> SIZES = List.of(512, 1024, 2048);
    private static final double SECONDS_PER_SIZE = 1.0;

    private GemmBench() {}

    /// Rate of one product [n, n] × [n, n].
    ///
    /// @param gflops 2n³ operations over the median time, in 10⁹ a second
    public record Rate(DType dtype, int size, double gflops) {}

    /// All rates, and the best of each dtype: the ceilings.
    public record Report(
            List<Rate> rates,
            @JsonProperty("f32_gflops") double f32Gflops,
            @JsonProperty("bf16_gflops") double bf16Gflops) {
        /// The ceiling of a dtype, in operations a second.
        public double ceiling(DType dtype) {
            return 1e9 * (dtype == DType.BF16 ? bf16Gflops : f32Gflops);
        }
    }

    /// Measures.
    public static Report run(Device device) {
        List<Rate> rates = new ArrayList<>();
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            for (int size : SIZES) {
                rates.add(new Rate(dtype, size, gflops(dtype, size, device)));
            }
        }
        return new Report(rates, best(rates, DType.F32), best(rates, DType.BF16));
    }

    private static double best(List<Rate> rates, DType dtype) {
        return rates.stream()
                .filter(rate -> rate.dtype() == dtype)
                .mapToDouble(Rate::gflops)
                .max()
                .orElseThrow();
    }

    private static double gflops(DType dtype, int size, Device device) {
        try (var _ = Scope.open("gemm");
                var _ = Grad.off()) {
            var random = new SplittableRandom(1);
            Tensor a =
                    Tensors.normal(Shape.of(size, size), 0, 1, random).to(dtype).to(device);
            Tensor b =
                    Tensors.normal(Shape.of(size, size), 0, 1, random).to(dtype).to(device);
            Runnable product = () -> {
                try (var _ = Scope.open("product")) {
                    a.matmul(b);
                    LibTorch.synchronize(device);
                }
            };
            double once = Timing.of(2, 3, product).best();
            int repetitions = (int) Math.max(5, Math.min(2000, SECONDS_PER_SIZE / once));
            return 2.0 * size * size * size / Timing.of(0, repetitions, product).median() / 1e9;
        }
    }
}
