package dev.cortado.infer;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.EncoderDecoder.Memory;
import dev.cortado.model.KvCache;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Answers one text with another: the encoder reads once, and what the decoder's layers make of that is kept while
/// it writes token after token with a cache of its own keys and values. It knows ids, not text.
public final class SequenceGenerator {
    private final EncoderDecoder model;
    private final DType precision;

    /// `precision` is the dtype of activations and of the cache.
    public SequenceGenerator(EncoderDecoder model, DType precision) {
        this.model = model;
        this.precision = precision;
    }

    /// Writes until `eos`, until `more` says no, or for `maxNewTokens`. The prompt's beginning is not part of the
    /// answer.
    ///
    /// `more` is told each new token as soon as it is known, and answers whether to go on; it is not told the
    /// token of `eos` that ends the text.
    public Generation generate(
            SequencePrompt prompt, int maxNewTokens, Sampling sampling, Set<Integer> eos, IntPredicate more) {
        int[] source = prompt.source();
        int[] begun = IntStream.concat(IntStream.of(model.decoderStart()), IntStream.of(prompt.beginning()))
                .toArray();
        var loop = TokenLoop.of(maxNewTokens, begun.length, model.spec().contextLength(), sampling, eos, more);
        try (var _ = Grad.off();
                var _ = Scope.open("read");
                var cache = model.newCache(1, begun.length + (long) loop.most(), precision)) {
            long begin = System.nanoTime();
            Tensor read = Tensors.of(source, 1, source.length).to(model.device()); // [1, S]
            Memory memory = model.encode(read, Pass.evaluation(model.device()).with(precision));
            return loop.run(
                    begin, source.length, step(begun, memory, cache), next -> step(new int[] {next}, memory, cache));
        }
    }

    /// Logits [V] after the last of these ids, which follow what the cache holds.
    private float[] step(int[] ids, Memory memory, KvCache cache) {
        try (var _ = Scope.open("write")) {
            Tensor input = Tensors.of(ids, 1, ids.length).to(model.device()); // [1, T]
            Pass pass = Pass.cached(cache, model.device()).with(precision);
            Tensor hidden = model.hidden(input, memory, pass); // [1, T, D]
            return model.head().apply(hidden.select(1, ids.length - 1L)).toFloats();
        }
    }
}
