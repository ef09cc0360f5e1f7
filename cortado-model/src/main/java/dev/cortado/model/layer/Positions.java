package dev.cortado.model.layer;

import dev.cortado.tensor.Tensor;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How a model knows the order of its tokens. There are three places where positions can enter: the embeddings,
/// the queries and keys, and the scores of attention; each scheme uses one of them and leaves the others as they
/// are.
///
/// Positions are I64 [B or 1, T].
public sealed interface Positions permits Learned, Sinusoidal, Rotary, Alibi, RelativeBuckets {
    /// Embeddings x [B, T, D] with positions in them.
    default Tensor embed(Tensor x, Tensor positions) {
        return x;
    }

    /// The angles by which queries and keys at these positions are turned.
    ///
    /// @param length tokens of the longest text so far; asked only by schemes whose frequencies depend on it
    default Optional<Rotary.Angles> angles(Tensor positions, LongSupplier length) {
        return Optional.empty();
    }

    /// What is added to the scores of queries at positions [B or 1, T] for keys at positions [B or 1, S]:
    /// [B or 1, H, T, S], F32.
    default Optional<Tensor> bias(Tensor queries, Tensor keys) {
        return Optional.empty();
    }
}
