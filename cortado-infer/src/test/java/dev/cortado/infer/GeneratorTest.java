package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.infer.sample.Sampler;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.Llama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class GeneratorTest {
    private static final Sampling GREEDY = new Sampling.Greedy();

    private static Generation generate(Scripted model, int[] prompt, int most, Set<Integer> eos) {
        return new Generator(model, DType.F32).generate(Prompt.of(prompt, model.spec()), most, GREEDY, eos, _ -> true);
    }

    @Test
    void eosEndsTheTextAndIsNotPartOfIt() {
        try (var model = new Scripted(10, 100, 2, 4, 5, 9, 6)) {
            List<Integer> told = new ArrayList<>();
            Generation answer = new Generator(model, DType.F32)
                    .generate(Prompt.of(new int[] {1, 2}, model.spec()), 50, GREEDY, Set.of(9, 8), told::add);
            assertThat(answer.ids()).containsExactly(4, 5);
            assertThat(told).containsExactly(4, 5);
            assertThat(answer.finish()).isEqualTo(Finish.STOP);
            assertThat(answer.promptTokens()).isEqualTo(2);
            assertThat(model.calls()).containsExactly(new int[] {1, 2}, new int[] {4}, new int[] {5});
        }
        try (var model = new Scripted(10, 100, 1, 9)) {
            Generation nothing = generate(model, new int[] {1}, 50, Set.of(9));
            assertThat(nothing.ids()).isEmpty();
            assertThat(nothing.finish()).isEqualTo(Finish.STOP);
            assertThat(nothing.tokensPerSecond()).isZero();
        }
    }

    @Test
    void theMostTokensEndIt() {
        try (var model = new Scripted(10, 100, 1, 4, 5, 6, 7)) {
            Generation answer = generate(model, new int[] {1}, 3, Set.of());
            assertThat(answer.ids()).containsExactly(4, 5, 6);
            assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
            assertThat(answer.tokensPerSecond()).isPositive();
            assertThat(model.calls()).as("the last token need not be seen").hasSize(3);
            assertThatThrownBy(() -> generate(model, new int[] {1}, 0, Set.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("max new tokens 0");
        }
    }

    @Test
    void theContextLengthEndsIt() {
        try (var model = new Scripted(10, 5, 2, 4, 5, 6, 7, 8, 9, 1)) {
            Generation answer = generate(model, new int[] {1, 2}, Integer.MAX_VALUE, Set.of());
            // Five positions: two of the prompt, three of the answer; the fourth answer is chosen, never
            // seen.
            assertThat(answer.ids()).containsExactly(4, 5, 6, 7);
            assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
        }
    }

    @Test
    void theCallerEndsIt() {
        try (var model = new Scripted(10, 100, 1, 4, 5, 6, 7)) {
            Generation answer = new Generator(model, DType.F32)
                    .generate(Prompt.of(new int[] {1}, model.spec()), 50, GREEDY, Set.of(), id -> id != 5);
            assertThat(answer.ids()).containsExactly(4, 5);
            assertThat(answer.finish()).isEqualTo(Finish.STOP);
        }
    }

    @Test
    void aCallerThatFailsLeaksNothing() {
        try (var model = new Scripted(10, 100, 1, 4, 5, 6, 7)) {
            assertThatThrownBy(() -> new Generator(model, DType.F32)
                            .generate(Prompt.of(new int[] {1}, model.spec()), 50, GREEDY, Set.of(), _ -> {
                                throw new IllegalStateException("the client is gone");
                            }))
                    .hasMessage("the client is gone");
            assertThat(Grad.isOn()).isTrue();
        }
    }

    private static CausalLm tiny(RandomGenerator random) {
        var spec = new LlamaSpec(30, 40, 16, 2, 4, 2, 4, 20, 1e-5, 10_000, random.nextBoolean());
        var model = Llama.of(spec, Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        try (var _ = Grad.off()) {
            model.parameters()
                    .forEach(
                            p -> p.tensor().addInPlace(Tensors.normal(p.tensor().shape(), 0, 0.2, random)));
        }
        return model;
    }

    @Test
    void aCacheChangesNothing() {
        Seeds.repeat(6, random -> {
            try (var model = tiny(random);
                    var _ = Grad.off()) {
                Sampling sampling = random.nextBoolean()
                        ? GREEDY
                        : new Sampling.Random(0.8, OptionalInt.of(10), OptionalDouble.of(0.95), random.nextLong());
                int[] prompt = random.ints(random.nextInt(1, 9), 0, 30).toArray();
                Generation answer = new Generator(model, DType.F32)
                        .generate(Prompt.of(prompt, model.spec()), 12, sampling, Set.of(), _ -> true);
                // The same without a cache: the whole text again for every token.
                var sampler = new Sampler(sampling);
                List<Integer> text = new ArrayList<>();
                for (int id : prompt) {
                    text.add(id);
                }
                for (int i = 0; i < 12; i++) {
                    int[] ids = text.stream().mapToInt(id -> id).toArray();
                    Tensor logits = model.forward(Tensors.of(ids, 1, ids.length), Pass.evaluation(Device.CPU));
                    text.add(sampler.next(logits.select(1, -1).toFloats()));
                }
                assertThat(answer.ids()).isEqualTo(text.subList(prompt.length, text.size()));
            }
        });
    }

    @Test
    void halfPrecisionRuns() {
        Seeds.repeat(2, random -> {
            try (var model = tiny(random)) {
                Generation answer = new Generator(model, DType.BF16)
                        .generate(Prompt.of(new int[] {1, 2, 3}, model.spec()), 5, GREEDY, Set.of(), _ -> true);
                assertThat(answer.ids()).hasSize(5).allMatch(id -> id >= 0 && id < 30);
            }
        });
    }

    @Test
    void speedLeavesThePromptOut() {
        var generation =
                new Generation(List.of(1, 2, 3), Finish.LENGTH, 9, Duration.ofSeconds(100), Duration.ofMillis(500));
        assertThat(generation.tokensPerSecond()).isEqualTo(6);
    }
}
