package dev.cortado.model.quant;

import java.util.random.RandomGenerator;

/// Numbers to store.
final class Numbers {
    private static final long MULTIPLIER = 6364136223846793005L;
    private static final long INCREMENT = 1442695040888963407L;

    private Numbers() {}

    /// Rows of every sort a weight matrix may have: around zero, off zero, of one sign, sparse, of few values;
    /// their magnitudes from 10⁻⁴ to 10² differ from 256 to 256.
    static float[] rows(RandomGenerator random, int length) {
        float[] values = new float[length];
        for (int at = 0; at < length; at += 256) {
            int sort = random.nextInt(6);
            double size = Math.pow(10, random.nextDouble(-4, 2));
            double offset = sort == 1 ? random.nextDouble(-5, 5) : 0;
            for (int i = at; i < Math.min(length, at + 256); i++) {
                double x = random.nextGaussian() + offset;
                values[i] = (float) (size
                        * switch (sort) {
                            case 2 -> Math.abs(x);
                            case 3 -> -Math.abs(x);
                            case 4 -> random.nextInt(4) == 0 ? x : 0;
                            case 5 -> Math.rint(x);
                            default -> x;
                        });
            }
        }
        return values;
    }

    /// The same numbers on every machine and for every Java, roughly normal: sums of three uniform ones, whose
    /// size changes by powers of two from 64 to 64.
    static float[] fixed(int length) {
        float[] values = new float[length];
        long state = 1;
        for (int i = 0; i < length; i++) {
            float sum = 0;
            for (int part = 0; part < 3; part++) {
                state = state * MULTIPLIER + INCREMENT;
                sum += (state >> 40) / 8388608f; // 24 bits, −1 to 1
            }
            values[i] = Math.scalb(sum, i / 64 % 12 - 8) + (i / 64 % 5 == 4 ? 1 : 0);
        }
        return values;
    }

    /// The same bytes on every machine.
    static byte[] fixedBytes(int length) {
        byte[] bytes = new byte[length];
        long state = 1;
        for (int i = 0; i < length; i++) {
            state = state * MULTIPLIER + INCREMENT;
            bytes[i] = (byte) (state >> 56);
        }
        return bytes;
    }
}
