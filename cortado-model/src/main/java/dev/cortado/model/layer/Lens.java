package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// How a kind of attention layer looks at tokens: everything about its scores but the weights. Layers of one kind
/// share the work of a pass ([Scores]).
///
/// @param positions how order enters queries, keys or scores; empty where it is in the embeddings alone
/// @param window    of so many tokens, the newest of them itself, if it does not see all before it
/// @param scale     of the products of queries and keys: 1/√C in most
/// @param softcap   c in c·tanh(scores/c), before masking (Gemma 2, arXiv:2408.00118)
public record Lens(Optional<Positions> positions, OptionalInt window, double scale, OptionalDouble softcap) {
    /// Everything is seen, scores are scaled by 1/√C, positions are in the embeddings.
    public static Lens of(int headDim) {
        return new Lens(Optional.empty(), OptionalInt.empty(), 1 / Math.sqrt(headDim), OptionalDouble.empty());
    }

    /// The same with positions.
    public Lens with(Positions other) {
        return new Lens(Optional.of(other), window, scale, softcap);
    }

    /// The same with a window.
    public Lens with(OptionalInt other) {
        return new Lens(positions, other, scale, softcap);
    }

    /// The same with another scale.
    public Lens scaled(double other) {
        return new Lens(positions, window, other, softcap);
    }

    /// The same with scores bounded.
    public Lens capped(OptionalDouble other) {
        return new Lens(positions, window, scale, other);
    }

    /// For a decoder's own tokens: `batch` rows of `newTokens` ids, after those in the pass's cache.
    public Scores causal(Pass pass, long batch, long newTokens, Device device) {
        Optional<Tensor> bias = bias(pass, newTokens, device);
        boolean library = pass.form() == ComputeForm.LIBRARY && bias.isEmpty() && softcap.isEmpty();
        return new Scores(
                AttentionMask.causal(pass, batch, newTokens, window, library, device),
                scale,
                softcap,
                angles(pass, newTokens, device),
                bias);
    }

    /// For an encoder's tokens, which all see each other.
    public Scores bidirectional(Pass pass, long tokens, Device device) {
        return new Scores(
                AttentionMask.bidirectional(pass, pass.layout(), tokens, device).behind(pass.prefixLength()),
                scale,
                softcap,
                angles(pass, tokens, device),
                bias(pass, tokens, device));
    }

    /// For a decoder's tokens looking at `columns` encoded ones laid out like `encoded`.
    public Scores across(Pass pass, Layout encoded, long columns, Device device) {
        return new Scores(
                AttentionMask.bidirectional(pass, encoded, columns, device),
                scale,
                softcap,
                Optional.empty(),
                Optional.empty());
    }

    private Optional<Rotary.Angles> angles(Pass pass, long newTokens, Device device) {
        return positions.flatMap(p -> p.angles(pass.positions(newTokens, device), () -> longest(pass, newTokens)));
    }

    /// Tokens of the longest text, as far as it is known without looking at padding.
    private static long longest(Pass pass, long newTokens) {
        return pass.layout() instanceof Layout.Packed(Tensor positions, var _)
                ? pass.prefixLength() + positions.max().toLong() + 1
                : pass.columns(newTokens);
    }

    private Optional<Tensor> bias(Pass pass, long newTokens, Device device) {
        Tensor queries = pass.positions(newTokens, device);
        long earlier =
                pass.layout() instanceof Layout.Whole ? pass.columns(newTokens) - newTokens : pass.prefixLength();
        Tensor before = Tensors.range(0, earlier, device).unsqueeze(0).expand(queries.size(0), earlier);
        Tensor keys = earlier == 0 ? queries : Tensors.cat(List.of(before, queries), 1);
        return positions.flatMap(p -> p.bias(queries, keys));
    }
}
