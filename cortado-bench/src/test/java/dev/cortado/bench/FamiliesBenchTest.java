package dev.cortado.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Params;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.Device;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every family trains, and as the plain reference does.
class FamiliesBenchTest {
    private static final FamiliesBench.Settings FEW = new FamiliesBench.Settings(new Family.Size(32, 2), 6, 8);

    @TempDir
    private static Path folder;

    private static TokenStore store;
    private static FamiliesBench.Text text;

    @BeforeAll
    static void write() throws IOException {
        String[] words = "the a cat dog sat ran on under mat tree and then it was very big small red".split(" ", -1);
        var random = new SplittableRandom(5);
        List<String> texts = IntStream.range(0, 60)
                .mapToObj(_ -> IntStream.range(0, random.nextInt(3, 40))
                        .mapToObj(_ -> words[random.nextInt(words.length)])
                        .collect(Collectors.joining(" ")))
                .toList();
        PipelineTokenizer tokenizer = ByteLevelBpeTrainer.of(
                        VocabularySpec.of(290).withSpecials("<s>", "<pad>", "<m>"))
                .train(texts.stream())
                .tokenizer();
        Path file = folder.resolve("text.tokens");
        TokenStore.write(
                file,
                texts.stream().map(t -> new Document("some", t)),
                tokenizer,
                tokenizer.specials().require("<s>"),
                (_, _, _) -> {});
        store = TokenStore.open(file);
        text = new FamiliesBench.Text(
                new Rows(store, 24),
                tokenizer.vocabSize(),
                tokenizer.specials().require("<s>"),
                tokenizer.specials().require("<m>"));
    }

    @AfterAll
    static void close() {
        store.close();
    }

    static List<String> families() {
        return FamiliesBench.names();
    }

    @ParameterizedTest
    @MethodSource("families")
    void trainsLikeItsReference(String family) {
        FamiliesBench.Row row = FamiliesBench.run(Device.CPU, text, FEW, List.of(family), _ -> {})
                .families()
                .getFirst();
        assertThat(row.parameters()).isBetween(20_000L, 200_000L);
        assertThat(row.lastLoss()).as("the mean loss falls").isLessThan(row.firstLoss());
        assertThat(row.lastLoss()).isCloseTo(row.referenceLoss(), within(2e-3));
        assertThat(row.agrees()).isTrue();
    }

    /// Nothing that can be trained is missing: all decoders, encoders with a head for words, and
    /// encoder–decoders. CamemBERT and XLM-R are RoBERTas under other names.
    @Test
    void everyArchitectureIsAmongThem() {
        assertThat(ModelFolder.architectures().stream()
                        .filter(name ->
                                name.matches(".*(ForCausalLM|LMHeadModel|ForMaskedLM|ForConditionalGeneration)"))
                        .filter(name -> !name.matches("Camembert.*|XLMRoberta.*")))
                .containsExactlyInAnyOrderElementsOf(FamiliesBench.architectures());
    }

    /// At the usual size and vocabulary they are alike: 0.8 to 2 million parameters, experts included.
    @Test
    void theyAreAboutEquallyLarge() {
        for (Family family : Family.all()) {
            try (var model =
                    family.spec(Family.Size.USUAL, 1040, 128).build(Params.initialised(1, Device.CPU), Device.CPU)) {
                assertThat(model.parameters().count()).as(family.name()).isBetween(800_000L, 2_000_000L);
            }
        }
    }

    @Test
    void anUnknownFamilyIsRefused() {
        assertThatThrownBy(() -> FamiliesBench.run(Device.CPU, text, FEW, List.of("lama"), _ -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no family 'lama'; known are bloom, gemma");
    }
}
