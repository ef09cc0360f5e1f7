package dev.cortado.model;

import dev.cortado.model.layer.Activation;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveGelu;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/// What the small random models of the GPT family have in common.
final class TinyGpts {
    private TinyGpts() {}

    static Activation activation(RandomGenerator random) {
        List<Activation> all = List.of(Activation.values());
        return all.get(random.nextInt(all.size()));
    }

    /// The same function of one number.
    static DoubleUnaryOperator naive(Activation activation) {
        return switch (activation) {
            case RELU -> x -> Math.max(0, x);
            case GELU -> NaiveGelu::exact;
            case GELU_TANH -> NaiveGelu::tanh;
            case GELU_SIGMOID -> NaiveGelu::sigmoid;
            case SILU -> Naive::silu;
            case TANH -> Math::tanh;
        };
    }
}
