package dev.cortado.text.tokenizer.model;

import java.util.Arrays;

/// A growing list of token ids. For one thread.
public final class IdBuffer {
    private int[] ids;
    private int size;

    /// @param expected how many ids there will be, about
    public IdBuffer(int expected) {
        ids = new int[Math.max(16, expected)];
    }

    /// How many ids there are.
    public int size() {
        return size;
    }

    /// Adds an id.
    public void add(int id) {
        room(1)[size++] = id;
    }

    /// Adds some ids.
    public void addAll(int[] more) {
        System.arraycopy(more, 0, room(more.length), size, more.length);
        size += more.length;
    }

    /// The array behind, with room for `more` ids from [#size] on; whoever fills them in says so with [#grow].
    public int[] room(int more) {
        if (size + more > ids.length || size + more < 0) {
            long wanted = Math.max(size + (long) more, 2L * size);
            if (size + (long) more > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("more than " + (Integer.MAX_VALUE - 8)
                        + " tokens in one piece: encode the text in several pieces");
            }
            ids = Arrays.copyOf(ids, (int) Math.min(Integer.MAX_VALUE - 8, wanted));
        }
        return ids;
    }

    /// Counts `more` ids that were put into [#room].
    public void grow(int more) {
        size += more;
    }

    /// Forgets all ids.
    public void clear() {
        size = 0;
    }

    /// The ids, a fresh array.
    public int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
