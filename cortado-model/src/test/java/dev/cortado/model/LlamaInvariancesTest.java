package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Different ways to the same logits.
@ExtendWith(StrictScopes.class)
class LlamaInvariancesTest {
    private static final double ATOL = 2e-5;
    private static final double RTOL = 1e-4;
    private static final Pass EVALUATION = Pass.evaluation(Device.CPU);

    private static Tensor rows(int[] ids, int batch) {
        return Tensors.of(ids, batch, ids.length / batch);
    }

    @Test
    void cachedIsFullHoweverThePromptIsCut() {
        Seeds.repeat(12, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            int tokens = random.nextInt(2, 14);
            int batch = random.nextInt(1, 4);
            ComputeForm form = random.nextBoolean() ? ComputeForm.FUSED : ComputeForm.LIBRARY;
            try (var model = TinyLlama.model(spec, random);
                    var cache = model.newCache(batch, tokens, DType.F32);
                    var _ = Grad.off()) {
                Tensor ids = rows(TinyLlama.ids(spec, random, batch * tokens), batch);
                Tensor full = model.forward(ids, EVALUATION.with(form));
                for (int from = 0, to; from < tokens; from = to) {
                    to = random.nextInt(from + 1, tokens + 1);
                    assertThat(cache.length()).isEqualTo(from);
                    Tensor some = model.forward(
                            ids.slice(1, from, to),
                            Pass.cached(cache, Device.CPU).with(form));
                    assertTensor(some).isCloseTo(full.slice(1, from, to), ATOL, RTOL);
                }
                assertThat(cache.length()).isEqualTo(tokens);
            }
        });
    }

    @Test
    void aShortenedCacheForgets() {
        Seeds.repeat(6, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var cache = model.newCache(1, 8, DType.F32);
                    var _ = Grad.off()) {
                int[] ids = TinyLlama.ids(spec, random, 8);
                model.forward(rows(TinyLlama.ids(spec, random, 8), 1), Pass.cached(cache, Device.CPU));
                cache.truncate(0);
                model.forward(rows(Arrays.copyOf(ids, 5), 1), Pass.cached(cache, Device.CPU));
                model.forward(rows(TinyLlama.ids(spec, random, 3), 1), Pass.cached(cache, Device.CPU));
                cache.truncate(5);
                Tensor rest = model.forward(rows(Arrays.copyOfRange(ids, 5, 8), 1), Pass.cached(cache, Device.CPU));
                assertTensor(rest)
                        .isCloseTo(model.forward(rows(ids, 1), EVALUATION).slice(1, 5), ATOL, RTOL);
            }
        });
    }

    @Test
    void batchedIsAlone() {
        Seeds.repeat(8, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                Tensor ids = rows(TinyLlama.ids(spec, random, 3 * 7), 3);
                Tensor together = model.forward(ids, EVALUATION);
                for (int row = 0; row < 3; row++) {
                    assertTensor(together.slice(0, row, row + 1))
                            .isCloseTo(model.forward(ids.slice(0, row, row + 1), EVALUATION), ATOL, RTOL);
                }
            }
        });
    }

    @Test
    void packedIsSeparate() {
        Seeds.repeat(10, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            ComputeForm form = random.nextBoolean() ? ComputeForm.FUSED : ComputeForm.LIBRARY;
            int length = 12;
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                int[] ids = TinyLlama.ids(spec, random, 2 * length);
                int[] positions = new int[2 * length];
                int[] segments = new int[2 * length];
                List<Tensor> separate = new ArrayList<>();
                for (int row = 0; row < 2; row++) {
                    int begin = row * length;
                    for (int from = begin, to, text = 0; from < begin + length; from = to, text++) {
                        to = random.nextInt(from + 1, begin + length + 1);
                        for (int i = from; i < to; i++) {
                            positions[i] = i - from;
                            segments[i] = text;
                        }
                        separate.add(model.forward(rows(Arrays.copyOfRange(ids, from, to), 1), EVALUATION)
                                .squeeze(0));
                    }
                }
                var packed = new Layout.Packed(rows(positions, 2), rows(segments, 2));
                Tensor logits =
                        model.forward(rows(ids, 2), EVALUATION.with(packed).with(form));
                assertTensor(logits.flatten(0, 1)).isCloseTo(Tensors.cat(separate, 0), ATOL, RTOL);
            }
        });
    }

    @Test
    void explicitAttentionIsTheLibrarys() {
        Seeds.repeat(6, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random)) {
                Tensor ids = rows(TinyLlama.ids(spec, random, 2 * 6), 2);
                Tensor targets = rows(TinyLlama.ids(spec, random, 2 * 6), 2);
                Tensor positions = rows(new int[] {0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 3, 4}, 2);
                Tensor segments = rows(new int[] {0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1}, 2);
                for (Layout layout : List.of(new Layout.Whole(0), new Layout.Packed(positions, segments))) {
                    Pass pass = EVALUATION.with(layout);
                    Map<String, Tensor> library = gradients(model, ids, targets, pass.with(ComputeForm.LIBRARY));
                    Map<String, Tensor> explicit = gradients(model, ids, targets, pass.with(ComputeForm.FUSED));
                    assertThat(explicit.keySet()).isEqualTo(library.keySet());
                    library.forEach((name, expected) -> assertTensor(explicit.get(name))
                            .isCloseTo(
                                    expected, 1e-4 * Math.max(1, expected.norm().toDouble()), 1e-3));
                }
            }
        });
    }

    /// The logits, and the gradient of every parameter.
    @Test
    void theLawsOfDecodersHold(@TempDir Path folder) {
        Seeds.repeat(3, random -> {
            try {
                DecoderLaws.hold(TinyLlama.spec(random), random, folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Map<String, Tensor> gradients(CausalLm model, Tensor ids, Tensor targets, Pass pass) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        Tensor logits = model.forward(ids, pass);
        all.put("logits", logits);
        Nn.crossEntropySum(logits, targets).backward();
        for (Parameter p : model.parameters()) {
            all.put(p.name(), p.tensor().grad().orElseThrow().copy());
            p.tensor().clearGrad();
        }
        return all;
    }

    @Test
    void halfPrecisionIsClose() {
        Seeds.repeat(8, random -> {
            // Not too narrow: the norm of two channels that cancel magnifies any rounding.
            int kvHeads = random.nextInt(1, 3);
            int heads = 2 * kvHeads;
            var spec = new LlamaSpec(50, 32, 32, 2, heads, kvHeads, 8, 48, 1e-5, 10_000, random.nextBoolean());
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                Tensor ids = rows(TinyLlama.ids(spec, random, 2 * 9), 2);
                Tensor exact = model.forward(ids, EVALUATION);
                for (ComputeForm form : ComputeForm.values()) {
                    Tensor rounded =
                            model.forward(ids, EVALUATION.with(DType.BF16).with(form));
                    assertTensor(rounded).hasDtype(DType.BF16);
                    double relative = rounded.to(DType.F32).sub(exact).norm().toDouble()
                            / exact.norm().toDouble();
                    assertThat(relative).isLessThan(0.03);
                }
            }
        });
    }

    @Test
    void theHeadOfTheHiddenStateIsTheForwardPass() {
        Seeds.repeat(3, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                Tensor ids = rows(TinyLlama.ids(spec, random, 4), 1);
                Tensor hidden = model.hidden(ids, EVALUATION);
                assertTensor(hidden).hasShape(1, 4, spec.width());
                assertTensor(model.head().apply(hidden)).isSameAs(model.forward(ids, EVALUATION));
            }
        });
    }
}
