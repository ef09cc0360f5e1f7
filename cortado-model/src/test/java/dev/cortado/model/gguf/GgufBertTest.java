package dev.cortado.model.gguf;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.testkit.llamacpp.LlamaCppOracle;
import dev.cortado.text.gguf.GgmlType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An encoder there and back, and before llama.cpp.
@ExtendWith(StrictScopes.class)
class GgufBertTest {
    private static final String CONFIG = """
        {"architectures": ["BertForMaskedLM"], "model_type": "bert", "vocab_size": 288, "max_position_embeddings": 64,
         "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128,
         "hidden_act": "gelu", "type_vocab_size": 2, "layer_norm_eps": 1e-12}
        """;

    @TempDir
    private Path folder;

    /// Whatever head it was saved with, a GGUF file holds the body.
    @Test
    void hiddenStatesAreTheSame() throws IOException {
        ModelSpec spec = ModelFolder.spec(
                ConfigFile.of(Path.of("tiny"), (ObjectNode) JsonMapper.shared().readTree(CONFIG)));
        Path file = folder.resolve("bert.gguf");
        int[] ids = {3, 14, 15, 92, 65, 35};
        try (var model = (Encoder) TinyModels.randomised(spec, 5);
                var weights = TinyModels.saved(model, folder.resolve("weights.safetensors"));
                var _ = Grad.off()) {
            var options = GgufModelWriter.Options.of(GgmlType.F32)
                    .with(TinyModels.tokenizer(), new TextEnds(OptionalInt.of(0), List.of(0)));
            assertThat(GgufModelWriter.write(file, spec, weights, options).differences())
                    .anyMatch(difference -> difference.startsWith("cls.predictions"));
            Encoder.Tokens tokens = Encoder.Tokens.of(Tensors.of(ids, 1, ids.length));
            Tensor hidden = model.hidden(tokens, Pass.evaluation(Device.CPU));
            for (Storage storage : List.of(Storage.TRAINABLE, Storage.MAPPED)) {
                try (var again = (Encoder) GgufModelFile.open(file, Device.CPU, storage)) {
                    assertThat(again.spec().architecture()).isEqualTo("BertModel");
                    assertTensor(again.hidden(tokens, Pass.evaluation(Device.CPU)))
                            .isCloseTo(hidden, 1e-5, 1e-5);
                }
            }
            try (var oracle = LlamaCppOracle.openHidden(file, TinyModels.CONTEXT)) {
                float[][] theirs = oracle.hidden(ids);
                float[] ours = hidden.contiguous().toFloats();
                for (int i = 0; i < ours.length; i++) {
                    // Its GELU is the tanh form, from a table of half floats.
                    assertThat(theirs[i / 64][i % 64]).isCloseTo(ours[i], within(2e-2f));
                }
            }
        }
    }
}
