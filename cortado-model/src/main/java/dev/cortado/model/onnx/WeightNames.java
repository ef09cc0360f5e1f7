package dev.cortado.model.onnx;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// Gives the weights of linear layers their names back.
///
/// PyTorch's exporters transpose the weight of a linear layer, from [out, in] to the [in, out] a `MatMul` wants, and
/// call the result `onnx::MatMul_885`. Biases keep their names, and nodes are called after their modules. So:
///
/// * a `MatMul` by an anonymous weight whose product is added to `X.bias` is the layer X, as is a `Gemm` with
///   that bias, unless its node is called after a layer inside X, whose bias X keeps (the `decoder` of a
///   masked-language-model head);
/// * without a bias, `/encoder/layer.0/query/MatMul` is the layer `encoder.layer.0.query`.
final class WeightNames {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final Path file;
    private final SequencedMap<String, StoredTensor> initializers;
    private final Map<String, List<OnnxNode>> users = new HashMap<>();
    private final SequencedMap<String, Found> named = new LinkedHashMap<>();

    private WeightNames(Path file, ModelReader.Content content) {
        this.file = file;
        this.initializers = content.initializers();
        for (OnnxNode node : content.nodes()) {
            for (String input : node.inputs()) {
                users.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
            }
        }
    }

    /// Where a weight is.
    ///
    /// @param transposed whether it is the other way round than its name promises
    record Found(StoredTensor stored, boolean transposed) {
        Shape shape() {
            return transposed ? Shape.of(stored.shape().size(1), stored.shape().size(0)) : stored.shape();
        }
    }

    /// All weights under the names of their modules; constants of the graph are left out.
    ///
    /// @throws IllegalArgumentException when two weights would have one name
    static SequencedMap<String, Found> resolve(Path file, ModelReader.Content content) {
        var names = new WeightNames(file, content);
        Set<String> resolved = new HashSet<>();
        for (OnnxNode node : content.nodes()) {
            if (node.is("MatMul") || node.is("Gemm")) {
                names.linear(node).ifPresent(resolved::add);
            }
        }
        SequencedMap<String, Found> all = new LinkedHashMap<>();
        content.initializers().forEach((name, stored) -> {
            if (isWeight(stored) && !resolved.contains(name)) {
                all.put(name, new Found(stored, false));
            }
        });
        all.putAll(names.named);
        return all;
    }

    /// Whether an initializer is learned: integers, single numbers and what exporters name after nodes are not.
    private static boolean isWeight(StoredTensor stored) {
        return stored.dtype().isFloating()
                && stored.shape().rank() > 0
                && !stored.name().startsWith("/");
    }

    /// Names the weight of a linear layer; its own name when it got another one.
    private Optional<String> linear(OnnxNode node) {
        StoredTensor weight = initializers.get(node.input(1));
        if (weight == null || weight.shape().rank() != 2 || weight.name().endsWith(WEIGHT)) {
            return Optional.empty();
        }
        boolean gemm = node.is("Gemm");
        if (gemm && node.attributes().get("alpha") instanceof OnnxAttribute.Real(float alpha) && alpha != 1) {
            return Optional.empty(); // not the layer's weight, but a multiple of it
        }
        boolean transposed =
                !gemm || !(node.attributes().get("transB") instanceof OnnxAttribute.Whole(long transB) && transB != 0);
        var found = new Found(weight, transposed);
        Optional<String> ofBias = gemm ? layerOfBias(node.input(2), found) : addedBias(node, found);
        Optional<String> ofNode = layerOfNode(node);
        Optional<String> layer = ofNode.filter(inside -> inside.startsWith(ofBias.orElse("") + "."))
                .or(() -> ofBias)
                .or(() -> ofNode);
        if (layer.isEmpty() || initializers.containsKey(layer.get() + WEIGHT)) {
            return Optional.empty();
        }
        String name = layer.get() + WEIGHT;
        Found other = named.put(name, found);
        if (other != null && !other.stored().name().equals(weight.name())) {
            throw new IllegalArgumentException(file + ": both '" + weight.name() + "' and '"
                    + other.stored().name() + "' would be '" + name + "'");
        }
        return Optional.of(weight.name());
    }

    /// The layer whose bias is added to what a `MatMul` makes.
    private Optional<String> addedBias(OnnxNode product, Found weight) {
        if (product.outputs().isEmpty()) {
            return Optional.empty();
        }
        return users.getOrDefault(product.outputs().getFirst(), List.of()).stream()
                .filter(user -> user.is("Add"))
                .flatMap(add -> add.inputs().stream())
                .flatMap(input -> layerOfBias(input, weight).stream())
                .findFirst();
    }

    private Optional<String> layerOfBias(String name, Found weight) {
        StoredTensor bias = initializers.get(name);
        boolean fits = bias != null
                && name.endsWith(BIAS)
                && bias.shape().equals(Shape.of(weight.shape().size(0)));
        return fits ? Optional.of(name.substring(0, name.length() - BIAS.length())) : Optional.empty();
    }

    /// `/encoder/layer.0/query/MatMul_1` → `encoder.layer.0.query`.
    private static Optional<String> layerOfNode(OnnxNode node) {
        int end = node.name().lastIndexOf('/');
        boolean path = node.name().startsWith("/") && end > 0 && node.name().startsWith(node.operator(), end + 1);
        return path ? Optional.of(node.name().substring(1, end).replace('/', '.')) : Optional.empty();
    }
}
