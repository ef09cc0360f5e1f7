package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// x + attention(norm(x)), then x + feed-forward(norm(x)) (Xiong et al. 2020, arXiv:2002.04745).
public record PreNormBlock(Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward)
        implements Block {
    @Override
    public Tensor forward(Tensor x, Scores scores, Pass pass) {
        Tensor attended = x.add(attention.forward(attentionNorm.forward(x, pass.form()), scores, pass));
        return attended.add(feedForward.forward(feedForwardNorm.forward(attended, pass.form()), pass));
    }
}
