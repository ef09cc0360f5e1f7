package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.Llama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.StrictScopes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class ParamsTest {
    private static final LlamaSpec SPEC = new LlamaSpec(11, 16, 6, 2, 4, 2, 4, 10, 1e-5, 10_000, false);

    private static CausalLm initialised(LlamaSpec spec, long seed) {
        return Llama.of(spec, Params.initialised(seed, Device.CPU), Device.CPU);
    }

    @Test
    void namesAreHuggingFacesInOrder() {
        try (var model = initialised(SPEC, 1)) {
            assertThat(model.parameters().list().stream()
                            .map(p -> p.name() + " " + p.tensor().shape())
                            .filter(line -> !line.contains("layers.1.")))
                    .containsExactly(
                            "model.embed_tokens.weight [11, 6]",
                            "model.layers.0.input_layernorm.weight [6]",
                            "model.layers.0.self_attn.q_proj.weight [16, 6]",
                            "model.layers.0.self_attn.k_proj.weight [8, 6]",
                            "model.layers.0.self_attn.v_proj.weight [8, 6]",
                            "model.layers.0.self_attn.o_proj.weight [6, 16]",
                            "model.layers.0.post_attention_layernorm.weight [6]",
                            "model.layers.0.mlp.gate_proj.weight [10, 6]",
                            "model.layers.0.mlp.up_proj.weight [10, 6]",
                            "model.layers.0.mlp.down_proj.weight [6, 10]",
                            "model.norm.weight [6]",
                            "lm_head.weight [11, 6]");
            long layer = 6 + 96 + 48 + 48 + 96 + 6 + 3 * 60;
            assertThat(model.parameters().count()).isEqualTo(66 + 2 * layer + 6 + 66);
            assertThat(model.parameters())
                    .allSatisfy(p -> assertThat(p.tensor().requiresGrad()).isTrue())
                    .allSatisfy(p -> assertThat(p.tensor().dtype()).isEqualTo(DType.F32))
                    .allSatisfy(p -> assertThat(p.decays()).isEqualTo(!p.name().contains("norm")));
        }
    }

    @Test
    void aTiedHeadIsNoParameterOfItsOwn() {
        var tied = new LlamaSpec(11, 16, 6, 1, 4, 2, 4, 10, 1e-5, 10_000, true);
        try (var model = initialised(tied, 1)) {
            assertThat(model.parameters().list().stream().map(Parameter::name)).doesNotContain("lm_head.weight");
            var head = (Projection.Dense) model.head().projection();
            assertThat(head.weight())
                    .isSameAs(model.parameters().list().getFirst().tensor());
        }
    }

    @Test
    void aSeedIsAModel() {
        try (var one = initialised(SPEC, 5);
                var same = initialised(SPEC, 5);
                var other = initialised(SPEC, 6)) {
            for (int i = 0; i < one.parameters().list().size(); i++) {
                Parameter p = one.parameters().list().get(i);
                assertTensor(same.parameters().list().get(i).tensor()).isSameAs(p.tensor());
            }
            Tensor mine = one.parameters().list().getFirst().tensor();
            Tensor theirs = other.parameters().list().getFirst().tensor();
            assertThat(mine.sub(theirs).norm().toDouble()).isGreaterThan(0.1);
        }
    }

    @Test
    void parametersDrawFromStreamsOfTheirOwn() {
        try (var one = initialised(SPEC, 5)) {
            Tensor gate = one.parameters().list().get(7).tensor();
            Tensor up = one.parameters().list().get(8).tensor();
            assertThat(gate.shape()).isEqualTo(up.shape());
            assertThat(gate.sub(up).norm().toDouble()).isGreaterThan(0.1);
        }
    }

    @Test
    void aNewModelIsTheIdentityInItsBranches() {
        try (var model = initialised(SPEC, 5)) {
            Tensor ids = Tensors.of(new int[] {1, 2, 3}, 1, 3);
            Tensor embedding = model.parameters().list().getFirst().tensor().indexSelect(0, ids.squeeze(0));
            Tensor hidden = model.hidden(ids, Pass.evaluation(Device.CPU)).squeeze(0);
            Tensor normalised =
                    embedding.mul(embedding.square().mean(-1).add(1e-5).rsqrt());
            assertTensor(hidden).isCloseTo(normalised, 1e-6, 1e-5);
        }
    }

    @Test
    void oneNameIsOneParameter() {
        Params params = Params.initialised(1, Device.CPU);
        params.at("layers").at(0).tensor("x.weight", Shape.of(2, 2), new Init.Ones());
        assertThatThrownBy(() -> params.at("layers").at(0).projection("x", 2, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("parameter layers.0.x.weight is asked for twice");
        params.finish().close();
    }

    @Test
    void initialValuesAreAsTheySay() {
        var random = new java.util.SplittableRandom(3);
        assertTensor(new Init.Zeros().make(Shape.of(2), random)).isCloseTo(new double[] {0, 0}, 0, 0);
        assertTensor(new Init.Ones().make(Shape.of(2), random)).isCloseTo(new double[] {1, 1}, 0, 0);
        Tensor normal = Init.fanIn(16).make(Shape.of(100, 100), random);
        assertThat(normal.square().mean().sqrt().toDouble()).isBetween(0.24, 0.26);
        assertThat(normal.mean().toDouble()).isBetween(-0.02, 0.02);
    }
}
