package dev.cortado.text.tokenizer.model;

import java.util.Set;

/// WordPiece (Schuster and Nakajima 2012; Wu et al. 2016, arXiv:1609.08144): the longest token that begins the word,
/// then the longest that continues it, and so on. A word that cannot be spelled so to its end is one unknown token.
///
/// Takes time proportional to the length of the word times that of the longest token.
public final class WordPiece implements Model {
    private final Vocabulary vocabulary;
    private final String unk;
    private final String prefix;
    private final int maxChars;
    private final int unkId;
    private final PieceTrie trie;
    private final int inside; // where in the trie a token that continues a word begins: behind the prefix

    /// @param unk      stands for a word that cannot be spelled
    /// @param prefix   marks tokens that continue a word, `##`
    /// @param maxChars words with more characters (code points) are unknown
    /// @throws IllegalArgumentException when `unk` is not in the vocabulary
    public WordPiece(Vocabulary vocabulary, String unk, String prefix, int maxChars) {
        this(vocabulary, unk, prefix, maxChars, new PieceTrie(vocabulary.ids()));
    }

    private WordPiece(Vocabulary vocabulary, String unk, String prefix, int maxChars, PieceTrie trie) {
        this.vocabulary = vocabulary;
        this.unk = unk;
        this.prefix = prefix;
        this.maxChars = maxChars;
        unkId = vocabulary.id(unk).orElseThrow(() -> WordLevel.missing(unk));
        this.trie = trie;
        inside = trie.walk(PieceTrie.ROOT, prefix, 0, prefix.length());
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// The token that stands for a word that cannot be spelled.
    public String unk() {
        return unk;
    }

    /// What marks tokens that continue a word.
    public String prefix() {
        return prefix;
    }

    /// Words with more code points are unknown.
    public int maxChars() {
        return maxChars;
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        int length = word.length();
        if (length > maxChars && word.codePointCount(0, length) > maxChars) {
            out.add(unkId, 0, length);
            return;
        }
        int before = out.size();
        int start = 0;
        while (start < length) {
            int node = start == 0 ? PieceTrie.ROOT : inside;
            int longest = PieceTrie.NO_ID;
            int end = start;
            for (int i = start; i < length && node != PieceTrie.NOWHERE; ) {
                node = trie.step(node, word.charAt(i++));
                if (trie.id(node) != PieceTrie.NO_ID) {
                    longest = trie.id(node);
                    end = i;
                }
            }
            if (longest == PieceTrie.NO_ID) {
                out.truncate(before);
                out.add(unkId, 0, length);
                return;
            }
            out.add(longest, start, end);
            start = end;
        }
    }

    @Override
    public WordPiece without(Set<Integer> ids) {
        return ids.isEmpty()
                ? this
                : new WordPiece(vocabulary, unk, prefix, maxChars, new PieceTrie(vocabulary.idsWithout(ids)));
    }
}
