package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The descendants of Llama against the same formulas in plain loops, and the laws of decoders.
@ExtendWith(StrictScopes.class)
class FamiliesTest {
    @TempDir
    private Path folder;

    static List<Families.Family> families() {
        return Families.all();
    }

    /// Texts up to the longest, so that frequencies which depend on the length change.
    @ParameterizedTest
    @MethodSource("families")
    void logitsEqualTheNaiveOnes(Families.Family family) {
        Seeds.repeat(8, random -> {
            ModelSpec spec = family.spec().apply(random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                int length = random.nextInt(1, spec.contextLength() + 10);
                int[] ids = random.ints(length, 0, spec.vocabSize()).toArray();
                double[] expected =
                        Doubles.flat(family.naive().apply(model, length).logits(ids));
                for (ComputeForm form : ComputeForm.values()) {
                    Tensor logits = model.forward(
                            Tensors.of(ids, 1, length),
                            Pass.evaluation(Device.CPU).with(form));
                    assertTensor(logits).hasShape(1, length, spec.vocabSize()).isCloseTo(expected, 2e-4, 2e-4);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("families")
    void theLawsOfDecodersHold(Families.Family family) {
        Seeds.repeat(2, random -> DecoderLaws.hold(family.spec().apply(random), random, folder));
    }

    @ParameterizedTest
    @MethodSource("families")
    void aNewModelsBlocksAddNothing(Families.Family family) {
        Seeds.repeat(2, random -> {
            ModelSpec spec = family.spec().apply(random);
            try (var model = (CausalLm) spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
                    var _ = Grad.off()) {
                Tensor same = Tensors.of(new int[] {3, 3, 3}, 1, 3);
                Tensor logits = model.forward(same, Pass.evaluation(Device.CPU));
                assertTensor(logits.slice(1, 2, 3)).isCloseTo(Doubles.of(logits.slice(1, 0, 1)), 1e-6, 1e-6);
                assertThat(logits.isFinite()).isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("families")
    void halfPrecisionIsClose(Families.Family family) {
        Seeds.repeat(3, random -> {
            ModelSpec spec = family.spec().apply(random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                Tensor ids = DecoderLaws.ids(spec, random, 2, 6);
                Pass half = Pass.evaluation(Device.CPU).with(DType.BF16);
                Tensor first = model.forward(ids, half.with(ComputeForm.FUSED));
                Tensor second = model.forward(ids, half.with(ComputeForm.LIBRARY));
                assertTensor(first).hasDtype(DType.BF16);
                assertTensor(second).hasDtype(DType.BF16);
                Tensor exact = model.forward(ids, Pass.evaluation(Device.CPU));
                for (Tensor rounded : List.of(first, second)) {
                    double off = rounded.to(DType.F32).sub(exact).norm().toDouble();
                    assertThat(off / exact.norm().toDouble()).isLessThan(0.25);
                }
            }
        });
    }
}
