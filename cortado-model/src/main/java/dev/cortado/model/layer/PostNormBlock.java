package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// norm(x + attention(x)), then norm(x + feed-forward(x)): the order of the first transformers (Vaswani et al. 2017,
/// arXiv:1706.03762, section 3.1).
public record PostNormBlock(Attention attention, Norm attentionNorm, FeedForward feedForward, Norm feedForwardNorm)
        implements Block {
    @Override
    public Tensor forward(Tensor x, Scores scores, Pass pass) {
        Tensor attended = attentionNorm.forward(x.add(attention.forward(x, scores, pass)), pass.form());
        return feedForwardNorm.forward(attended.add(feedForward.forward(attended, pass)), pass.form());
    }
}
