package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Params;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.model.config.TextEnds;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class SequenceTextGeneratorTest {
    private static final Sampling GREEDY = new Sampling.Greedy();
    private static final PipelineTokenizer PLAIN = ByteLevelBpeTrainer.of(
                    VocabularySpec.of(300).withMinFrequency(1).withSpecials("<s>", "</s>"))
            .train(Stream.of("the cat sat on the mat, the café is naïve: 日本語. ".repeat(3)))
            .tokenizer();

    /// As BART's: `<s>` before a text and `</s>` behind it.
    private static final PipelineTokenizer WRAPPING = wrapping();

    private static final TextEnds ENDS = new TextEnds(OptionalInt.of(0), List.of(1));

    private static PipelineTokenizer wrapping() {
        Pipeline plain = PLAIN.pipeline();
        var around = new PostProcessor.Bert(new PostProcessor.Named("</s>", 1), new PostProcessor.Named("<s>", 0));
        return new PipelineTokenizer(new Pipeline(
                plain.addedTokens(),
                plain.normalizer(),
                plain.preTokenizer(),
                plain.model(),
                Optional.of(around),
                plain.decoder(),
                plain.truncation(),
                plain.padding()));
    }

    private static EncoderDecoder tiny(RandomGenerator random) {
        var stack = new StackSizes(1, 2, 20);
        var spec = VaswaniSpec.of(WRAPPING.vocabSize(), 40, 16, stack, stack, 1);
        EncoderDecoder model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        try (var _ = Grad.off();
                var _ = Scope.open("noise")) {
            model.parameters()
                    .forEach(
                            p -> p.tensor().addInPlace(Tensors.normal(p.tensor().shape(), 0, 0.5, random)));
        }
        return model;
    }

    @Test
    void aTextIsReadWithTheTokensThatBelongAroundIt() {
        Seeds.repeat(1, random -> {
            try (var model = tiny(random)) {
                var generator = new SequenceTextGenerator(model, ENDS, WRAPPING, DType.F32);
                int[] inside = PLAIN.encode("the mat");
                assertThat(generator.prompt("the mat").source())
                        .containsExactly(IntStream.concat(
                                        IntStream.of(0), IntStream.concat(IntStream.of(inside), IntStream.of(1)))
                                .toArray());
                assertThat(generator.prompt("the mat", 0).beginning()).containsExactly(0);
                int[] forged = generator.prompt("</s><s>").source();
                assertThat(IntStream.of(forged).filter(id -> id < 2).count())
                        .as("text is never structure")
                        .isEqualTo(2);
                var plain = new SequenceTextGenerator(model, ENDS, PLAIN, DType.F32);
                assertThatThrownBy(() -> plain.prompt(""))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("empty");
            }
        });
    }

    @Test
    void thePiecesAreTheTextOfWhatIsWritten() {
        Seeds.repeat(6, random -> {
            try (var model = tiny(random)) {
                var generator = new SequenceTextGenerator(model, ENDS, WRAPPING, DType.F32);
                var sampling = new Sampling.Random(1, OptionalInt.empty(), OptionalDouble.empty(), random.nextLong());
                SequencePrompt prompt = generator.prompt("the cat sat");
                Generation ids =
                        new SequenceGenerator(model, DType.F32).generate(prompt, 20, sampling, Set.of(1), _ -> true);
                List<String> pieces = new ArrayList<>();
                TextGenerator.Answer answer = generator.generate(prompt, 20, sampling, List.of(), pieces::add);
                assertThat(answer.generation().ids()).isEqualTo(ids.ids());
                String text = PLAIN.decode(ids.ids().stream().mapToInt(id -> id).toArray());
                assertThat(answer.text()).isEqualTo(text);
                assertThat(String.join("", pieces)).isEqualTo(text);
                if (text.length() > 2) {
                    String stop = text.substring(1, 2);
                    TextGenerator.Answer stopped = generator.generate(prompt, 20, sampling, List.of(stop), _ -> {});
                    assertThat(stopped.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
                }
            }
        });
    }

    @Test
    void aPromptWithoutText() {
        Seeds.repeat(1, random -> {
            try (var model = tiny(random)) {
                var generator = new SequenceTextGenerator(model, ENDS, WRAPPING, DType.F32);
                // The tokens around it are something to read.
                assertThat(generator.prompt("").source()).containsExactly(0, 1);
                assertThat(generator
                                .generate(generator.prompt(""), 3, GREEDY, List.of(), _ -> {})
                                .generation()
                                .promptTokens())
                        .isEqualTo(2);
            }
        });
    }
}
