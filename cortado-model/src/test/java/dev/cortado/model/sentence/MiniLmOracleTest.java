package dev.cortado.model.sentence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder;
import dev.cortado.model.Params;
import dev.cortado.model.Storage;
import dev.cortado.model.arch.Bert;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.onnx.OnnxFile;
import dev.cortado.model.onnx.OnnxRuntimeOracle;
import dev.cortado.model.sentence.SentenceEncoder.Settings;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.text.tokenizer.format.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// all-MiniLM-L6-v2, a published sentence encoder, against ONNX Runtime running its published graph.
@ExtendWith(StrictScopes.class)
class MiniLmOracleTest {
    private static final BertSpec SPEC = new BertSpec(
            new EncoderSizes(30_522, 512, 384, 6, 12, 1536, Activation.GELU), 2, 1e-12, new EncoderTask.Bare());
    private static final List<String> WORDS = List.of(
            "the", "model", "reads", "sentences", "not", "Bücher", "2024", "encoder-only", "cats", "天気", "?", ",");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        for (String name : List.of("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json")) {
            try (InputStream in = MiniLmOracleTest.class.getResourceAsStream("/" + name)) {
                Files.copy(Objects.requireNonNull(in), folder.resolve(name));
            }
        }
    }

    private static SentenceEncoder encoder(OnnxFile weights) throws IOException {
        Encoder model = Bert.of(SPEC, Params.stored(weights, SPEC.names(), Storage.MAPPED, Device.CPU), Device.CPU);
        var settings = new Settings(256, false, "", Pooling.of(Pooling.Mode.MEAN), List.of(new Refinement.Normalise()));
        return new SentenceEncoder(model, Tokenizers.read(folder.resolve("all-minilm-l6-v2-tokenizer.json")), settings);
    }

    /// The mean of the graph's activations, of length one.
    private static double[] runtimes(OnnxRuntimeOracle runtime, int[] ids) throws Exception {
        try (var _ = Scope.open("runtime")) {
            int[] ones = new int[ids.length];
            Arrays.fill(ones, 1);
            Map<String, Tensor> given = Map.of(
                    "input_ids", Tensors.of(ids, 1, ids.length),
                    "attention_mask", Tensors.of(ones, 1, ids.length),
                    "token_type_ids", Tensors.of(new int[ids.length], 1, ids.length));
            Tensor hidden = runtime.run(given).values().iterator().next();
            double[] mean = PoolingTest.naive(List.of(Pooling.Mode.MEAN), Doubles.rows(hidden));
            double length = Math.sqrt(Naive.dot(mean, mean));
            return Arrays.stream(mean).map(v -> v / length).toArray();
        }
    }

    private static void sameAsTheRuntimes(List<String> texts) throws Exception {
        try (var weights = OnnxFile.open(folder.resolve("all-minilm-l6-v2.onnx"));
                var encoder = encoder(weights);
                var runtime = OnnxRuntimeOracle.open(folder.resolve("all-minilm-l6-v2.onnx"))) {
            float[][] vectors = encoder.embed(texts);
            for (int i = 0; i < vectors.length; i++) {
                float[] vector = vectors[i];
                double[] wide = new double[vector.length];
                Arrays.setAll(wide, c -> vector[c]);
                assertThat(wide)
                        .as(texts.get(i))
                        .containsExactly(runtimes(runtime, encoder.ids(texts.get(i))), within(1e-5));
            }
        }
    }

    @Test
    void sentencesOfRandomWords() throws Exception {
        var random = new SplittableRandom(20);
        sameAsTheRuntimes(IntStream.range(0, 100)
                .mapToObj(_ -> random.ints(random.nextInt(25), 0, WORDS.size())
                        .mapToObj(WORDS::get)
                        .collect(Collectors.joining(" ")))
                .toList());
    }

    @Test
    void linesOfANovel() throws Exception {
        Path novel = SharedData.require("corpora/botchan.txt");
        sameAsTheRuntimes(Files.readAllLines(novel).stream()
                .filter(line -> !line.isBlank())
                .limit(100)
                .toList());
    }

    /// What the model was made for.
    @Test
    void likeSentencesAreNear() throws Exception {
        try (var weights = OnnxFile.open(folder.resolve("all-minilm-l6-v2.onnx"));
                var encoder = encoder(weights)) {
            float[][] v = encoder.embed(
                    List.of("How old are you?", "What is your age?", "The train to Basel leaves at noon."));
            assertThat(cosine(v[0], v[1])).isGreaterThan(0.7);
            assertThat(cosine(v[0], v[2])).isLessThan(0.2);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
        }
        return product;
    }
}
