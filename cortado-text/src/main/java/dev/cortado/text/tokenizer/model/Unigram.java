package dev.cortado.text.tokenizer.model;

import java.util.List;
import java.util.OptionalInt;

/// A unigram language model over pieces (Kudo 2018, arXiv:1804.10959): the segmentation of greatest probability.
public final class Unigram implements Model {
    private final Vocabulary vocabulary;
    private final List<Piece> pieces;
    private final OptionalInt unk;
    private final boolean byteFallback;

    /// A token and the logarithm of its probability.
    public record Piece(String text, double score) {}

    /// @param pieces by id
    /// @param unk    id of the unknown token
    public Unigram(List<Piece> pieces, OptionalInt unk, boolean byteFallback) {
        this.pieces = List.copyOf(pieces);
        this.unk = unk;
        this.byteFallback = byteFallback;
        vocabulary = Vocabulary.of(pieces.stream().map(Piece::text).toList());
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// The pieces by id.
    public List<Piece> pieces() {
        return pieces;
    }

    /// Id of the unknown token.
    public OptionalInt unk() {
        return unk;
    }

    /// Whether what is unknown becomes the tokens of its bytes, `<0x00>` … `<0xFF>`.
    public boolean byteFallback() {
        return byteFallback;
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Model without(java.util.Set<Integer> ids) {
        throw new UnsupportedOperationException();
    }
}
