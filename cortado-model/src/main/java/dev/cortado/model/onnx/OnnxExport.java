package dev.cortado.model.onnx;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.DistilBertSpec;
import dev.cortado.model.arch.Gpt2Spec;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.arch.Qwen2Spec;
import dev.cortado.model.arch.Qwen3Spec;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.arch.T5Spec;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Writes models as ONNX graphs, whatever their architecture:
///
/// ```java
/// try (WeightSource weights = ModelWeights.open(folder)) {
///     OnnxExport.write(Path.of("exported/model.onnx"), ModelFolder.spec(folder), weights);
/// }
/// ```
///
/// Inputs and outputs are those of Hugging Face's Optimum; the exporter of each family lists them.
public final class OnnxExport {
    private static final String FAMILIES =
            "BERT, RoBERTa (XLM-RoBERTa, CamemBERT), DistilBERT, GPT-2, Llama, Mistral, Qwen2, Qwen3 and T5";

    private OnnxExport() {}

    /// Whether there is an exporter for models of these numbers.
    public static boolean canExport(ModelSpec spec) {
        return obstacle(spec).isEmpty();
    }

    /// Writes a model, as [OnnxWriter] does. One that reads one text and writes another becomes two files, whose
    /// names are that of `file` with `encoder_` and `decoder_` before it: for `model.onnx`, the names Optimum
    /// gives them.
    ///
    /// @return the files, without those of external data
    /// @throws IllegalArgumentException when there is no exporter for the model, or the weights are not those of
    /// the spec; then nothing is written
    public static List<Path> write(Path file, ModelSpec spec, WeightSource weights) throws IOException {
        Optional<String> obstacle = obstacle(spec);
        if (obstacle.isPresent()) {
            throw new IllegalArgumentException(obstacle.get());
        }
        List<Path> files = files(file, spec);
        List<OnnxGraph> graphs = graphs(spec, weights);
        for (int i = 0; i < files.size(); i++) {
            OnnxWriter.write(files.get(i), graphs.get(i));
        }
        return files;
    }

    /// The files that a model becomes, without those of external data.
    public static List<Path> files(Path file, ModelSpec spec) {
        List<String> begin = spec instanceof T5Spec ? List.of("encoder_", "decoder_") : List.of("");
        return begin.stream()
                .map(b -> file.resolveSibling(b + file.getFileName()))
                .toList();
    }

    /// In the order of the files.
    private static List<OnnxGraph> graphs(ModelSpec spec, WeightSource weights) {
        return switch (spec) {
            case BertSpec bert -> List.of(BertOnnx.graph(bert, weights));
            case DistilBertSpec distilBert -> List.of(DistilBertOnnx.graph(distilBert, weights));
            case Gpt2Spec gpt2 -> List.of(Gpt2Onnx.graph(gpt2, weights));
            case LlamaSpec llama -> List.of(LlamaOnnx.graph(llama, weights));
            case MistralSpec mistral -> List.of(LlamaOnnx.graph(mistral, weights));
            case Qwen2Spec qwen2 -> List.of(LlamaOnnx.graph(qwen2, weights));
            case Qwen3Spec qwen3 -> List.of(LlamaOnnx.graph(qwen3, weights));
            case RobertaSpec roberta -> List.of(BertOnnx.graph(roberta, weights));
            case T5Spec t5 -> {
                T5Onnx.Graphs both = T5Onnx.graphs(t5, weights);
                yield List.of(both.encoder(), both.decoder());
            }
            default -> throw new IllegalStateException("no exporter for " + spec.architecture());
        };
    }

    /// Why a model cannot be exported, if so.
    private static Optional<String> obstacle(ModelSpec spec) {
        return switch (spec) {
            case BertSpec _, DistilBertSpec _, Gpt2Spec _, RobertaSpec _, T5Spec _ -> Optional.empty();
            case LlamaSpec llama -> obstacle(spec, llama.rotary());
            case MistralSpec mistral -> obstacle(spec, mistral.rotary());
            case Qwen2Spec qwen2 -> obstacle(spec, qwen2.rotary());
            case Qwen3Spec qwen3 -> obstacle(spec, qwen3.rotary());
            default -> Optional.of(spec.architecture() + " cannot be exported to ONNX; " + FAMILIES + " can");
        };
    }

    private static Optional<String> obstacle(ModelSpec spec, Rotary rotary) {
        return OnnxAttention.Angles.obstacle(rotary)
                .map(why -> spec.architecture() + " cannot be exported to ONNX with " + why);
    }
}
