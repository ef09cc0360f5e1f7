package dev.cortado.text.tokenizer.model;

import java.util.Arrays;

/// Tokens as a model gives them, with the characters of its piece each covers; grows as needed.
public final class TokenBuffer {
    private int[] ids = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int size;

    /// Adds a token over the characters `[start, end)` (UTF-16 units) of the piece.
    public void add(int id, int start, int end) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            starts = Arrays.copyOf(starts, 2 * size);
            ends = Arrays.copyOf(ends, 2 * size);
        }
        ids[size] = id;
        starts[size] = start;
        ends[size++] = end;
    }

    /// Forgets all tokens.
    public void clear() {
        size = 0;
    }

    /// Forgets all tokens but the first `length`.
    public void truncate(int length) {
        size = Math.min(size, length);
    }

    /// How many tokens there are.
    public int size() {
        return size;
    }

    /// The id of a token.
    public int id(int index) {
        return ids[index];
    }

    /// Where a token begins.
    public int start(int index) {
        return starts[index];
    }

    /// Where a token ends.
    public int end(int index) {
        return ends[index];
    }

    /// All ids, a fresh array.
    public int[] ids() {
        return Arrays.copyOf(ids, size);
    }
}
