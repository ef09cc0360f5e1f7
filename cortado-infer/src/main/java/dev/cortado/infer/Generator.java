package dev.cortado.infer;

import dev.cortado.infer.sample.Sampler;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.KvCache;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/// Continues one text: the prompt in one pass (prefill), then token after token (decode) with a cache of keys and
/// values. It knows ids, not text.
public final class Generator {
    private final CausalLm model;
    private final DType precision;

    /// `precision` is the dtype of activations and of the cache.
    public Generator(CausalLm model, DType precision) {
        this.model = model;
        this.precision = precision;
    }

    /// Goes on from a prompt until `eos`, until `more` says no, or for `maxNewTokens`.
    ///
    /// `more` is told each new token as soon as it is known, and answers whether to go on; it is not told the
    /// token of `eos` that ends the text.
    public Generation generate(
            Prompt prompt, int maxNewTokens, Sampling sampling, Set<Integer> eos, IntPredicate more) {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("max new tokens " + maxNewTokens + " must be at least 1");
        }
        // The last token is chosen but never seen by the model, so it takes no room.
        long room = model.spec().contextLength() - prompt.length() + 1L;
        int most = (int) Math.min(maxNewTokens, room);
        var sampler = new Sampler(sampling);
        List<Integer> ids = new ArrayList<>();
        Finish finish = Finish.LENGTH;
        try (var _ = Grad.off();
                var cache = model.newCache(1, prompt.length() + (long) most, precision)) {
            long begin = System.nanoTime();
            float[] logits = step(prompt.ids(), cache);
            long prefilled = System.nanoTime();
            while (true) {
                int next = sampler.next(logits);
                if (eos.contains(next)) {
                    finish = Finish.STOP;
                    break;
                }
                ids.add(next);
                if (!more.test(next)) {
                    finish = Finish.STOP;
                    break;
                }
                if (ids.size() == most) {
                    break;
                }
                logits = step(new int[] {next}, cache);
            }
            return new Generation(
                    ids,
                    finish,
                    prompt.length(),
                    Duration.ofNanos(prefilled - begin),
                    Duration.ofNanos(System.nanoTime() - prefilled));
        }
    }

    /// Logits [V] after the last of these ids, which follow what the cache holds.
    private float[] step(int[] ids, KvCache cache) {
        try (var _ = Scope.open("generate")) {
            Tensor input = Tensors.of(ids, 1, ids.length).to(model.device()); // [1, T]
            Pass pass = Pass.cached(cache, model.device()).with(precision);
            Tensor hidden = model.hidden(input, pass); // [1, T, D]
            return model.head().apply(hidden.select(1, ids.length - 1L)).toFloats();
        }
    }
}
