package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Tokens put around a sequence and around each of its overflow pieces, as BERT's and RoBERTa's processors do.
final class Wrapping {
    private Wrapping() {}

    /// The first sequence changed in one way, those after it in another, overflow pieces like their sequence.
    static List<Encoding> each(
            List<Encoding> sequences, UnaryOperator<Encoding> first, UnaryOperator<Encoding> others) {
        List<Encoding> changed = new ArrayList<>();
        for (Encoding sequence : sequences) {
            UnaryOperator<Encoding> change = changed.isEmpty() ? first : others;
            changed.add(Encodings.mapOverflow(change.apply(sequence), change));
        }
        return changed;
    }

    /// What was special inside is not any more: only what is put around counts.
    static Encoding wrap(List<Token> before, Encoding encoding, List<Token> after) {
        List<Token> tokens = new ArrayList<>(before);
        for (Token token : encoding.tokens()) {
            tokens.add(token.special() ? ordinary(token) : token);
        }
        tokens.addAll(after);
        return new Encoding(tokens, encoding.overflow());
    }

    private static Token ordinary(Token token) {
        return new Token(
                token.id(),
                token.text(),
                token.start(),
                token.end(),
                token.typeId(),
                token.word(),
                token.sequence(),
                false,
                token.padding());
    }
}
