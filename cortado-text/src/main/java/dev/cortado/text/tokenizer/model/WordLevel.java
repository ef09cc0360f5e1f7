package dev.cortado.text.tokenizer.model;

/// A word is a token (`WordLevel`).
///
/// @param unk stands for every word that is not in the vocabulary
public record WordLevel(Vocabulary vocabulary, String unk) implements Model {
    /// @throws IllegalArgumentException when `unk` is not in the vocabulary
    public WordLevel {
        vocabulary.id(unk).orElseThrow(() -> missing(unk));
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        out.add(vocabulary.id(word).orElseGet(() -> vocabulary.id(unk).orElseThrow()), 0, word.length());
    }

    static IllegalArgumentException missing(String unk) {
        return new IllegalArgumentException("the unknown token '" + unk + "' is not in the vocabulary: add it");
    }
}
