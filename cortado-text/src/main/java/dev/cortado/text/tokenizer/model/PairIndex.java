package dev.cortado.text.tokenizer.model;

import java.util.Arrays;

/// A number for each of some pairs of token ids: given ([#put]), or `0, 1, 2, …` in the order they are added
/// ([#add]). A hash table with open addressing, because looking up a pair is the innermost step of both encoding and
/// training. Lookups may run in many threads once adding is over.
public final class PairIndex {
    public static final int ABSENT = -1;
    private static final long EMPTY = -1; // no pair: ids are not negative

    private long[] keys;
    private int[] values;
    private int size;

    public PairIndex(int expected) {
        int capacity = Math.max(16, Integer.highestOneBit(Math.max(1, expected)) << 2);
        keys = new long[capacity];
        values = new int[capacity];
        Arrays.fill(keys, EMPTY);
    }

    /// A pair as one number; numbers order as pairs do, by the left id and then the right one.
    public static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    public static int left(long pair) {
        return (int) (pair >>> 32);
    }

    public static int right(long pair) {
        return (int) pair;
    }

    public int size() {
        return size;
    }

    /// The number of a pair, [#ABSENT] when it was never added.
    public int find(long pair) {
        int slot = slot(pair);
        return keys[slot] == pair ? values[slot] : ABSENT;
    }

    /// The number of a pair, the next free one when it is new.
    public int add(long pair) {
        int slot = slot(pair);
        if (keys[slot] == pair) {
            return values[slot];
        }
        if (2 * size >= keys.length) {
            grow();
            slot = slot(pair);
        }
        keys[slot] = pair;
        values[slot] = size;
        return size++;
    }

    /// Gives a pair a number, in place of the one it may have.
    public void put(long pair, int number) {
        add(pair);
        values[slot(pair)] = number;
    }

    private int slot(long pair) {
        int mask = keys.length - 1;
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (keys[slot] != EMPTY && keys[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[2 * oldKeys.length];
        values = new int[keys.length];
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
