package dev.cortado.infer;

import dev.cortado.text.tokenizer.StreamDecoder;
import dev.cortado.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/// The text of tokens that come one at a time, handed on as soon as it is certain.
final class TextStream {
    private final StopText text;
    private final StreamDecoder decoder;

    TextStream(Tokenizer tokenizer, List<String> stops, Consumer<String> stream) {
        this.text = new StopText(stops, stream);
        this.decoder = tokenizer.stream();
    }

    /// Adds a token; answers whether to go on.
    boolean add(int id) {
        return text.add(decoder.push(id));
    }

    /// The whole text, when no token follows.
    TextGenerator.Answer end(Generation generation) {
        if (!text.stopped()) {
            text.add(decoder.finish());
        }
        return new TextGenerator.Answer(text.finish(), generation);
    }
}
