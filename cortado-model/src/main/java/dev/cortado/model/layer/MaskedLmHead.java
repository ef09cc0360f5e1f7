package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// Which word stands at each place, also where the text shows a mask: W₂·norm(activation(W₁h)) (Devlin et al. 2018,
/// arXiv:1810.04805, section 3.1).
///
/// @param decoder to the vocabulary; most share its weights with the embedding and have a bias of their own
public record MaskedLmHead(Projection dense, Activation activation, Norm norm, Projection decoder)
        implements EncoderHead.PerToken {
    @Override
    public Tensor apply(Tensor hidden) {
        Tensor transformed = activation.apply(dense.apply(hidden)); // [B, T, D]
        return decoder.apply(norm.forward(transformed, ComputeForm.LIBRARY));
    }
}
