package dev.cortado.infer;

import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// The tensors of a CTranslate2 transformer under our names: its fused queries, keys and values are rows of one
/// matrix.
final class CTranslate2Names implements WeightSource {
    private final WeightSource file;
    private final Map<String, Rows> ours = new LinkedHashMap<>();

    /// Rows of a stored tensor: the part with this number of as many equal ones.
    private record Rows(String stored, int part, int parts) {}

    private CTranslate2Names(WeightSource file) {
        this.file = file;
        for (String name : file.names()) {
            rename(name);
        }
    }

    static CTranslate2Names open(Path file) throws IOException {
        return new CTranslate2Names(Safetensors.open(file));
    }

    private void rename(String name) {
        List<String> path = new ArrayList<>(List.of(name.split("/", -1)));
        String kind = path.removeLast();
        String suffix = Map.of("gamma", ".weight", "beta", ".bias").getOrDefault(kind, "." + kind);
        if (name.startsWith("decoder/projection/")) {
            ours.put("lm_head" + suffix, new Rows(name, 0, 1));
            return;
        }
        String stack = path.removeFirst() + ".";
        if (!path.getFirst().startsWith("layer_") || path.getFirst().equals("layer_norm")) {
            String part = path.getFirst().equals("embeddings") ? "embed_tokens" : "layer_norm";
            ours.put(stack + part + suffix, new Rows(name, 0, 1));
            return;
        }
        String layer = stack + "layers." + path.removeFirst().substring("layer_".length()) + ".";
        String sublayer = path.getFirst();
        String attention = sublayer.equals("attention") ? "encoder_attn" : "self_attn";
        if (path.getLast().equals("layer_norm")) {
            String norm = sublayer.equals("ffn") ? "final" : attention;
            ours.put(layer + norm + "_layer_norm" + suffix, new Rows(name, 0, 1));
            return;
        }
        Map<String, List<String>> parts = new HashMap<>();
        parts.put("ffn/linear_0", List.of("fc1"));
        parts.put("ffn/linear_1", List.of("fc2"));
        parts.put("self_attention/linear_0", List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"));
        parts.put("self_attention/linear_1", List.of("self_attn.out_proj"));
        parts.put("attention/linear_0", List.of("encoder_attn.q_proj"));
        parts.put("attention/linear_1", List.of("encoder_attn.k_proj", "encoder_attn.v_proj"));
        parts.put("attention/linear_2", List.of("encoder_attn.out_proj"));
        List<String> names = parts.getOrDefault(String.join("/", path), List.of());
        for (int i = 0; i < names.size(); i++) {
            ours.put(layer + names.get(i) + suffix, new Rows(name, i, names.size()));
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public SequencedSet<String> names() {
        return new LinkedHashSet<>(ours.keySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(ours.get(name))
                .flatMap(rows -> file.find(rows.stored()).map(whole -> {
                    long[] sizes = whole.shape().sizes();
                    sizes[0] /= rows.parts();
                    long bytes = whole.bytes().byteSize() / rows.parts();
                    return new StoredTensor(
                            name, whole.dtype(), Shape.of(sizes), whole.bytes().asSlice(rows.part() * bytes, bytes));
                }));
    }

    @Override
    public void close() {
        file.close();
    }
}
