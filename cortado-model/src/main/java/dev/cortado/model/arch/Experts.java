package dev.cortado.model.arch;

import tools.jackson.databind.node.ObjectNode;

/// The numbers of a mixture of experts.
///
/// @param count       experts of a layer
/// @param chosen      experts each token goes to
/// @param hiddenWidth of each expert
/// @param normalised  whether the weights of the chosen ones are made to sum to 1
/// @param routerLoss  weight of the load-balancing loss in training
public record Experts(int count, int chosen, int hiddenWidth, boolean normalised, double routerLoss) {
    public Experts {
        if (count < 1 || chosen < 1 || chosen > count || hiddenWidth < 1) {
            throw new IllegalArgumentException(
                    chosen + " of " + count + " experts of width " + hiddenWidth + " cannot be chosen");
        }
    }

    /// In the spelling that OLMoE and the Qwens share.
    void write(ObjectNode config, String hiddenWidthKey) {
        config.put(hiddenWidthKey, hiddenWidth);
        config.put("num_experts", count);
        config.put("num_experts_per_tok", chosen);
        config.put("norm_topk_prob", normalised);
        config.put("router_aux_loss_coef", routerLoss);
    }
}
