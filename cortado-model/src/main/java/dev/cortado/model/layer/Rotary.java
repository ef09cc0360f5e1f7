package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;

/// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), in the half-split order of Hugging Face's Llama:
/// channel i < C/2 turns together with channel i + C/2 by the angle position·theta^(−2i/C).
public final class Rotary {
    private final int headDim;
    private final double theta;

    public Rotary(int headDim, double theta) {
        this.headDim = headDim;
        this.theta = theta;
    }

    /// Cosines and sines for given positions, shared by all layers of a pass.
    ///
    /// @param cos [B or 1, 1, T, C/2], F32
    /// @param sin the same shape
    public record Angles(Tensor cos, Tensor sin) {}

    /// positions I64 [B or 1, T].
    public Angles at(Tensor positions) {
        int half = headDim / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = (float) Math.pow(theta, -2.0 * i / headDim);
        }
        Tensor perChannel = Tensors.copyOf(MemorySegment.ofArray(frequencies), DType.F32, Shape.of(half))
                .to(positions.device());
        Tensor angles = positions.to(DType.F32).unsqueeze(-1).mul(perChannel).unsqueeze(1); // [B, 1, T, C/2]
        return new Angles(angles.cos(), angles.sin());
    }

    /// A projection's result x [B, T, H·C] split into heads and turned by its positions: [B, H, T, C].
    static Tensor split(Tensor x, int heads, Angles angles, ComputeForm form) {
        return switch (form) {
            case FUSED -> Fused.splitHeadsRotated(x, heads, angles.cos(), angles.sin());
            case LIBRARY -> Nn.rotate(Attention.split(x, heads), angles.cos(), angles.sin());
        };
    }
}
