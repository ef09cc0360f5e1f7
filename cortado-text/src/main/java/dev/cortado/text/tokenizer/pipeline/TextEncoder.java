package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AddedTokenMatcher.Match;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;
import java.util.List;
import java.util.Optional;

/// Text to ids, without offsets: added tokens are found, and what is between them goes the fastest way that is exact.
final class TextEncoder {
    private final AddedTokens added;
    private final Words words;
    private final Model model;
    private final SegmentEncoder between;
    private final Optional<? extends SegmentEncoder> afterCut;
    private final boolean reachesOverCuts;
    private final List<String> contents; // of the added tokens
    private final int longestContent;

    /// @param model the pipeline's, or the same without some tokens
    TextEncoder(Pipeline pipeline, AddedTokens added, Words words, Model model) {
        this.added = added;
        this.words = words;
        this.model = model;
        between = SegmentEncoder.of(pipeline, model);
        afterCut = between.continued();
        reachesOverCuts = pipeline.addedTokens().stream().anyMatch(Continuation::reachesOverCuts);
        contents = pipeline.addedTokens().stream().map(AddedToken::content).toList();
        longestContent = contents.stream().mapToInt(String::length).max().orElse(0);
    }

    /// What gives the ids.
    Model model() {
        return model;
    }

    /// The last place where a text can be cut, what follows to be encoded as `continued`; 0 when there is none.
    int lastCut(CharSequence text, SpecialText special) {
        if (afterCut.isEmpty() || reachesOverCuts || added.looksAtNormalized(special)) {
            return 0;
        }
        int cut = Continuation.lastCut(text, text.length());
        while (cut > 0
                && endsInToken(
                        text.subSequence(Math.max(0, cut - longestContent), cut).toString())) {
            cut = Continuation.lastCut(text, cut);
        }
        return cut;
    }

    /// What follows an added token is a beginning, not a continuation, and may be part of the token.
    private boolean endsInToken(String text) {
        return contents.stream().anyMatch(text::endsWith);
    }

    /// Adds the ids of a text to `out`.
    void encode(String text, SpecialText special, IdBuffer out) {
        encode(text, false, special, out);
    }

    /// Adds the ids of a text, or of what follows a [Continuation] cut, to `out`.
    ///
    /// @param continued only where [#lastCut] said so
    void encode(String text, boolean continued, SpecialText special, IdBuffer out) {
        if (added.looksAtNormalized(special)) {
            everyStage(text, special, out);
            return;
        }
        // Where text goes to bytes at once, that makes it well-formed.
        String good = between instanceof ByteLevelEncoder ? text : Words.wellFormed(text);
        int before = continued ? 1 : 0; // nothing in a continued text is at the beginning
        int done = 0;
        for (Match match : added.find(good, special)) {
            if (done < match.start()) {
                segment(continued && done == 0).encode(good.substring(done, match.start()), done + before, out);
            }
            out.add(match.token().id());
            done = match.end();
        }
        if (done < good.length()) {
            segment(continued && done == 0).encode(done == 0 ? good : good.substring(done), done + before, out);
        }
    }

    private SegmentEncoder segment(boolean followsCut) {
        return followsCut ? afterCut.orElseThrow() : between;
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
