package dev.cortado.text.tokenizer.train;

import java.util.Arrays;
import java.util.function.IntPredicate;

/// Counts byte strings: a hash table with open addressing that copies a word's bytes once, when it is new, and makes no
/// object for a word that is known. For one thread.
final class WordTable implements WordSplitter.Sink {
    private static final int BLOCK_BYTES = 1 << 18;

    private byte[][] blocks = new byte[4][]; // the words' bytes; each word lies in one block
    private int blockCount;
    private int blockUsed = BLOCK_BYTES; // of the last block; full, so that the first word opens one

    private long[] slots = new long[1 << 12]; // hash in the upper half, number of the word + 1 in the lower; 0: free
    private int[] blockOf = new int[1 << 10]; // by word, like the next three
    private int[] offsets = new int[1 << 10];
    private int[] lengths = new int[1 << 10];
    private long[] counts = new long[1 << 10];
    private int size;

    /// Counts `text[start, end)` once more.
    @Override
    public void add(byte[] text, int start, int end) {
        add(text, start, end, hash(text, start, end), 1);
    }

    /// Adds the counts of all words of another table whose hash is wanted.
    void addAll(WordTable other, IntPredicate wanted) {
        for (long slot : other.slots) {
            int hash = (int) (slot >>> 32);
            if (slot != 0 && wanted.test(hash)) {
                int word = (int) slot - 1;
                int start = other.offsets[word];
                add(other.blocks[other.blockOf[word]], start, start + other.lengths[word], hash, other.counts[word]);
            }
        }
    }

    /// How many different words there are.
    int size() {
        return size;
    }

    /// The words in no particular order, numbered from 0.
    CountedWords.Word word(int index) {
        int start = offsets[index];
        byte[] bytes = Arrays.copyOfRange(blocks[blockOf[index]], start, start + lengths[index]);
        return new CountedWords.Word(bytes, counts[index]);
    }

    private void add(byte[] text, int start, int end, int hash, long times) {
        int mask = slots.length - 1;
        int at = hash & mask;
        while (slots[at] != 0) {
            if ((int) (slots[at] >>> 32) == hash) {
                int word = (int) slots[at] - 1;
                int from = offsets[word];
                if (Arrays.equals(blocks[blockOf[word]], from, from + lengths[word], text, start, end)) {
                    counts[word] += times;
                    return;
                }
            }
            at = (at + 1) & mask;
        }
        slots[at] = (long) hash << 32 | (size + 1);
        store(text, start, end - start);
        counts[size++] = times;
        if (2 * size > slots.length) {
            growSlots();
        }
    }

    private void store(byte[] text, int start, int length) {
        if (size == counts.length) {
            blockOf = Arrays.copyOf(blockOf, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        if (blockCount == 0 || blockUsed + length > blocks[blockCount - 1].length) {
            if (blockCount == blocks.length) {
                blocks = Arrays.copyOf(blocks, 2 * blockCount);
            }
            blocks[blockCount++] = new byte[Math.max(BLOCK_BYTES, length)];
            blockUsed = 0;
        }
        System.arraycopy(text, start, blocks[blockCount - 1], blockUsed, length);
        blockOf[size] = blockCount - 1;
        offsets[size] = blockUsed;
        lengths[size] = length;
        blockUsed += length;
    }

    private void growSlots() {
        long[] old = slots;
        slots = new long[2 * old.length];
        int mask = slots.length - 1;
        for (long slot : old) {
            if (slot != 0) {
                int at = (int) (slot >>> 32) & mask;
                while (slots[at] != 0) {
                    at = (at + 1) & mask;
                }
                slots[at] = slot;
            }
        }
    }

    private static int hash(byte[] text, int start, int end) {
        long hash = (long) end - start;
        for (int i = start; i < end; i++) {
            hash = (hash ^ text[i]) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash >>> 32);
    }
}
