package dev.cortado.train.objective;

import dev.cortado.model.Encoder;
import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Masked language modelling: of each row 15 % of the tokens are to be guessed, −Σ log p(xₜ | corrupted row); of
/// these 80 % show the mask, 10 % a random token and 10 % themselves (Devlin et al. 2018, arXiv:1810.04805, section
/// 3.1 and appendix A.1). Targets of the batch are not read.
///
/// What is masked follows from `seed` and the ids of the whole batch: the same batch is masked alike whenever it
/// comes, and a row otherwise in another batch (Liu et al. 2019, arXiv:1907.11692, section 4.1).
///
/// @param mask     the id that hides others
/// @param specials ids that are never to be guessed nor shown in place of others, such as separators
public record MaskedObjective(int mask, Set<Integer> specials, long seed) implements Objective<Encoder> {
    private static final double SHARE = 0.15;
    private static final double MASKED = 0.8;
    private static final double RANDOM = 0.1;

    public MaskedObjective {
        specials = Set.copyOf(specials);
    }

    /// A batch to be guessed at.
    ///
    /// @param inputs  I64 [B, T], corrupted
    /// @param places  I64 [N], where to guess, in order, numbered through all rows
    /// @param targets I64 [N], the true id at each of these places
    public record Masked(Tensor inputs, Tensor places, Tensor targets) {}

    /// @throws IllegalArgumentException for an encoder without a head for words, and a batch of specials alone
    @Override
    public Loss loss(Encoder model, Batch batch, Pass pass) {
        if (!(model.head().orElse(null) instanceof EncoderHead.PerToken head)) {
            throw new IllegalArgumentException(
                    model.spec().architecture() + " has no head that guesses words; train one such as BertForMaskedLM");
        }
        Masked masked = corrupt(batch.inputs(), model.spec().vocabSize());
        Tensor hidden = model.hidden(Tokens.of(masked.inputs()), pass.with(batch.layout())); // [B, T, D]
        // Only what is to be guessed passes through the head.
        Tensor chosen = hidden.flatten(0, 1).indexSelect(0, masked.places()); // [N, D]
        Tensor logits = head.apply(chosen.unsqueeze(0)).to(DType.F32); // [1, N, V]
        Tensor targets = masked.targets().unsqueeze(0);
        return new Loss(Nn.crossEntropySum(logits, targets), targets.count());
    }

    /// Masks rows of ids. text I64 [B, T].
    ///
    /// @throws IllegalArgumentException where there is nothing but specials
    public Masked corrupt(Tensor text, int vocabSize) {
        long[] ids = text.toLongs();
        int length = (int) text.size(1);
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + Arrays.hashCode(ids));
        int[] places = IntStream.iterate(0, begin -> begin < ids.length, begin -> begin + length)
                .flatMap(begin -> choose(ids, begin, begin + length, random))
                .toArray();
        if (places.length == 0) {
            throw new IllegalArgumentException("the batch holds nothing but special tokens: there is nothing to mask");
        }
        long[] inputs = ids.clone();
        long[] targets = new long[places.length];
        for (int i = 0; i < places.length; i++) {
            targets[i] = ids[places[i]];
            double draw = random.nextDouble();
            if (draw < MASKED) {
                inputs[places[i]] = mask;
            } else if (draw < MASKED + RANDOM) {
                inputs[places[i]] = word(vocabSize, random);
            }
        }
        Device device = text.device();
        return new Masked(
                Tensors.of(inputs, text.shape().sizes()).to(device),
                Tensors.of(places, places.length).to(device),
                Tensors.of(targets, targets.length).to(device));
    }

    /// 15 % of a row's words, at least one if there is any.
    private IntStream choose(long[] ids, int begin, int end, RandomGenerator random) {
        int[] words = IntStream.range(begin, end)
                .filter(i -> !specials.contains((int) ids[i]))
                .toArray();
        int count = Math.min(words.length, Math.max(1, (int) Math.round(SHARE * words.length)));
        for (int i = 0; i < count; i++) { // the first of a Fisher–Yates shuffle
            int j = random.nextInt(i, words.length);
            int other = words[j];
            words[j] = words[i];
            words[i] = other;
        }
        return Arrays.stream(words, 0, count).sorted();
    }

    private int word(int vocabSize, RandomGenerator random) {
        while (true) {
            int id = random.nextInt(vocabSize);
            if (id != mask && !specials.contains(id)) {
                return id;
            }
        }
    }
}
