package dev.cortado.text.tokenizer.model;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/// A word is a token (`WordLevel`).
///
/// @param unk stands for every word that is not in the vocabulary
/// @param excluded ids of tokens that no text becomes
public record WordLevel(Vocabulary vocabulary, String unk, Set<Integer> excluded) implements Model {
    /// @throws IllegalArgumentException when `unk` is not in the vocabulary
    public WordLevel {
        vocabulary.id(unk).orElseThrow(() -> missing(unk));
        excluded = Set.copyOf(excluded);
    }

    /// A model whose tokens are all in reach of text.
    public WordLevel(Vocabulary vocabulary, String unk) {
        this(vocabulary, unk, Set.of());
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        OptionalInt id = vocabulary.id(word);
        boolean known = id.isPresent() && !excluded.contains(id.getAsInt());
        out.add(known ? id.getAsInt() : vocabulary.id(unk).orElseThrow(), 0, word.length());
    }

    static IllegalArgumentException missing(String unk) {
        return new IllegalArgumentException("the unknown token '" + unk + "' is not in the vocabulary: add it");
    }

    @Override
    public WordLevel without(Set<Integer> ids) {
        Set<Integer> all = new HashSet<>(excluded);
        all.addAll(ids);
        return new WordLevel(vocabulary, unk, all);
    }
}
