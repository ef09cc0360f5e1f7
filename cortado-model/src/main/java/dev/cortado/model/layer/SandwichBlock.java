package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// x + norm(attention(norm(x))), then x + norm(feed-forward(norm(x))): what each part adds is normed as well (Ding et
/// al. 2021, arXiv:2105.13290, section 2.4; Gemma 2, arXiv:2408.00118).
public record SandwichBlock(
        Norm attentionNorm,
        Attention attention,
        Norm afterAttention,
        Norm feedForwardNorm,
        FeedForward feedForward,
        Norm afterFeedForward)
        implements Block {
    @Override
    public Tensor forward(Tensor x, Scores scores, Pass pass) {
        Tensor mixed = attention.forward(attentionNorm.forward(x, pass.form()), scores, pass);
        Tensor attended = x.add(afterAttention.forward(mixed, pass.form()));
        Tensor changed = feedForward.forward(feedForwardNorm.forward(attended, pass.form()), pass);
        return attended.add(afterFeedForward.forward(changed, pass.form()));
    }
}
