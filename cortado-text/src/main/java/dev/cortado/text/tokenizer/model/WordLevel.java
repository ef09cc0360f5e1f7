package dev.cortado.text.tokenizer.model;

/// A word is a token (`WordLevel`).
///
/// @param unk stands for every word that is not in the vocabulary
public record WordLevel(Vocabulary vocabulary, String unk) implements Model {
    @Override
    public void tokenize(String word, TokenBuffer out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Model without(java.util.Set<Integer> ids) {
        throw new UnsupportedOperationException();
    }
}
