package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// Checkpoints of encoder–decoders as they are found: with other prefixes, tied weights under any of their names, and
/// tensors that nobody needs.
final class SequenceCheckpoints {
    private SequenceCheckpoints() {}

    /// Writes a model with its tensors under other names (an empty one: not at all) and further ones beside them.
    static void write(Model model, Path folder, UnaryOperator<String> names, Set<String> further) throws IOException {
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

    /// Changes what a stored model's configuration calls its architecture.
    static void rename(Path folder, String from, String to) throws IOException {
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        assertThat(text).contains("\"" + from + "\"");
        Files.writeString(config, text.replace("\"" + from + "\"", "\"" + to + "\""));
    }

    /// Reads the folder and compares activations, and logits where there is a head of its own.
    static void isReadAs(EncoderDecoder model, Path folder, boolean logits) throws IOException {
        var random = new SplittableRandom(3);
        try (var _ = Grad.off();
                var _ = Scope.open("read");
                var again = (EncoderDecoder) ModelFolder.open(folder, Device.CPU, Storage.TRAINABLE)) {
            Pass pass = Pass.evaluation(Device.CPU);
            Tensor source = EncoderDecoderLaws.source(model.spec(), random, 2, 6);
            Tensor ids = DecoderLaws.ids(model.spec(), random, 2, 7);
            Tensor expected = model.hidden(ids, model.encode(source, pass), pass);
            Tensor actual = again.hidden(ids, again.encode(source, pass), pass);
            assertTensor(actual).isSameAs(expected);
            if (logits) {
                assertTensor(again.head().apply(actual)).isSameAs(model.head().apply(expected));
            }
        }
    }
}
