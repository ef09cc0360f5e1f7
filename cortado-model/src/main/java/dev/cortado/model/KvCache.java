package dev.cortado.model;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of the tokens a decoder has seen, for all layers, in memory taken once for the longest text.
public final class KvCache implements AutoCloseable {
    private final List<KeyValue> layers = new ArrayList<>();
    private final long capacity;
    private long length;

    /// Keys and values of one layer, each [B, K, S, C].
    public record KeyValue(Tensor keys, Tensor values) {}

    /// An empty cache.
    public KvCache(int layers, long batch, long kvHeads, long capacity, long headDim, DType dtype, Device device) {
        this.capacity = capacity;
        Shape shape = Shape.of(batch, kvHeads, capacity, headDim);
        try (var scope = Scope.open("kv cache")) {
            for (int i = 0; i < layers; i++) {
                this.layers.add(new KeyValue(
                        scope.own(Tensors.zeros(shape, dtype, device)),
                        scope.own(Tensors.zeros(shape, dtype, device))));
            }
        }
    }

    /// Tokens seen so far.
    public long length() {
        return length;
    }

    /// Most tokens it can hold.
    public long capacity() {
        return capacity;
    }

    /// Stores a layer's new keys and values [B, K, T, C] behind the old ones; all of them [B, K, S, C], as views.
    ///
    /// @throws IllegalArgumentException when the cache is full
    public KeyValue remember(int layer, Tensor keys, Tensor values) {
        long end = length + keys.size(2);
        if (end > capacity) {
            throw new IllegalArgumentException("the text is longer than the " + capacity + " tokens there is room for");
        }
        KeyValue all = layers.get(layer);
        all.keys().slice(2, length, end).copyInPlace(keys);
        all.values().slice(2, length, end).copyInPlace(values);
        return new KeyValue(all.keys().slice(2, 0, end), all.values().slice(2, 0, end));
    }

    /// What it has seen, as views.
    public Prefix prefix() {
        return new Prefix(layers.stream()
                .map(all -> new KeyValue(
                        all.keys().slice(2, 0, length), all.values().slice(2, 0, length)))
                .toList());
    }

    /// Puts a prefix into an empty cache, as if its tokens had been seen.
    public void begin(Prefix prefix) {
        if (length > 0 || prefix.layers().size() != layers.size()) {
            throw new IllegalArgumentException("a prefix of " + prefix.layers().size()
                    + " layers cannot begin a cache of " + layers.size() + " that has seen " + length + " tokens");
        }
        for (int i = 0; i < layers.size(); i++) {
            KeyValue learned = prefix.layers().get(i);
            KeyValue all = layers.get(i);
            remember(i, like(all.keys(), learned.keys()), like(all.values(), learned.values()));
        }
        advance(prefix.length());
    }

    private static Tensor like(Tensor room, Tensor learned) {
        return learned.to(room.dtype()).expand(room.size(0), room.size(1), learned.size(2), room.size(3));
    }

    /// Counts the tokens of a call in, after all layers have remembered them.
    public void advance(long tokens) {
        length += tokens;
    }

    /// Forgets everything after the first `tokens`.
    public void truncate(long tokens) {
        if (tokens < 0 || tokens > length) {
            throw new IllegalArgumentException("cannot shorten " + length + " tokens to " + tokens);
        }
        length = tokens;
    }

    @Override
    public void close() {
        for (KeyValue layer : layers) {
            layer.keys().close();
            layer.values().close();
        }
    }
}
