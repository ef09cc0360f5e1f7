package dev.cortado.model;

import dev.cortado.model.arch.BartSpec;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.T5Spec;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Sinusoidal;
import java.util.random.RandomGenerator;

/// Random encoder–decoders small enough for plain loops.
public final class TinySequences {
    private TinySequences() {}

    public static T5Spec t5(RandomGenerator random) {
        int vocabSize = random.nextInt(10, 30);
        int buckets = 4 * random.nextInt(1, 4);
        return new T5Spec(
                vocabSize,
                64,
                random.nextInt(5, 20),
                random.nextInt(1, 3),
                random.nextInt(1, 4),
                random.nextInt(1, 4),
                random.nextInt(2, 6),
                random.nextInt(5, 20),
                activation(random),
                random.nextBoolean(),
                buckets,
                buckets / 2 + random.nextInt(1, 12),
                1e-6,
                random.nextBoolean(),
                random.nextInt(vocabSize));
    }

    public static BartSpec bart(RandomGenerator random, BartSpec.Family family) {
        int vocabSize = random.nextInt(10, 30);
        return new BartSpec(
                family,
                vocabSize,
                random.nextInt(12, 20),
                12 * random.nextInt(1, 3),
                stack(random),
                stack(random),
                activation(random),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(vocabSize));
    }

    public static VaswaniSpec vaswani(RandomGenerator random) {
        Sinusoidal.Order[] orders = Sinusoidal.Order.values();
        int vocabSize = random.nextInt(10, 30);
        boolean shared = random.nextBoolean();
        return new VaswaniSpec(
                shared ? vocabSize : random.nextInt(10, 30),
                vocabSize,
                shared,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(12, 20),
                12 * random.nextInt(1, 3),
                stack(random),
                stack(random),
                random.nextBoolean() ? Activation.RELU : activation(random),
                orders[random.nextInt(orders.length)],
                random.nextInt(2),
                random.nextBoolean(),
                random.nextBoolean() ? 1e-6 : 1e-5,
                random.nextInt(vocabSize));
    }

    private static StackSizes stack(RandomGenerator random) {
        return new StackSizes(random.nextInt(1, 4), random.nextInt(1, 4), random.nextInt(5, 20));
    }

    private static Activation activation(RandomGenerator random) {
        Activation[] all = Activation.values();
        return all[random.nextInt(all.length)];
    }
}
