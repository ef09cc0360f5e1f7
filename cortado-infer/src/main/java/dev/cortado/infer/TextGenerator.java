package dev.cortado.infer;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.config.TextEnds;
import dev.cortado.tensor.DType;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Continues a text in words: encodes the prompt, generates, and hands out text as soon as it is certain: whole
/// characters only, and nothing that may still turn out to be the beginning of a stop string.
public final class TextGenerator {
    private final Generator generator;
    private final CausalLm model;
    private final TextEnds ends;
    private final Tokenizer tokenizer;

    /// What was generated, as text.
    public record Answer(String text, Generation generation) {}

    public TextGenerator(CausalLm model, TextEnds ends, Tokenizer tokenizer, DType precision) {
        this.generator = new Generator(model, precision);
        this.model = model;
        this.ends = ends;
        this.tokenizer = tokenizer;
    }

    /// The prompt's ids, with a begin-of-text id before them where the tokenizer puts one, or where there would
    /// be none at all.
    public Prompt prompt(String text) {
        int[] encoded = tokenizer.encode(text);
        IntStream begin = tokenizer.addsBos()
                ? IntStream.of(tokenizer.encode("", SpecialText.NEVER, true)).limit(1)
                : encoded.length == 0 ? ends.bos().stream() : IntStream.empty();
        return Prompt.of(IntStream.concat(begin, IntStream.of(encoded)).toArray(), model.spec());
    }

    /// Goes on until the model ends the text, one of `stops` appears (it is not part of the answer), or for
    /// `maxNewTokens`. `stream` is given the text piece by piece; the pieces together are the answer's text.
    public Answer generate(
            Prompt prompt, int maxNewTokens, Sampling sampling, List<String> stops, Consumer<String> stream) {
        var text = new TextStream(tokenizer, stops, stream);
        return text.end(generator.generate(prompt, maxNewTokens, sampling, Set.copyOf(ends.eos()), text::add));
    }
}
