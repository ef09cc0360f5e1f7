package dev.cortado.text.corpus;

import java.util.Objects;

/// A token store cut into rows of equal length for training a language model. With context length T, row r holds the
/// T + 1 stream tokens from r·T on: the first T are inputs, the last T their targets, and the last target is the first
/// input of the next row, so every token but the stream's first is a target once.
///
/// Documents share rows. A segment is the part of a row that belongs to one document, its separator first; positions
/// restart with each segment, and attention must not cross from one to another, so that a document is seen as if it
/// stood alone.
///
/// Tokens after the last whole row are left out of the rows, at most T of them ([#tail] says how many); to measure
/// with every token, read them from the store.
public final class Rows {
    private final TokenStore store;
    private final int contextLength;

    /// The rows of a store.
    ///
    /// @param contextLength T, inputs a row
    /// @throws IllegalArgumentException when the store has not enough tokens for one row
    public Rows(TokenStore store, int contextLength) {
        if (contextLength < 1) {
            throw new IllegalArgumentException("contextLength must be at least 1, not " + contextLength);
        }
        if (store.tokens() <= contextLength) {
            throw new IllegalArgumentException(
                    "the corpus has only " + store.tokens() + " tokens, but a row of contextLength " + contextLength
                            + " needs " + (contextLength + 1L) + ": use more text or a shorter context");
        }
        this.store = store;
        this.contextLength = contextLength;
    }

    /// T, inputs a row.
    public int contextLength() {
        return contextLength;
    }

    /// Number of whole rows.
    public long rows() {
        return (store.tokens() - 1) / contextLength;
    }

    /// Number of targets after the last whole row, less than T.
    public int tail() {
        return (int) ((store.tokens() - 1) % contextLength);
    }

    /// Reads one row.
    ///
    /// @param tokens `[T + 1]`, filled with inputs and the last target
    /// @param positions `[T]`, filled with each input's index in its segment
    /// @param segments `[T]`, filled with the number, from 0 on, of each input's segment in this row
    /// @throws IndexOutOfBoundsException when there is no such row
    /// @throws IllegalArgumentException when an array has another length
    public void read(long row, int[] tokens, int[] positions, int[] segments) {
        Objects.checkIndex(row, rows());
        requireLength("tokens", tokens, contextLength + 1);
        requireLength("positions", positions, contextLength);
        requireLength("segments", segments, contextLength);
        store.read(row * contextLength, tokens);
        int separator = store.separatorId();
        int position = 0;
        int segment = 0;
        for (int t = 0; t < contextLength; t++) {
            if (t > 0 && tokens[t] == separator) {
                position = 0;
                segment++;
            }
            positions[t] = position++;
            segments[t] = segment;
        }
    }

    private static void requireLength(String name, int[] array, int length) {
        if (array.length != length) {
            throw new IllegalArgumentException(name + " has length " + array.length + ", not " + length);
        }
    }
}
