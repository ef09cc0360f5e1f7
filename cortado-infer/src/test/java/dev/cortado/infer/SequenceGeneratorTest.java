package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.infer.sample.Sampler;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.arch.BartSpec;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Sinusoidal;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

@ExtendWith(StrictScopes.class)
class SequenceGeneratorTest {
    private static final Sampling GREEDY = new Sampling.Greedy();

    /// Reads 25 ids and writes 30, ten positions each.
    private static EncoderDecoder tiny(RandomGenerator random) {
        var stack = new StackSizes(2, 4, 20);
        var spec = new VaswaniSpec(
                25,
                30,
                false,
                random.nextBoolean(),
                true,
                10,
                16,
                stack,
                stack,
                Activation.RELU,
                Sinusoidal.Order.HALVES,
                0,
                random.nextBoolean(),
                1e-5,
                3);
        EncoderDecoder model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        try (var _ = Grad.off();
                var _ = Scope.open("noise")) {
            model.parameters()
                    .forEach(
                            p -> p.tensor().addInPlace(Tensors.normal(p.tensor().shape(), 0, 0.2, random)));
        }
        return model;
    }

    private static int[] ids(RandomGenerator random, int from, int to, int vocabSize) {
        return random.ints(random.nextInt(from, to), 0, vocabSize).toArray();
    }

    /// The same without a cache: all that was written again for every token.
    private static List<Integer> expected(
            EncoderDecoder model, int[] source, int[] beginning, int count, Sampling sampling) {
        List<Integer> text = new ArrayList<>(List.of(model.decoderStart()));
        IntStream.of(beginning).forEach(text::add);
        var sampler = new Sampler(sampling);
        for (int i = 0; i < count; i++) {
            Pass pass = Pass.evaluation(Device.CPU);
            int[] written = text.stream().mapToInt(id -> id).toArray();
            var memory = model.encode(Tensors.of(source, 1, source.length), pass);
            Tensor logits = model.forward(Tensors.of(written, 1, written.length), memory, pass);
            text.add(sampler.next(logits.select(1, -1).toFloats()));
        }
        return text.subList(1 + beginning.length, text.size());
    }

    @Test
    void aCacheChangesNothing() {
        Seeds.repeat(8, random -> {
            try (var model = tiny(random);
                    var _ = Grad.off()) {
                Sampling sampling = random.nextBoolean()
                        ? GREEDY
                        : new Sampling.Random(0.8, OptionalInt.of(10), OptionalDouble.of(0.95), random.nextLong());
                int[] source = ids(random, 1, 11, 25);
                int[] beginning = ids(random, 0, 4, 30);
                List<Integer> told = new ArrayList<>();
                Generation answer = new SequenceGenerator(model, DType.F32)
                        .generate(SequencePrompt.of(source, beginning, model.spec()), 6, sampling, Set.of(), told::add);
                assertThat(answer.ids()).isEqualTo(expected(model, source, beginning, 6, sampling));
                assertThat(told).isEqualTo(answer.ids());
                assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
                assertThat(answer.promptTokens()).isEqualTo(source.length);
            }
        });
    }

    @Test
    void eosTheCallerAndTheContextEndIt() {
        Seeds.repeat(4, random -> {
            try (var model = tiny(random)) {
                var generator = new SequenceGenerator(model, DType.F32);
                var prompt = SequencePrompt.of(ids(random, 1, 11, 25), model.spec());
                Generation whole = generator.generate(prompt, Integer.MAX_VALUE, GREEDY, Set.of(), _ -> true);
                // Ten positions, the first of them of the id all texts begin with; the last answer
                // is never seen.
                assertThat(whole.ids()).hasSize(10);
                assertThat(whole.finish()).isEqualTo(Finish.LENGTH);
                int last = whole.ids().getLast();
                int first = whole.ids().indexOf(last);
                Generation ended = generator.generate(prompt, 50, GREEDY, Set.of(last), _ -> true);
                assertThat(ended.ids()).isEqualTo(whole.ids().subList(0, first));
                assertThat(ended.finish()).isEqualTo(Finish.STOP);
                Generation stopped = generator.generate(prompt, 50, GREEDY, Set.of(), id -> id != last);
                assertThat(stopped.ids()).isEqualTo(whole.ids().subList(0, first + 1));
                assertThat(stopped.finish()).isEqualTo(Finish.STOP);
                assertThat(generator
                                .generate(prompt, 3, GREEDY, Set.of(), _ -> true)
                                .ids())
                        .isEqualTo(whole.ids().subList(0, 3));
                assertThatThrownBy(() -> generator.generate(prompt, 0, GREEDY, Set.of(), _ -> true))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("max new tokens 0");
            }
        });
    }

    @Test
    void aCallerThatFailsLeaksNothing() {
        try (var model = tiny(new SplittableRandom(1))) {
            var prompt = SequencePrompt.of(new int[] {1}, model.spec());
            assertThatThrownBy(
                            () -> new SequenceGenerator(model, DType.F32).generate(prompt, 5, GREEDY, Set.of(), _ -> {
                                throw new IllegalStateException("the client is gone");
                            }))
                    .hasMessage("the client is gone");
            assertThat(Grad.isOn()).isTrue();
        }
    }

    @Test
    void halfPrecisionRuns() {
        try (var model = tiny(new SplittableRandom(2))) {
            Generation answer = new SequenceGenerator(model, DType.BF16)
                    .generate(SequencePrompt.of(new int[] {1, 2}, model.spec()), 5, GREEDY, Set.of(), _ -> true);
            assertThat(answer.ids()).hasSize(5).allMatch(id -> id >= 0 && id < 30);
        }
    }

    @Test
    void promptsThatDoNotFitAreRefused() {
        try (var model = tiny(new SplittableRandom(4))) {
            var spec = model.spec();
            assertThatThrownBy(() -> SequencePrompt.of(new int[0], spec))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> SequencePrompt.of(new int[] {25}, spec))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("token id 25");
            assertThatThrownBy(() -> SequencePrompt.of(new int[] {1}, new int[] {30}, spec))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("token id 30");
            var stack = new StackSizes(1, 2, 8);
            var bounded = new BartSpec(BartSpec.Family.BART, 30, 10, 8, stack, stack, Activation.GELU, false, true, 2);
            assertThatThrownBy(() -> SequencePrompt.of(new int[11], bounded))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("11 tokens");
            assertThat(SequencePrompt.of(new int[11], spec).source())
                    .as("waves have no end")
                    .hasSize(11);
            assertThatThrownBy(() -> SequencePrompt.of(new int[1], new int[10], spec))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("10 tokens");
            assertThat(SequencePrompt.of(new int[10], new int[] {29}, spec).beginning())
                    .containsExactly(29);
        }
    }

    /// What the published definition of T5 writes, token by token.
    @Test
    void aT5WritesWhatItsDefinitionSays() throws IOException {
        Path folder = SharedData.require("oracles/t5-a");
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        for (Storage storage : Storage.values()) {
            try (var model = (EncoderDecoder) ModelFolder.open(folder, Device.CPU, storage)) {
                var generator = new SequenceGenerator(model, DType.F32);
                for (int i = 0; i < 2; i++) {
                    int[] read = ids(expected.get("input_ids").get(i));
                    int[] greedy = ids(expected.get("greedy_ids").get(i));
                    Generation answer = generator.generate(
                            SequencePrompt.of(read, model.spec()), greedy.length, GREEDY, Set.of(1), _ -> true);
                    assertThat(answer.ids().stream().mapToInt(id -> id)).containsExactly(boxed(greedy));
                }
            }
        }
    }

    private static Integer[] boxed(int[] ids) {
        return IntStream.of(ids).boxed().toArray(Integer[]::new);
    }

    private static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
