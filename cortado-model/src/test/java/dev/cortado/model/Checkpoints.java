package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/// Folders as others write them: parameters spelled otherwise, tensors nobody needs, configurations of few words.
public final class Checkpoints {
    private Checkpoints() {}

    /// The numbers that a configuration of this text means.
    public static ModelSpec spec(Path folder, String config) {
        try {
            Files.writeString(folder.resolve("config.json"), config);
            return ModelFolder.spec(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What is written of a model, changed, is refused in one line that names the file once and holds these
    /// words.
    public static void refused(ModelSpec spec, Path folder, Consumer<ObjectNode> change, String... words) {
        ObjectNode config = spec.config();
        change.accept(config);
        assertThatThrownBy(() -> spec(folder, config.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words)
                .message()
                .startsWith(folder.resolve("config.json").toString())
                .doesNotContain("\n")
                .containsOnlyOnce("config.json");
    }

    /// A checkpoint without the prefix of the base model and with strays in it gives the same model, and so does
    /// one of the bare model.
    ///
    /// @param bare   the architecture's name without its head
    /// @param head   the name of the head's weight
    /// @param strays names that are to be left unread
    public static void variantsAreRead(
            ModelSpec spec, RandomGenerator random, Path folder, String bare, String head, String... strays)
            throws IOException {
        String prefix = spec.names().prefix();
        try (var _ = Scope.open("variants");
                var _ = Grad.off();
                var model = DecoderLaws.random(spec, random)) {
            ModelFolder.write(model, new TextEnds(OptionalInt.empty(), List.of()), folder);
            Tensor ids = DecoderLaws.ids(spec, random, 1, 7);
            Pass pass = Pass.evaluation(Device.CPU);

            Path bald = folder.resolve("without prefix");
            rewrite(folder, bald, name -> name.startsWith(prefix) ? name.substring(prefix.length()) : name, strays);
            Files.writeString(bald.resolve("config.json"), spec.config().toString());
            for (Storage storage : Storage.exact()) {
                try (var again = (CausalLm) ModelFolder.open(bald, Device.CPU, storage)) {
                    assertTensor(again.forward(ids, pass)).isSameAs(model.forward(ids, pass));
                    assertThat(String.join(", ", again.parameters().mentions())).contains(strays);
                }
            }

            ObjectNode config = spec.config();
            config.putArray("architectures").add(bare);
            Path headless = folder.resolve("headless");
            rewrite(bald, headless, name -> name.equals(head) ? "" : name);
            Files.writeString(headless.resolve("config.json"), config.toString());
            try (var again = (Encoder) ModelFolder.open(headless, Device.CPU, Storage.TRAINABLE)) {
                assertTensor(again.hidden(Encoder.Tokens.of(ids), pass)).isSameAs(model.hidden(ids, pass));
            }
        }
    }

    /// Copies weights under other names, without those that are renamed to nothing, and adds some.
    private static void rewrite(Path from, Path to, UnaryOperator<String> rename, String... added) throws IOException {
        List<OutgoingTensor> tensors = new ArrayList<>();
        try (var weights = ModelWeights.open(from)) {
            for (String name : weights.names()) {
                var stored = weights.find(name).orElseThrow();
                if (!rename.apply(name).isEmpty()) {
                    MemorySegment bytes = MemorySegment.ofArray(stored.bytes().toArray(ValueLayout.JAVA_BYTE));
                    tensors.add(OutgoingTensor.of(rename.apply(name), stored.dtype(), stored.shape(), bytes));
                }
            }
        }
        for (String name : added) {
            tensors.add(OutgoingTensor.of(name, DType.F32, Shape.of(1), MemorySegment.ofArray(new float[1])));
        }
        ModelWeightsWriter.write(to, tensors);
    }
}
