package dev.cortado.model;

import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.DistilBertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.layer.Activation;
import java.util.List;
import java.util.random.RandomGenerator;

/// Random encoders small enough for plain loops.
public final class TinyEncoders {
    private TinyEncoders() {}

    public static BertSpec bert(RandomGenerator random, EncoderTask task) {
        double epsilon = random.nextBoolean() ? 1e-12 : 1e-5;
        return new BertSpec(sizes(random), random.nextInt(2, 4), epsilon, task);
    }

    public static RobertaSpec roberta(RandomGenerator random, EncoderTask task) {
        RobertaSpec.Family[] families = RobertaSpec.Family.values();
        RobertaSpec.Family family = families[random.nextInt(families.length)];
        return new RobertaSpec(family, sizes(random), random.nextInt(1, 3), 1e-5, random.nextInt(3), task);
    }

    public static DistilBertSpec distilBert(RandomGenerator random, EncoderTask task) {
        return new DistilBertSpec(sizes(random), random.nextBoolean(), task);
    }

    /// Every task that all families have, with numbers that vary.
    public static List<EncoderTask> tasks(RandomGenerator random) {
        return List.of(
                new EncoderTask.Bare(),
                new EncoderTask.MaskedLm(true),
                new EncoderTask.MaskedLm(false),
                new EncoderTask.TextLabels(Labels.of(random.nextInt(1, 5))),
                new EncoderTask.TokenLabels(
                        new Labels(List.of("O", "B-PER", "I-PER"), Labels.Problem.SINGLE_LABEL_CLASSIFICATION)),
                new EncoderTask.Spans());
    }

    public static EncoderSizes sizes(RandomGenerator random) {
        int heads = random.nextInt(1, 4);
        Activation[] activations = Activation.values();
        return new EncoderSizes(
                random.nextInt(10, 30),
                random.nextInt(14, 20),
                heads * 2 * random.nextInt(2, 5),
                random.nextInt(1, 4),
                heads,
                random.nextInt(5, 20),
                activations[random.nextInt(activations.length)]);
    }
}
