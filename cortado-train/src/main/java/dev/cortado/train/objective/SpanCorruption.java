package dev.cortado.train.objective;

import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.EncoderDecoder.Memory;
import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/// Span corruption: 15 % of a text are cut out in spans of 3 tokens on average, and the model is to write them
/// (Raffel et al. 2020, arXiv:1910.10683, section 3.1.4 and figure 2; the lengths of spans are drawn as in the
/// authors' code). Where a span was, the reader sees a sentinel; the text to be written is each sentinel and its
/// span, and a last sentinel:
///
/// ```
/// thank you for inviting me to your party last week
/// read:   thank you ⟨0⟩ me to your party ⟨1⟩ week
/// write:  ⟨0⟩ for inviting ⟨1⟩ last ⟨2⟩
/// ```
///
/// Sentinel i is the id V − 1 − i: the vocabulary ends in ids that no text holds. All rows of a batch have equally
/// many spans, so nothing is padded; as in the paper, a row is one text, whatever documents it was cut from. Targets
/// of the batch are not read. Which spans follows from `seed` and the ids of the whole batch.
///
/// @param head how the loss over the vocabulary is computed
public record SpanCorruption(CausalObjective.Head head, long seed) implements Objective<EncoderDecoder> {
    private static final double SHARE = 0.15;
    private static final double MEAN_SPAN = 3;

    /// Rows of a batch, each to be read and to be written.
    ///
    /// @param inputs  I64 [B, T − cut + spans]
    /// @param targets I64 [B, cut + spans + 1]
    public record Corrupted(Tensor inputs, Tensor targets) {}

    @Override
    public Loss loss(EncoderDecoder model, Batch batch, Pass pass) {
        if (batch.layout() instanceof Layout.Padded) {
            throw new IllegalArgumentException("span corruption reads rows of text without padding");
        }
        Corrupted corrupted = corrupt(batch.inputs(), model.spec().vocabSize());
        Tensor targets = corrupted.targets();
        Tensor start = Tensors.filled(Shape.of(targets.size(0), 1), model.decoderStart(), DType.I64, targets.device());
        Tensor before = Tensors.cat(List.of(start, targets.slice(1, 0, -1)), 1); // what has been written so far
        Pass whole = pass.with(new Layout.Whole(0));
        Memory memory = model.encode(corrupted.inputs(), whole);
        Tensor hidden = model.hidden(before, memory, whole); // [B, N, D]
        return new Loss(VocabularyLoss.sum(model.head(), hidden, targets, head), targets.count());
    }

    /// Cuts spans out of rows of ids. text I64 [B, T].
    ///
    /// @throws IllegalArgumentException for rows of less than two ids, and where a text holds a sentinel
    public Corrupted corrupt(Tensor text, int vocabSize) {
        long[] ids = text.toLongs();
        int length = (int) text.size(1);
        if (length < 2) {
            throw new IllegalArgumentException("a text of " + length + " tokens is too short to cut spans from");
        }
        int cut = Math.clamp(Math.round(SHARE * length), 1, length - 1);
        int spans = Math.clamp(Math.round(cut / MEAN_SPAN), 1, Math.min(cut, length - cut));
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + Arrays.hashCode(ids));
        LongStream.Builder inputs = LongStream.builder();
        LongStream.Builder targets = LongStream.builder();
        for (int begin = 0; begin < ids.length; begin += length) {
            requireNoSentinel(Arrays.copyOfRange(ids, begin, begin + length), vocabSize, spans);
            int[] kept = parts(length - cut, spans, random);
            int[] lost = parts(cut, spans, random);
            int at = begin;
            for (int span = 0; span < spans; span++) {
                long sentinel = vocabSize - 1L - span;
                Arrays.stream(ids, at, at + kept[span]).forEach(inputs);
                at += kept[span];
                inputs.add(sentinel);
                targets.add(sentinel);
                Arrays.stream(ids, at, at + lost[span]).forEach(targets);
                at += lost[span];
            }
            targets.add(vocabSize - 1L - spans);
        }
        return new Corrupted(rows(inputs, text), rows(targets, text));
    }

    /// As many rows as the text has.
    private static Tensor rows(LongStream.Builder ids, Tensor text) {
        long[] all = ids.build().toArray();
        return Tensors.of(all, text.size(0), all.length / text.size(0)).to(text.device());
    }

    private static void requireNoSentinel(long[] text, int vocabSize, int spans) {
        for (long id : text) {
            if (id >= vocabSize - 1L - spans) {
                throw new IllegalArgumentException("the text holds the id " + id + ", one of the last " + (spans + 1)
                        + " of a vocabulary of " + vocabSize + ", which mark spans: give the model a larger one");
            }
        }
    }

    /// Splits a sum into so many parts of at least 1, every way as likely as any other.
    private static int[] parts(int sum, int count, RandomGenerator random) {
        int[] parts = new int[count];
        int part = 0;
        int begins = count - 1; // still to come
        for (int i = 0; i < sum; i++) {
            // Of the sum − i places left (but the first of all) each begins a part with equal chance.
            if (i > 0 && random.nextInt(sum - i) < begins) {
                part++;
                begins--;
            }
            parts[part]++;
        }
        return parts;
    }
}
