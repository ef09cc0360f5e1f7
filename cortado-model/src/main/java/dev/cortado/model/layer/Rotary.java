package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Rotary position embedding (Su et al. 2021, arXiv:2104.09864): pairs of channels of queries and keys turn by the
/// angle position·theta^(−2i/C), so that their product knows only the distance between tokens.
///
/// @param rotaryDim channels that turn, the first of each head; even
/// @param theta     base of the frequencies
/// @param scaling   how frequencies are changed for long texts
/// @param pairing   which channels turn together
public record Rotary(int rotaryDim, double theta, RopeScaling scaling, Pairing pairing) implements Positions {
    /// Which channels turn together.
    public enum Pairing {
        /// i and i + C/2: Hugging Face's Llama, GPT-NeoX.
        HALVES,
        /// 2i and 2i + 1: the paper, GPT-J, Meta's own Llama.
        NEIGHBOURS
    }

    public Rotary {
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || !(theta > 0)) {
            throw new IllegalArgumentException("rotary positions of " + rotaryDim + " channels with theta " + theta
                    + ": wants an even number of channels and a positive theta");
        }
        scaling.requireFits(rotaryDim);
    }

    /// All channels of each head, in halves, unscaled.
    public static Rotary of(int headDim, double theta) {
        return new Rotary(headDim, theta, new RopeScaling.None(), Pairing.HALVES);
    }

    /// The same with frequencies changed for long texts.
    public Rotary with(RopeScaling other) {
        return new Rotary(rotaryDim, theta, other, pairing);
    }

    /// Cosines and sines for given positions, shared by all layers of a pass.
    ///
    /// @param cos [B or 1, 1, T, C/2], F32
    /// @param sin the same shape
    public record Angles(Tensor cos, Tensor sin, Pairing pairing) {
        /// A projection's result x [B, T, H·C] split into heads and turned: [B, H, T, C].
        Tensor split(Tensor x, int heads, ComputeForm form) {
            long headDim = x.size(2) / heads;
            long turning = 2 * cos.size(-1);
            if (turning == headDim && pairing == Pairing.HALVES) {
                return switch (form) {
                    case FUSED -> Fused.splitHeadsRotated(x, heads, cos, sin);
                    case LIBRARY -> Nn.rotate(Attention.split(x, heads), cos, sin);
                };
            }
            Tensor all = Attention.split(x, heads); // [B, H, T, C]
            Tensor turned = turn(all.slice(-1, 0, turning));
            return turning == headDim ? turned : Tensors.cat(List.of(turned, all.slice(-1, turning)), -1);
        }

        private Tensor turn(Tensor x) { // [B, H, T, R]
            return switch (pairing) {
                case HALVES -> Nn.rotate(x, cos, sin);
                case NEIGHBOURS -> {
                    Tensor pairs = x.reshape(x.size(0), x.size(1), x.size(2), x.size(3) / 2, 2);
                    Tensor halves = pairs.transpose(3, 4).flatten(3);
                    Tensor turned = Nn.rotate(halves, cos, sin);
                    yield turned.reshape(x.size(0), x.size(1), x.size(2), 2, x.size(3) / 2)
                            .transpose(3, 4)
                            .flatten(3);
                }
            };
        }
    }

    @Override
    public Optional<Angles> angles(Tensor positions, LongSupplier length) {
        double[] exact = scaling.frequencies(theta, rotaryDim, scaling.varies() ? length.getAsLong() : 0);
        float[] frequencies = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            frequencies[i] = (float) exact[i];
        }
        Tensor perPair = Tensors.copyOf(MemorySegment.ofArray(frequencies), DType.F32, Shape.of(frequencies.length))
                .to(positions.device());
        Tensor angles = positions.to(DType.F32).unsqueeze(-1).mul(perPair).unsqueeze(1); // [B or 1, 1, T, R/2]
        double amplitude = scaling.amplitude();
        return Optional.of(
                amplitude == 1
                        ? new Angles(angles.cos(), angles.sin(), pairing)
                        : new Angles(angles.cos().mul(amplitude), angles.sin().mul(amplitude), pairing));
    }
}
