package dev.cortado.model;

import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;

/// Keys and values before every text, in every layer: what prefix tuning learns (Li and Liang 2021,
/// arXiv:2101.00190). They stand for P tokens that were never written: everyone sees them, and the positions of a
/// text begin at P.
///
/// @param layers from first to last; keys (turned already, where positions are rotary) and values [1 or B, K, P, C]
public record Prefix(List<KeyValue> layers) {
    public Prefix {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("a prefix of no layers");
        }
        long length = layers.getFirst().keys().size(2);
        for (KeyValue layer : layers) {
            if (layer.keys().size(2) != length || layer.values().size(2) != length) {
                throw new IllegalArgumentException("layers of a prefix must be as long as the first, " + length);
            }
        }
    }

    /// How many tokens it stands for.
    public long length() {
        return layers.getFirst().keys().size(2);
    }

    /// A layer's part and what follows it: keys and values [B, K, S, C] → [B, K, P + S, C].
    KeyValue before(int layer, KeyValue own) {
        KeyValue learned = layers.get(layer);
        return new KeyValue(joined(learned.keys(), own.keys()), joined(learned.values(), own.values()));
    }

    private static Tensor joined(Tensor learned, Tensor own) {
        Tensor rows = learned.to(own.dtype()).expand(own.size(0), own.size(1), learned.size(2), own.size(3));
        return Tensors.cat(List.of(rows, own), 2);
    }
}
