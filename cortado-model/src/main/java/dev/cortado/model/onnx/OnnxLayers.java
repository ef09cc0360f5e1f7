package dev.cortado.model.onnx;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.file.Content;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Layers with weights as parts of an [OnnxGraph]: what [dev.cortado.model.Params] is to an architecture, this is to
/// its exporter. It is scoped by path, `layers.at("self_attn").linear("q_proj", x, width, width)`, and paths are
/// Hugging Face's names. Checkpoints may spell them otherwise ([CheckpointNames]); the graph has them as they are
/// here.
///
/// Weights of any floating type are written as F32, each converted only when its turn in the file comes.
public final class OnnxLayers {
    private final OnnxGraph graph;
    private final Checkpoint checkpoint;
    private final String path;

    /// Layers of a graph with weights from a source, which must stay open until the graph is written.
    public OnnxLayers(OnnxGraph graph, WeightSource weights, CheckpointNames names) {
        this(graph, new Checkpoint(weights, names, new TreeSet<>()), "");
    }

    private OnnxLayers(OnnxGraph graph, Checkpoint checkpoint, String path) {
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.path = path;
    }

    /// Where weights come from, and which of them some layer has asked for.
    private record Checkpoint(WeightSource weights, CheckpointNames names, Set<String> used) {
        Optional<String> spelling(String name) {
            return names.spellings(name).stream()
                    .filter(weights.names()::contains)
                    .findFirst();
        }

        IllegalArgumentException problem(String what) {
            return new IllegalArgumentException(weights.path() + " does not fit its configuration: " + what);
        }
    }

    /// The same layers in another graph: a model of two graphs has one checkpoint.
    public OnnxLayers in(OnnxGraph other) {
        return new OnnxLayers(other, checkpoint, path);
    }

    /// The layers under a name inside this path.
    public OnnxLayers at(String name) {
        return new OnnxLayers(graph, checkpoint, path.isEmpty() ? name : path + "." + name);
    }

    /// The layers of the block with this number.
    public OnnxLayers at(int number) {
        return at(Integer.toString(number));
    }

    /// What `make` gives; nodes made on the way are named under this path.
    public <T> T within(Supplier<T> make) {
        return graph.within(path, make);
    }

    /// Whether there is such a tensor, `query.bias`.
    public boolean has(String name) {
        return checkpoint.spelling(at(name).path).isPresent();
    }

    /// One tensor as it is, F32.
    ///
    /// @throws IllegalArgumentException when it is missing, or of another shape
    public OnnxValue weight(String name, long... sizes) {
        return graph.weight(outgoing(stored(name, sizes), at(name).path, Shape.of(sizes), false));
    }

    /// x·weightᵀ, without a bias. x [.., in] → [.., out].
    public OnnxValue linear(String name, OnnxValue x, long in, long out) {
        OnnxLayers layer = at(name);
        // As PyTorch's exporters do it: [in, out], under a name that is not that of [out, in].
        String stored = layer.stored("weight", out, in);
        OutgoingTensor weight = outgoing(stored, layer.path + ".weight.transposed", Shape.of(in, out), true);
        return layer.within(() -> x.matMul(graph.weight(weight)));
    }

    /// x·weightᵀ + bias. x [.., in] → [.., out].
    public OnnxValue biased(String name, OnnxValue x, long in, long out) {
        OnnxLayers layer = at(name);
        OnnxValue product = linear(name, x, in, out);
        return layer.within(() -> product.add(layer.weight("bias", out)));
    }

    /// With a bias or without one.
    public OnnxValue linear(String name, OnnxValue x, long in, long out, boolean bias) {
        return bias ? biased(name, x, in, out) : linear(name, x, in, out);
    }

    /// x·weight + bias for GPT-2's way to store a linear layer ("Conv1D"), [in, out]. x [.., in] → [.., out].
    public OnnxValue conv1d(String name, OnnxValue x, long in, long out) {
        OnnxLayers layer = at(name);
        return layer.within(() -> x.matMul(layer.weight("weight", in, out)).add(layer.weight("bias", out)));
    }

    /// Rows of a table: ids I64 [..] → [.., width].
    public OnnxValue embedding(String name, OnnxValue ids, long rows, long width) {
        return at(name).within(() -> at(name).weight("weight", rows, width).gather(0, ids));
    }

    /// Logits from the table of an embedding, which then is in the file once: x [B, T, width] → [B, T, rows].
    public OnnxValue tiedHead(String embedding, OnnxValue x, long rows, long width) {
        return graph.within("lm_head", () -> {
            OnnxValue table = at(embedding).weight("weight", rows, width);
            OnnxValue logits = x.reshape(-1, width).timesTransposed(table); // [B·T, rows]
            OnnxValue shape = graph.concat(0, x.shape().slice(0, 0, 2), graph.integers(rows));
            return logits.reshape(shape);
        });
    }

    /// (x − mean)/√(variance + ε)·weight + bias over the last dimension (Ba et al. 2016, arXiv:1607.06450).
    public OnnxValue layerNorm(String name, OnnxValue x, long width, double epsilon) {
        OnnxLayers layer = at(name);
        return layer.within(
                () -> x.layerNormalization(layer.weight("weight", width), layer.weight("bias", width), epsilon));
    }

    /// x/√(mean(x²) + ε)·weight over the last dimension (Zhang & Sennrich 2019, arXiv:1910.07467).
    public OnnxValue rmsNorm(String name, OnnxValue x, long width, double epsilon) {
        OnnxLayers layer = at(name);
        return layer.within(() -> {
            OnnxValue scale = x.mul(x).reduceMean(-1).add(epsilon).sqrt().reciprocal();
            return x.mul(scale).mul(layer.weight("weight", width));
        });
    }

    /// The nonlinearity of a feed-forward layer. x of any shape → the same shape.
    public static OnnxValue activation(Activation kind, OnnxValue x) {
        return switch (kind) {
            case RELU -> x.relu();
            case GELU -> x.mul(x.mul(Math.sqrt(0.5)).erf().add(1)).mul(0.5);
            case GELU_TANH -> {
                OnnxValue inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
                yield x.mul(inner.tanh().add(1)).mul(0.5);
            }
            case GELU_SIGMOID -> x.mul(x.mul(1.702).sigmoid());
            case SILU -> x.mul(x.sigmoid());
            case TANH -> x.tanh();
        };
    }

    /// To be called when the graph is complete, or all graphs that share the checkpoint are.
    ///
    /// @throws IllegalArgumentException naming tensors that no layer asked for and nobody knows
    public void finish() {
        var unused = new TreeSet<>(checkpoint.weights().names());
        unused.removeAll(checkpoint.used());
        unused.removeIf(checkpoint.names()::isStray);
        if (!unused.isEmpty()) {
            throw checkpoint.problem(
                    "unused " + unused.first() + (unused.size() > 1 ? " and " + (unused.size() - 1) + " more" : ""));
        }
    }

    /// The name under which the checkpoint has a tensor of this shape.
    private String stored(String name, long... sizes) {
        String full = at(name).path;
        String spelling = checkpoint
                .spelling(full)
                .orElseThrow(() -> checkpoint.problem("missing " + full + " " + Shape.of(sizes)));
        StoredTensor stored = checkpoint.weights().find(spelling).orElseThrow();
        if (!stored.shape().equals(Shape.of(sizes)) || !stored.dtype().isFloating()) {
            throw checkpoint.problem(full + " is " + stored.dtype() + " " + stored.shape()
                    + " where the configuration says " + Shape.of(sizes));
        }
        checkpoint.used().add(spelling);
        return spelling;
    }

    /// Found again when it is written: a checkpoint in blocks decodes what it is asked for, which until then
    /// would stay in memory.
    private OutgoingTensor outgoing(String spelling, String name, Shape shape, boolean transposed) {
        WeightSource weights = checkpoint.weights();
        return new OutgoingTensor(name, DType.F32, shape, sink -> {
            write(weights.find(spelling).orElseThrow(), transposed, sink);
            weights.release();
        });
    }

    private static void write(StoredTensor stored, boolean transposed, Content.Sink sink) throws IOException {
        if (stored.dtype() == DType.F32 && !transposed) {
            sink.write(stored.bytes());
            return;
        }
        try (var _ = Scope.open("export " + stored.name())) {
            Tensor floats = Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape())
                    .to(DType.F32);
            sink.write((transposed ? floats.transpose(0, 1).contiguous() : floats).bytes());
        }
    }
}
