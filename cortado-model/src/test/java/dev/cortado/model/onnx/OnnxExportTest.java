package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.DecoderLaws;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.arch.Phi3Spec;
import dev.cortado.model.convert.GraphLikeness;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What is exported, and what is refused.
@ExtendWith(StrictScopes.class)
class OnnxExportTest {
    private static final DecoderSizes SIZES = new DecoderSizes(11, 16, 8, 1, 2, 1, 4, 1e-5, true);

    @TempDir
    private Path folder;

    private static MistralSpec mistral(RopeScaling scaling) {
        return new MistralSpec(SIZES, 6, Rotary.of(4, 10_000).with(scaling), OptionalInt.empty());
    }

    private void refused(ModelSpec spec, String... words) throws IOException {
        assertThat(OnnxExport.canExport(spec)).isFalse();
        try (var model = DecoderLaws.random(spec, new SplittableRandom(1));
                var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
            assertThatThrownBy(() -> OnnxExport.write(folder.resolve("model.onnx"), spec, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(words)
                    .hasMessageNotContaining("\n");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("model.safetensors"));
        }
    }

    @Test
    void aFamilyWithoutAnExporterIsRefusedAndTheOthersAreNamed() throws IOException {
        refused(
                new Phi3Spec(SIZES, 6, Rotary.of(4, 10_000), OptionalInt.empty()),
                "Phi3ForCausalLM cannot be exported to ONNX",
                "BERT",
                "GPT-2",
                "Qwen3 and T5");
    }

    /// A cache keeps keys as they were turned, and a graph has one set of frequencies.
    @Test
    void frequenciesThatDependOnTheTextAreRefused() throws IOException {
        refused(mistral(new RopeScaling.Dynamic(2, 16)), "MistralForCausalLM", "dynamic or longrope");
        List<Double> factors = List.of(1.0, 2.0);
        refused(mistral(new RopeScaling.LongRope(factors, factors, 16, 1)), "dynamic or longrope");
        assertThat(OnnxExport.canExport(mistral(RopeScaling.Yarn.of(4, 16)))).isTrue();
    }

    @Test
    void neighboursThatTurnTogetherAreRefused() throws IOException {
        var neighbours = new Rotary(4, 10_000, new RopeScaling.None(), Rotary.Pairing.NEIGHBOURS);
        refused(new MistralSpec(SIZES, 6, neighbours, OptionalInt.empty()), "neighbouring channels");
    }

    /// Graphs that are not the model are found out: other weights, and the same ones used otherwise.
    @Test
    void aGraphOfAnotherModelIsUnlike() throws IOException {
        var random = new SplittableRandom(3);
        var spec = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 10_000, true);
        var turning = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 100, true);
        Path file = folder.resolve("model.onnx");
        try (var model = DecoderLaws.random(spec, random);
                var other = DecoderLaws.random(spec, random);
                var weights = SavedModel.of(model, folder.resolve("model.safetensors"));
                var others = SavedModel.of(other, folder.resolve("other.safetensors"))) {
            OnnxExport.write(file, spec, weights);
            assertThat(GraphLikeness.of(model, List.of(file)).maxAbs()).isLessThan(1e-4);
            OnnxExport.write(file, spec, others);
            assertThat(GraphLikeness.of(model, List.of(file)).deviation()).isGreaterThan(0.1);
            OnnxExport.write(file, turning, weights);
            assertThat(GraphLikeness.of(model, List.of(file)).maxAbs()).isGreaterThan(1e-3);
        }
    }

    /// A checkpoint without the prefix of its base model, with a buffer and a copy of the tied head.
    @Test
    void otherSpellingsAndStraysAreTheSameModel() throws Exception {
        var random = new SplittableRandom(2);
        var untied = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 10_000, false);
        var tied = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 10_000, true);
        Path file = folder.resolve("model.onnx");
        try (var model = DecoderLaws.random(untied, random);
                var _ = Grad.off();
                var complete = SavedModel.of(model, folder.resolve("complete.safetensors"));
                var prefixless = SavedModel.of(
                        model, folder.resolve("model.safetensors"), DType.F32, name -> name.replace("model.", ""))) {
            Tensor ids = DecoderLaws.ids(untied, random, 1, 7);
            OnnxExport.write(file, untied, prefixless);
            try (var oracle = TwoRuntimes.open(file)) {
                assertTensor(new DecoderSession(oracle, 1).next(ids, 0))
                        .isCloseTo(model.forward(ids, Pass.evaluation(Device.CPU)), 1e-4, 1e-4);
            }
            try (OnnxFile read = OnnxFile.open(file)) {
                assertThat(read.names()).containsExactlyInAnyOrderElementsOf(complete.names());
            }
            OnnxExport.write(file, tied, complete); // its lm_head.weight is then a stray
            try (OnnxFile read = OnnxFile.open(file)) {
                assertThat(read.names()).contains("model.embed_tokens.weight").doesNotContain("lm_head.weight");
            }
        }
    }
}
