package dev.cortado.infer;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.config.TextEnds;
import dev.cortado.tensor.DType;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Answers a text with a text: what is read is encoded with the special tokens that the tokenizer puts around it, and
/// what is written is handed out as [TextGenerator] does.
public final class SequenceTextGenerator {
    private final SequenceGenerator generator;
    private final EncoderDecoder model;
    private final TextEnds ends;
    private final Tokenizer source;
    private final Tokenizer target;

    /// For a model that reads and writes tokens of one vocabulary.
    public SequenceTextGenerator(EncoderDecoder model, TextEnds ends, Tokenizer tokenizer, DType precision) {
        this(model, ends, tokenizer, tokenizer, precision);
    }

    /// For a model that reads tokens of one vocabulary and writes those of another.
    public SequenceTextGenerator(
            EncoderDecoder model, TextEnds ends, Tokenizer source, Tokenizer target, DType precision) {
        this.generator = new SequenceGenerator(model, precision);
        this.model = model;
        this.ends = ends;
        this.source = source;
        this.target = target;
    }

    /// The ids of a text to read, with the special tokens that belong around it.
    ///
    /// @param beginning ids that the text to write goes on with after the one that begins all of them: the one a
    ///                  stored model is forced to
    ///                  ([ModelFolder#forcedFirst][dev.cortado.model.folder.ModelFolder#forcedFirst]), a language
    public SequencePrompt prompt(String text, int... beginning) {
        return SequencePrompt.of(source.encode(text, SpecialText.NEVER, true), beginning, model.spec());
    }

    /// Writes until the model ends the text, one of `stops` appears (it is not part of the answer), or for
    /// `maxNewTokens`. `stream` is given the text piece by piece; the pieces together are the answer's text.
    public TextGenerator.Answer generate(
            SequencePrompt prompt, int maxNewTokens, Sampling sampling, List<String> stops, Consumer<String> stream) {
        var text = new TextStream(target, stops, stream);
        return text.end(generator.generate(prompt, maxNewTokens, sampling, Set.copyOf(ends.eos()), text::add));
    }
}
