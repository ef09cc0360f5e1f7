package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/// A mixture of experts (Shazeer et al. 2017, arXiv:1701.06538; Jiang et al. 2024, arXiv:2401.04088): each token
/// goes to the few experts its router finds likeliest, and their results are added by these likelihoods.
///
/// The tokens of each expert are brought together, so that each expert runs once a pass.
///
/// @param router     from D to a score of each expert
/// @param experts    all alike
/// @param chosen     experts a token goes to
/// @param normalised whether the likelihoods of the chosen ones are made to sum to 1
public record SparseMlp(Projection router, List<GatedMlp> experts, int chosen, boolean normalised)
        implements FeedForward {
    public SparseMlp {
        experts = List.copyOf(experts);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) { // [B, T, D]
        Tensor rows = x.flatten(0, -2); // [N, D]
        Tensor probabilities = router.apply(rows).to(DType.F32).softmax(-1); // [N, E]
        Choice choice = choose(probabilities);
        pass.routers().ifPresent(load -> load.add(probabilities, choice.counts));
        long tokens = rows.size(0);
        Tensor slots = Tensors.of(choice.experts, tokens, chosen).to(x.device()); // [N, k]
        Tensor weights = probabilities.gather(-1, slots); // [N, k]
        Tensor shares = normalised ? weights.div(weights.sum(-1)) : weights;

        Tensor gathered = rows.indexSelect(0, index(choice.tokens, x)); // [N·k, D], by expert
        List<Tensor> results = new ArrayList<>();
        long from = 0;
        for (int e = 0; e < experts.size(); e++) {
            long to = from + choice.counts[e];
            if (to > from) {
                results.add(experts.get(e).forward(gathered.slice(0, from, to), pass));
            }
            from = to;
        }
        Tensor back = Tensors.cat(results, 0).indexSelect(0, index(choice.places, x)); // [N·k, D], by token
        Tensor weighted = back.reshape(tokens, chosen, rows.size(1))
                .mul(shares.unsqueeze(-1).to(x.dtype()));
        return weighted.sum(1).reshape(x.shape().sizes());
    }

    private static Tensor index(long[] numbers, Tensor like) {
        return Tensors.of(numbers, numbers.length).to(like.device());
    }

    /// Who goes where.
    ///
    /// experts: the k experts of each token, likeliest first; counts: tokens of each expert; tokens: of which
    /// token each row is when rows are sorted by expert; places: where the row of each token and choice went.
    private static final class Choice {
        private final long[] experts;
        private final long[] counts;
        private final long[] tokens;
        private final long[] places;

        Choice(int choices, int experts) {
            this.experts = new long[choices];
            this.counts = new long[experts];
            this.tokens = new long[choices];
            this.places = new long[choices];
        }
    }

    private Choice choose(Tensor probabilities) {
        float[] p = probabilities.detach().toFloats();
        int count = experts.size();
        int tokens = p.length / count;
        var choice = new Choice(tokens * chosen, count);
        for (int t = 0; t < tokens; t++) {
            for (int c = 0; c < chosen; c++) {
                int best = -1;
                for (int e = 0; e < count; e++) {
                    float mine = p[t * count + e];
                    if (mine >= 0 && (best < 0 || mine > p[t * count + best])) {
                        best = e;
                    }
                }
                if (best < 0) {
                    throw new ArithmeticException("a router's scores are not finite");
                }
                p[t * count + best] = -1; // taken
                choice.experts[t * chosen + c] = best;
                choice.counts[best]++;
            }
        }
        long[] next = new long[count];
        for (int e = 1; e < count; e++) {
            next[e] = next[e - 1] + choice.counts[e - 1];
        }
        for (int i = 0; i < choice.experts.length; i++) {
            int place = (int) next[(int) choice.experts[i]]++;
            choice.tokens[place] = i / chosen;
            choice.places[i] = place;
        }
        return choice;
    }
}
