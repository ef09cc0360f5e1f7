package dev.cortado.model.convert;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Model;
import dev.cortado.model.Pass;
import dev.cortado.model.onnx.OnnxDim;
import dev.cortado.model.onnx.OnnxEvaluator;
import dev.cortado.model.onnx.OnnxFile;
import dev.cortado.model.onnx.OnnxPort;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How much a model and the ONNX graphs it was exported to are one: what both compute of the same random ids.
///
/// | model | compared |
/// |---|---|
/// | a decoder | logits of the text at once, and of its halves one after the other through the cache |
/// | an encoder | all outputs |
/// | an encoder–decoder | logits of the decoder as of a decoder alone, given what the encoder's graph made |
public final class GraphLikeness {
    private static final String PAST = "past_key_values.";

    private GraphLikeness() {}

    /// Runs the graphs of the files that [dev.cortado.model.onnx.OnnxExport#write] wrote of a model on the CPU;
    /// of several comparisons the one with the largest difference.
    public static Likeness of(Model original, List<Path> files) throws IOException {
        try (var graphs = Graphs.open(files);
                var _ = Scope.open("likeness");
                var _ = Grad.off();
                var _ = new Trimming(original.parameters()::release, graphs::release)) {
            Tensor ids = Likeness.ids(original.spec()); // [1, T]
            Pass pass = Pass.evaluation(Device.CPU);
            return switch (original) {
                case CausalLm decoder -> ofDecoder(decoder.forward(ids, pass), graphs.last(), ids, Map.of());
                case Encoder encoder ->
                    ofEncoder(encoder, encoder.hidden(Encoder.Tokens.of(ids), pass), graphs.last(), ids);
                case EncoderDecoder both -> {
                    Tensor seen = ones(ids.size(1));
                    Tensor encoded = output(
                            graphs.first().run(Map.of("input_ids", ids, "attention_mask", seen)), "last_hidden_state");
                    Map<String, Tensor> read = Map.of("encoder_hidden_states", encoded, "encoder_attention_mask", seen);
                    yield ofDecoder(both.forward(ids, both.encode(ids, pass), pass), graphs.last(), ids, read);
                }
            };
        }
    }

    /// Open files of one model.
    private record Graphs(List<OnnxFile> files) implements AutoCloseable {
        static Graphs open(List<Path> paths) throws IOException {
            var graphs = new Graphs(new ArrayList<>());
            try {
                for (Path path : paths) {
                    graphs.files.add(OnnxFile.open(path));
                }
                return graphs;
            } catch (Throwable failure) {
                graphs.close();
                throw failure;
            }
        }

        OnnxEvaluator first() {
            return new OnnxEvaluator(files.getFirst());
        }

        OnnxEvaluator last() {
            return new OnnxEvaluator(files.getLast());
        }

        void release() {
            files.forEach(OnnxFile::release);
        }

        @Override
        public void close() {
            files.forEach(OnnxFile::close);
        }
    }

    private static Likeness ofDecoder(Tensor expected, OnnxEvaluator graph, Tensor ids, Map<String, Tensor> read) {
        Tensor atOnce = new Decoding(graph, read).next(ids);
        var decoding = new Decoding(graph, read);
        List<Tensor> halves = ids.split((ids.size(1) + 1) / 2, 1);
        Tensor inTwo = Tensors.cat(halves.stream().map(decoding::next).toList(), 1);
        return lessAlike(Likeness.of(expected, atOnce), Likeness.of(expected, inTwo));
    }

    /// A decoder's graph with the keys and values of what it was given so far.
    private static final class Decoding {
        private final OnnxEvaluator graph;
        private final Map<String, Tensor> read;
        private final Map<String, Tensor> past = new HashMap<>();
        private long start;

        /// @param read inputs that are the same in every call
        Decoding(OnnxEvaluator graph, Map<String, Tensor> read) {
            this.graph = graph;
            this.read = read;
            graph.inputs().forEach((name, port) -> {
                if (name.startsWith(PAST)) {
                    past.put(
                            name,
                            Tensors.zeros(Shape.of(1, size(port, 1), 0, size(port, 3)), port.dtype(), Device.CPU));
                }
            });
        }

        private static long size(OnnxPort port, int dim) {
            return port.dims().get(dim) instanceof OnnxDim.Fixed(long size) ? size : 0;
        }

        /// Logits of the next tokens. ids [1, T] → [1, T, V].
        Tensor next(Tensor ids) {
            long end = start + ids.size(1);
            Map<String, Tensor> inputs = new HashMap<>(past);
            inputs.putAll(read);
            inputs.put("input_ids", ids);
            if (graph.inputs().containsKey("attention_mask")) {
                inputs.put("attention_mask", ones(end));
            }
            if (graph.inputs().containsKey("position_ids")) {
                inputs.put("position_ids", Tensors.range(start, end, Device.CPU).unsqueeze(0));
            }
            Map<String, Tensor> outputs = graph.run(inputs);
            past.replaceAll((name, _) -> output(outputs, name.replace(PAST, "present.")));
            start = end;
            return output(outputs, "logits");
        }
    }

    private static Likeness ofEncoder(Encoder encoder, Tensor hidden, OnnxEvaluator graph, Tensor ids) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("input_ids", ids);
        inputs.put("attention_mask", ones(ids.size(1)));
        if (graph.inputs().containsKey("token_type_ids")) {
            inputs.put("token_type_ids", Tensors.zeros(ids.shape(), DType.I64, Device.CPU));
        }
        Optional<Likeness> least = Optional.empty();
        for (Map.Entry<String, Tensor> output : graph.run(inputs).entrySet()) {
            Likeness like = Likeness.of(expected(output.getKey(), encoder, hidden), output.getValue());
            least = Optional.of(least.map(other -> lessAlike(other, like)).orElse(like));
        }
        return least.orElseThrow();
    }

    /// What an output of the name is to be, of the last layer's activations [1, T, D].
    private static Tensor expected(String output, Encoder encoder, Tensor hidden) {
        return switch (output) {
            case "last_hidden_state" -> hidden;
            case "pooler_output" -> encoder.pooler().orElseThrow().pool(hidden);
            case "start_logits" -> encoder.heads().getFirst().apply(hidden).select(2, 0);
            case "end_logits" -> encoder.heads().getFirst().apply(hidden).select(2, 1);
            case "seq_relationship_logits" -> encoder.heads().getLast().apply(hidden);
            default -> encoder.heads().getFirst().apply(hidden);
        };
    }

    private static Likeness lessAlike(Likeness one, Likeness other) {
        return other.maxAbs() > one.maxAbs() ? other : one;
    }

    private static Tensor output(Map<String, Tensor> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name), name);
    }

    private static Tensor ones(long length) {
        return Tensors.ones(Shape.of(1, length), DType.I64, Device.CPU);
    }
}
