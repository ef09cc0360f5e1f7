package dev.cortado.model.convert;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.SplittableRandom;

/// How much two models are one: their logits (activations, where there is no head) for the same random ids.
///
/// @param positions   compared
/// @param maxAbs      largest difference of a logit
/// @param deviation   root mean square of the differences over that of the original's logits
/// @param sameChoices share of positions at which both find the same id likeliest
public record Likeness(int positions, double maxAbs, double deviation, double sameChoices) {
    private static final int TOKENS = 16;

    /// Compares two models of one vocabulary.
    public static Likeness of(Model original, Model copy) {
        try (var _ = Scope.open("likeness");
                var _ = Grad.off();
                var _ = new Trimming(original.parameters()::release, copy.parameters()::release)) {
            Tensor ids = ids(original.spec());
            return of(logits(original, ids), logits(copy, ids));
        }
    }

    /// The text that models are compared on: random ids, always the same, I64 [1, T].
    static Tensor ids(ModelSpec spec) {
        int length = Math.min(TOKENS, spec.contextLength());
        int[] ids =
                new SplittableRandom(20_17).ints(length, 0, spec.vocabSize()).toArray();
        return Tensors.of(ids, 1, length);
    }

    /// Compares logits [.., V] of one shape.
    static Likeness of(Tensor a, Tensor b) {
        int width = Math.toIntExact(a.size(-1));
        float[] x = a.contiguous().toFloats();
        float[] y = b.contiguous().toFloats();
        double most = 0;
        double squares = 0;
        double all = 0;
        int same = 0;
        for (int row = 0; row < x.length / width; row++) {
            int best = row * width;
            int other = row * width;
            for (int i = row * width; i < (row + 1) * width; i++) {
                double difference = Math.abs((double) x[i] - y[i]);
                most = Double.isFinite(difference) ? Math.max(most, difference) : Double.POSITIVE_INFINITY;
                squares += difference * difference;
                all += (double) x[i] * x[i];
                best = x[i] > x[best] ? i : best;
                other = y[i] > y[other] ? i : other;
            }
            same += best == other ? 1 : 0;
        }
        int rows = x.length / width;
        return new Likeness(rows, most, Math.sqrt(squares / Math.max(all, 1e-30)), (double) same / rows);
    }

    private static Tensor logits(Model model, Tensor ids) {
        Tensor input = ids.to(model.device());
        Pass pass = Pass.evaluation(model.device());
        return switch (model) {
            case CausalLm decoder -> decoder.forward(input, pass);
            case Encoder encoder -> encoder.hidden(Encoder.Tokens.of(input), pass);
            case EncoderDecoder both -> both.forward(input, both.encode(input, pass), pass);
        };
    }
}
