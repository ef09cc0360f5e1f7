package dev.cortado.text.tokenizer.model;

/// WordPiece (Schuster and Nakajima 2012; Wu et al. 2016, arXiv:1609.08144): the longest token that begins the word,
/// then the longest that continues it, and so on.
///
/// @param prefix   marks tokens that continue a word, `##`
/// @param maxChars words with more characters (code points) are unknown
public record WordPiece(Vocabulary vocabulary, String unk, String prefix, int maxChars) implements Model {
    @Override
    public void tokenize(String word, TokenBuffer out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Model without(java.util.Set<Integer> ids) {
        throw new UnsupportedOperationException();
    }
}
