package dev.cortado.model.layer;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Head;
import dev.cortado.model.KvCache;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A decoder (Radford et al. 2018): embedding, blocks that look back, norm, head. An architecture says what these
/// are.
public final class Decoder implements CausalLm {
    private final ModelSpec spec;
    private final Parts parts;
    private final ParameterSet parameters;
    private final Device device;

    /// @param embedding from ids to the first block's input
    /// @param layers    from first to last
    /// @param norm      of the last block's output
    /// @param cached    the heads whose keys and values a cache keeps, in every layer
    public record Parts(Embedder embedding, List<Layer> layers, Norm norm, Head head, AttentionShape cached) {
        public Parts {
            layers = List.copyOf(layers);
        }
    }

    /// A block and how its attention looks.
    public record Layer(Lens lens, Block block) {}

    /// From token ids to activations.
    @FunctionalInterface
    public interface Embedder {
        /// ids I64 [B, T] at positions I64 [B or 1, T] → [B, T, D] of this precision.
        Tensor embed(Tensor ids, Tensor positions, DType precision);
    }

    public Decoder(ModelSpec spec, Parts parts, ParameterSet parameters, Device device) {
        this.spec = spec;
        this.parts = parts;
        this.parameters = parameters;
        this.device = device;
    }

    @Override
    public Tensor hidden(Tensor ids, Pass pass) { // ids [B, T]
        long newTokens = ids.size(1);
        Tensor x = parts.embedding().embed(ids, pass.positions(newTokens, device), pass.precision());
        Map<Lens, Scores> scores = new HashMap<>();
        for (Layer layer : parts.layers()) {
            Scores shared =
                    scores.computeIfAbsent(layer.lens(), lens -> lens.causal(pass, ids.size(0), newTokens, device));
            x = layer.block().forward(x, shared, pass); // [B, T, D]
        }
        pass.cache().ifPresent(cache -> cache.advance(newTokens));
        return parts.norm().forward(x, pass.form());
    }

    @Override
    public Head head() {
        return parts.head();
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public ParameterSet parameters() {
        return parameters;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public KvCache newCache(long batch, long capacity, DType dtype) {
        AttentionShape cached = parts.cached();
        return new KvCache(parts.layers().size(), batch, cached.kvHeads(), capacity, cached.headDim(), dtype, device);
    }
}
