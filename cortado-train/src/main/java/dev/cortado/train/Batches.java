package dev.cortado.train;

import dev.cortado.model.Layout;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.corpus.Rows;
import dev.cortado.train.objective.Batch;
import java.util.SplittableRandom;

/// An endless stream of batches over the rows of a corpus: every row once per epoch, each epoch in another order that
/// follows from the seed alone. Where it stands is a [Cursor], so a resumed run reads the same rows.
public final class Batches {
    private final Rows rows;
    private final int size;
    private final long seed;
    private Cursor cursor = new Cursor(0, 0);
    private int[] order;

    /// How far the stream has been read.
    ///
    /// @param epoch    full passes done
    /// @param position rows read of the current one
    public record Cursor(long epoch, long position) {}

    /// Batches of `size` rows.
    public Batches(Rows rows, int size, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("a batch of " + size + " rows");
        }
        this.rows = rows;
        this.size = size;
        this.seed = seed;
        this.order = shuffled(0);
    }

    /// Where the next batch begins.
    public Cursor cursor() {
        return cursor;
    }

    /// Goes on from where another stream over the same rows, with the same seed, stood.
    public void seek(Cursor other) {
        if (other.position() < 0 || other.position() > order.length || other.epoch() < 0) {
            throw new IllegalArgumentException(
                    "the data has " + order.length + " rows; " + other + " is not among them");
        }
        cursor = other;
        order = shuffled(other.epoch());
    }

    /// The numbers of the next batch's rows.
    public int[] next() {
        int[] ids = new int[size];
        for (int i = 0; i < size; i++) {
            if (cursor.position() == order.length) {
                cursor = new Cursor(cursor.epoch() + 1, 0);
                order = shuffled(cursor.epoch());
            }
            ids[i] = order[(int) cursor.position()];
            cursor = new Cursor(cursor.epoch(), cursor.position() + 1);
        }
        return ids;
    }

    /// Reads rows into a batch on a device.
    public Batch load(int[] ids, Device device) {
        return load(rows, ids, device);
    }

    static Batch load(Rows rows, int[] ids, Device device) {
        int length = rows.contextLength();
        long[] inputs = new long[ids.length * length];
        long[] targets = new long[ids.length * length];
        long[] positions = new long[ids.length * length];
        long[] segments = new long[ids.length * length];
        int[] tokens = new int[length + 1];
        int[] position = new int[length];
        int[] segment = new int[length];
        for (int row = 0; row < ids.length; row++) {
            rows.read(ids[row], tokens, position, segment);
            for (int t = 0; t < length; t++) {
                int at = row * length + t;
                inputs[at] = tokens[t];
                targets[at] = tokens[t + 1];
                positions[at] = position[t];
                segments[at] = segment[t];
            }
        }
        long[] shape = {ids.length, length};
        return new Batch(
                Tensors.of(inputs, shape).to(device),
                Tensors.of(targets, shape).to(device),
                new Layout.Packed(
                        Tensors.of(positions, shape).to(device),
                        Tensors.of(segments, shape).to(device)),
                inputs.length);
    }

    private int[] shuffled(long epoch) {
        int[] numbers = new int[Math.toIntExact(rows.rows())];
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + epoch);
        for (int i = 0; i < numbers.length; i++) {
            int j = random.nextInt(i + 1); // Fisher–Yates, inside out
            numbers[i] = numbers[j];
            numbers[j] = i;
        }
        return numbers;
    }
}
