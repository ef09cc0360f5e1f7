package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.util.ArrayList;
import java.util.List;

/// SentencePiece's normalizer in the components that a `tokenizer.json` has, as Transformers converts it.
///
/// They are equal on ordinary text. They differ where a rule's characters are part of a longer grapheme, which
/// `Precompiled` treats as one, and where a rule would change a user-defined symbol.
final class SentencePieceComponents {
    private static final String SPACE = "\u2581";

    private SentencePieceComponents() {}

    /// @throws IllegalArgumentException when spaces are marked at the ends of words, which no component does
    static Normalizer of(SentencePieceRules rules) {
        SentencePieceRules.Whitespace whitespace = rules.whitespace();
        if (whitespace.asSuffix()) {
            throw new IllegalArgumentException("this SentencePiece model marks spaces at the ends of words"
                    + " (treat_whitespace_as_suffix), which a tokenizer.json cannot say: keep the .model file");
        }
        List<Normalizer> steps = new ArrayList<>();
        rules.charsMap().ifPresent(map -> steps.add(new Normalizer.Precompiled(map)));
        if (whitespace.removeExtra()) {
            steps.add(new Normalizer.Strip(true, true));
            steps.add(new Normalizer.Replace(new TextPattern.Regex(" {2,}"), " "));
        }
        if (whitespace.addDummyPrefix()) {
            steps.add(new Normalizer.Prepend(whitespace.escape() ? SPACE : " "));
        }
        if (whitespace.escape()) {
            steps.add(new Normalizer.Replace(new TextPattern.Literal(" "), SPACE));
        }
        return new Normalizer.Sequence(steps);
    }
}
