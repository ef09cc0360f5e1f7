package dev.cortado.model.mixing;

import dev.cortado.model.Params;
import dev.cortado.tensor.Tensor;

/// What stands between a block's projections of queries, keys and values and its output projection: each token's
/// result is a mean of values, weighted by how well its query fits their keys. Differentiable in all three.
public interface Mixer {
    /// q [B, H, T, C], k and v [B, K, T, C] with K dividing H → [B, H, T, C], in q's dtype.
    Tensor mix(Tensor q, Tensor k, Tensor v);

    /// Builds the chosen way of mixing.
    ///
    /// @param params  where learned parameters of its own come from; only [Mixing.Linformer] has some
    /// @param headDim channels of a head, C
    /// @param causal  whether a token sees only itself and those before it
    /// @throws IllegalArgumentException for a combination that does not exist
    static Mixer of(Mixing mixing, Params params, int headDim, boolean causal) {
        return switch (mixing) {
            case Mixing.Softmax _ -> new SoftmaxAttention(causal);
            case Mixing.Tiled(int tile) ->
                new TiledAttention(causal ? new Visibility.Past() : new Visibility.Everything(), tile);
            case Mixing.Longformer(int window, int globals) -> new LongformerAttention(window, globals, causal);
            case Mixing.Linformer(int length, int rank) -> {
                if (causal) {
                    throw new IllegalArgumentException("Linformer mixes all tokens of a text into each row of its keys "
                            + "and so cannot be causal; use it in an encoder, or choose another mixing");
                }
                yield new LinformerAttention(params, length, rank);
            }
            case Mixing.Performer(int features, long seed) -> new PerformerAttention(features, headDim, seed, causal);
            case Mixing.Reformer(int chunk, int rounds, long seed) ->
                new ReformerAttention(chunk, rounds, seed, causal);
        };
    }
}
