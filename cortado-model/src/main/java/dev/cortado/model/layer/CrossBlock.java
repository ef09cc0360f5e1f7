package dev.cortado.model.layer;

import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// One of the equal parts of a decoder that looks at an encoder: attention to its own tokens, attention to the
/// encoded ones, feed-forward.
public interface CrossBlock {
    /// Keys and values of what was read. encoded [B, S, D] → [B, K, S, C].
    KeyValue remember(Tensor encoded);

    /// x [B, T, D] → [B, T, D].
    ///
    /// @param own    how its own tokens are looked at
    /// @param across how the encoded ones are
    Tensor forward(Tensor x, Scores own, KeyValue memory, Scores across, Pass pass);

    /// x + part(norm(x)) for each of the three parts.
    record PreNorm(
            Norm selfNorm,
            Attention self,
            Norm crossNorm,
            CrossAttention cross,
            Norm feedForwardNorm,
            FeedForward feedForward)
            implements CrossBlock {
        @Override
        public KeyValue remember(Tensor encoded) {
            return cross.remember(encoded);
        }

        @Override
        public Tensor forward(Tensor x, Scores own, KeyValue memory, Scores across, Pass pass) {
            Tensor looked = x.add(self.forward(selfNorm.forward(x, pass.form()), own, pass));
            Tensor read = looked.add(cross.forward(crossNorm.forward(looked, pass.form()), memory, across, pass));
            return read.add(feedForward.forward(feedForwardNorm.forward(read, pass.form()), pass));
        }
    }

    /// norm(x + part(x)) for each of the three parts (Vaswani et al. 2017, arXiv:1706.03762, section 3.1).
    record PostNorm(
            Attention self,
            Norm selfNorm,
            CrossAttention cross,
            Norm crossNorm,
            FeedForward feedForward,
            Norm feedForwardNorm)
            implements CrossBlock {
        @Override
        public KeyValue remember(Tensor encoded) {
            return cross.remember(encoded);
        }

        @Override
        public Tensor forward(Tensor x, Scores own, KeyValue memory, Scores across, Pass pass) {
            Tensor looked = selfNorm.forward(x.add(self.forward(x, own, pass)), pass.form());
            Tensor read = crossNorm.forward(looked.add(cross.forward(looked, memory, across, pass)), pass.form());
            return feedForwardNorm.forward(read.add(feedForward.forward(read, pass)), pass.form());
        }
    }
}
