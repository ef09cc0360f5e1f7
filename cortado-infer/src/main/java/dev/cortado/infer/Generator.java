package dev.cortado.infer;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.KvCache;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
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
        var loop = TokenLoop.of(maxNewTokens, prompt.length(), model.spec().contextLength(), sampling, eos, more);
        try (var _ = Grad.off();
                var cache = model.newCache(1, prompt.length() + (long) loop.most(), precision)) {
            long begin = System.nanoTime();
            return loop.run(begin, prompt.length(), step(prompt.ids(), cache), next -> step(new int[] {next}, cache));
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
