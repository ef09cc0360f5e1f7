package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints of encoders as they are found: with other prefixes, old names, and tensors that nobody needs.
@ExtendWith(StrictScopes.class)
class EncoderCheckpointTest {
    private final SplittableRandom random = new SplittableRandom(7);

    @TempDir
    private Path folder;

    /// Writes a model with its tensors under other names (an empty one: not at all) and further ones beside them.
    private void write(Encoder model, UnaryOperator<String> names, Set<String> further) throws IOException {
        ModelFolder.write(model, new TextEnds(OptionalInt.empty(), List.of()), folder);
        try (var _ = Scope.open("write")) {
            List<OutgoingTensor> tensors = new ArrayList<>();
            for (Parameter p : model.parameters()) {
                String name = names.apply(p.name());
                if (!name.isEmpty()) {
                    Tensor tensor = p.tensor().detach();
                    tensors.add(OutgoingTensor.of(name, DType.F32, tensor.shape(), tensor.bytes()));
                }
            }
            for (String name : further) {
                tensors.add(OutgoingTensor.of(name, DType.F32, Shape.of(3), MemorySegment.ofArray(new byte[12])));
            }
            ModelWeightsWriter.write(folder, tensors);
        }
    }

    private void isReadAs(Encoder model) throws IOException {
        try (var _ = Grad.off();
                var _ = Scope.open("read");
                var again = (Encoder) ModelFolder.open(folder, Device.CPU, Storage.TRAINABLE)) {
            Encoder.Tokens tokens = EncoderLaws.tokens(model.spec(), 1, random, 2, 7);
            Tensor expected = model.hidden(tokens, Pass.evaluation(Device.CPU));
            Tensor actual = again.hidden(tokens, Pass.evaluation(Device.CPU));
            assertTensor(actual).isSameAs(expected);
            for (int i = 0; i < model.heads().size(); i++) {
                assertTensor(again.heads().get(i).apply(actual))
                        .isSameAs(model.heads().get(i).apply(expected));
            }
        }
    }

    @Test
    void whatOtherHeadsLeftBehindIsNotRead() throws IOException {
        Set<String> strays = new LinkedHashSet<>(List.of(
                "bert.embeddings.position_ids",
                "bert.embeddings.token_type_ids",
                "cls.predictions.decoder.weight",
                "cls.predictions.decoder.bias",
                "cls.seq_relationship.weight",
                "bert.pooler.dense.bias"));
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.MaskedLm(true)), random)) {
            write(model, UnaryOperator.identity(), strays);
            isReadAs(model);
        }
        strays = Set.of("roberta.embeddings.position_ids", "lm_head.decoder.weight", "lm_head.decoder.bias");
        try (var model = EncoderLaws.random(TinyEncoders.roberta(random, new EncoderTask.MaskedLm(true)), random)) {
            write(model, UnaryOperator.identity(), strays);
            isReadAs(model);
        }
        strays = Set.of("vocab_projector.weight", "pre_classifier.weight");
        try (var model = EncoderLaws.random(TinyEncoders.distilBert(random, new EncoderTask.MaskedLm(true)), random)) {
            write(model, UnaryOperator.identity(), strays);
            isReadAs(model);
        }
    }

    @Test
    void whatNobodyKnowsIsRefused() throws IOException {
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.Bare()), random)) {
            write(model, UnaryOperator.identity(), Set.of("encoder.layer.0.adapter.weight"));
            assertThatThrownBy(() -> ModelFolder.open(folder, Device.CPU, Storage.MAPPED))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unused encoder.layer.0.adapter.weight");
        }
    }

    @Test
    void prefixesMayBeThereOrNot() throws IOException {
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.Bare()), random)) {
            write(model, name -> "bert." + name, Set.of("cls.predictions.bias"));
            isReadAs(model);
        }
        var classifier = new EncoderTask.TextLabels(Labels.of(1));
        try (var model = EncoderLaws.random(TinyEncoders.roberta(random, classifier), random)) {
            write(model, name -> name.replaceFirst("^roberta\\.", ""), Set.of());
            isReadAs(model);
        }
    }

    @Test
    void normsMayHaveTheNamesOfThePaper() throws IOException {
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.PreTraining(true)), random)) {
            write(
                    model,
                    name -> name.replace("LayerNorm.weight", "LayerNorm.gamma")
                            .replace("LayerNorm.bias", "LayerNorm.beta"),
                    Set.of());
            isReadAs(model);
        }
    }

    @Test
    void theBareModelMayLackItsPooler() throws IOException {
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.Bare()), random)) {
            assertThat(model.pooler()).isPresent();
            write(model, name -> name.startsWith("pooler") ? "" : name, Set.of());
            isReadAs(model);
            try (var again = (Encoder) ModelFolder.open(folder, Device.CPU, Storage.MAPPED)) {
                assertThat(again.pooler()).isEmpty();
            }
        }
        var classifier = new EncoderTask.TextLabels(Labels.of(2));
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, classifier), random)) {
            write(model, name -> name.contains("pooler") ? "" : name, Set.of());
            assertThatThrownBy(() -> ModelFolder.open(folder, Device.CPU, Storage.MAPPED))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing bert.pooler.dense.weight");
        }
    }

    /// Of tied biases, some writers keep the one and some the other.
    @Test
    void theBiasOfWordsMayBeTheDecoders() throws IOException {
        try (var model = EncoderLaws.random(TinyEncoders.bert(random, new EncoderTask.MaskedLm(true)), random)) {
            write(model, name -> name.equals("cls.predictions.bias") ? "cls.predictions.decoder.bias" : name, Set.of());
            isReadAs(model);
        }
    }
}
