package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AddedTokenMatcher.Match;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;

/// Text to ids, without offsets: added tokens are found, and what is between them goes the fastest way that is exact.
final class TextEncoder {
    private final AddedTokens added;
    private final Words words;
    private final Model model;
    private final SegmentEncoder between;

    /// @param model the pipeline's, or the same without some tokens
    TextEncoder(Pipeline pipeline, AddedTokens added, Words words, Model model) {
        this.added = added;
        this.words = words;
        this.model = model;
        between = SegmentEncoder.of(pipeline, model);
    }

    /// What gives the ids.
    Model model() {
        return model;
    }

    /// Adds the ids of a text to `out`.
    void encode(String text, SpecialText special, IdBuffer out) {
        if (added.looksAtNormalized(special)) {
            everyStage(text, special, out);
            return;
        }
        // Where text goes to bytes at once, that makes it well-formed.
        String good = between instanceof ByteLevelEncoder ? text : Words.wellFormed(text);
        int done = 0;
        for (Match match : added.find(good, special)) {
            if (done < match.start()) {
                between.encode(good.substring(done, match.start()), done, out);
            }
            out.add(match.token().id());
            done = match.end();
        }
        if (done < good.length()) {
            between.encode(done == 0 ? good : good.substring(done), done, out);
        }
    }

    private void everyStage(String text, SpecialText special, IdBuffer out) {
        var buffer = new TokenBuffer();
        for (Segment segment : words.of(text, special)) {
            if (segment.token().isPresent()) {
                out.add(segment.token().get().id());
                continue;
            }
            buffer.clear();
            model.tokenize(segment.text().text(), buffer);
            for (int i = 0; i < buffer.size(); i++) {
                out.add(buffer.id(i));
            }
        }
    }
}
