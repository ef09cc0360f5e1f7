package dev.cortado.model.onnx;

import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Layers with weights as parts of an [OnnxGraph]: what [dev.cortado.model.Params] is to an architecture, this is to
/// its exporter. It is scoped by path, `layers.at("self_attn").linear("q_proj", x, width, width)`, and paths are
/// Hugging Face's names.
///
/// Weights of any floating type are written as F32, each converted only when its turn in the file comes.
public final class OnnxLayers {
    private final OnnxGraph graph;
    private final WeightSource weights;
    private final String path;
    private final Set<String> used;

    /// Layers of a graph with weights from a source, which must stay open until the graph is written.
    public OnnxLayers(OnnxGraph graph, WeightSource weights) {
        this(graph, weights, "", new TreeSet<>());
    }

    private OnnxLayers(OnnxGraph graph, WeightSource weights, String path, Set<String> used) {
        this.graph = graph;
        this.weights = weights;
        this.path = path;
        this.used = used;
    }

    /// The layers under a name inside this path.
    public OnnxLayers at(String name) {
        return new OnnxLayers(graph, weights, path.isEmpty() ? name : path + "." + name, used);
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
        return weights.names().contains(at(name).path);
    }

    /// One tensor as it is, F32.
    ///
    /// @throws IllegalArgumentException when it is missing, or of another shape
    public OnnxValue weight(String name, long... sizes) {
        StoredTensor stored = stored(name, sizes);
        return graph.weight(outgoing(stored, stored.name(), false));
    }

    /// x·weightᵀ + bias, where there is a bias. x [.., in] → [.., out].
    public OnnxValue linear(String name, OnnxValue x, long in, long out) {
        OnnxLayers layer = at(name);
        // As PyTorch's exporters do it: [in, out], under a name that is not that of [out, in].
        StoredTensor stored = layer.stored("weight", out, in);
        return linear(layer, x, outgoing(stored, stored.name() + ".transposed", true), out);
    }

    /// x·weight + bias for GPT-2's way to store a linear layer ("Conv1D"), [in, out]. x [.., in] → [.., out].
    public OnnxValue linearAsStored(String name, OnnxValue x, long in, long out) {
        OnnxLayers layer = at(name);
        StoredTensor stored = layer.stored("weight", in, out);
        return linear(layer, x, outgoing(stored, stored.name(), false), out);
    }

    private OnnxValue linear(OnnxLayers layer, OnnxValue x, OutgoingTensor weight, long out) {
        return layer.within(() -> {
            OnnxValue product = x.matMul(graph.weight(weight));
            return layer.has("bias") ? product.add(layer.weight("bias", out)) : product;
        });
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

    /// x·σ(x) (Elfwing et al. 2017, arXiv:1702.03118).
    public static OnnxValue silu(OnnxValue x) {
        return x.mul(x.sigmoid());
    }

    /// x·Φ(x) (Hendrycks & Gimpel 2016, arXiv:1606.08415).
    public static OnnxValue gelu(OnnxValue x) {
        return x.mul(x.mul(Math.sqrt(0.5)).erf().add(1)).mul(0.5);
    }

    /// The same paper's approximation by a hyperbolic tangent, Hugging Face's `gelu_new` and `gelu_pytorch_tanh`.
    public static OnnxValue tanhGelu(OnnxValue x) {
        OnnxValue inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(inner.tanh().add(1)).mul(0.5);
    }

    /// To be called when the graph is complete.
    ///
    /// @throws IllegalArgumentException naming tensors that no layer asked for
    public void finish() {
        var unused = new TreeSet<>(weights.names());
        unused.removeAll(used);
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException(weights.path() + " does not fit its configuration: unused "
                    + unused.first() + (unused.size() > 1 ? " and " + (unused.size() - 1) + " more" : ""));
        }
    }

    private StoredTensor stored(String name, long... sizes) {
        String full = at(name).path;
        StoredTensor stored = weights.find(full)
                .orElseThrow(() -> new IllegalArgumentException(
                        weights.path() + " does not fit its configuration: missing " + full + " " + Shape.of(sizes)));
        if (!stored.shape().equals(Shape.of(sizes)) || !stored.dtype().isFloating()) {
            throw new IllegalArgumentException(weights.path() + " does not fit its configuration: " + full + " is "
                    + stored.dtype() + " " + stored.shape() + " where the configuration says " + Shape.of(sizes));
        }
        used.add(full);
        return stored;
    }

    private static OutgoingTensor outgoing(StoredTensor stored, String name, boolean transposed) {
        Shape shape =
                transposed ? Shape.of(stored.shape().size(1), stored.shape().size(0)) : stored.shape();
        return new OutgoingTensor(name, DType.F32, shape, sink -> {
            if (stored.dtype() == DType.F32 && !transposed) {
                sink.write(stored.bytes());
                return;
            }
            try (var _ = Scope.open("export " + name)) {
                Tensor floats = Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape())
                        .to(DType.F32);
                sink.write((transposed ? floats.transpose(0, 1).contiguous() : floats).bytes());
            }
        });
    }
}
