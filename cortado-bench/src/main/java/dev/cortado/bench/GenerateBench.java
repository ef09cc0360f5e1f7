package dev.cortado.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.infer.Generation;
import dev.cortado.infer.Generator;
import dev.cortado.infer.Prompt;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Speed of generation: reading a prompt (prefill) and writing one token after the other (decode).
public final class GenerateBench {
    private GenerateBench() {}

    /// What was measured: medians over the repetitions.
    public record Report(
            long parameters,
            DType precision,
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("new_tokens") int newTokens,
            @JsonProperty("prefill_tokens_per_second") double prefill,
            @JsonProperty("decode_tokens_per_second") double decode) {}

    /// Measures a model on random prompts; nothing ends a text early.
    public static Report run(CausalLm model, DType precision, int promptTokens, int newTokens, int repetitions) {
        int[] ids = new SplittableRandom(7)
                .ints(promptTokens, 0, model.spec().vocabSize())
                .toArray();
        Prompt prompt = Prompt.of(ids, model.spec());
        var generator = new Generator(model, precision);
        List<Double> prefill = new ArrayList<>();
        List<Double> decode = new ArrayList<>();
        for (int i = -1; i < repetitions; i++) {
            Generation done = generator.generate(prompt, newTokens, new Sampling.Greedy(), Set.of(), _ -> true);
            if (i >= 0) { // the first is for warming up
                prefill.add(done.prefill().toNanos() / 1e9);
                // The first new token comes out of the prefill.
                decode.add(
                        done.decode().toNanos() / 1e9 / Math.max(1, done.ids().size() - 1));
            }
        }
        return new Report(
                model.parameters().count(),
                precision,
                promptTokens,
                newTokens,
                promptTokens / new Timing(prefill).median(),
                1 / new Timing(decode).median());
    }
}
