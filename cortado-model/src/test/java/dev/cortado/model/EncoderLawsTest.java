package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// [EncoderLaws] of every family with every head.
@ExtendWith(StrictScopes.class)
class EncoderLawsTest {
    @TempDir
    private Path folder;

    private Path empty() throws IOException {
        return Files.createTempDirectory(folder, "model");
    }

    @Test
    void bert() {
        Seeds.repeat(2, random -> {
            List<EncoderTask> tasks = new ArrayList<>(TinyEncoders.tasks(random));
            tasks.add(new EncoderTask.PreTraining(random.nextBoolean()));
            tasks.add(new EncoderTask.NextSentence());
            for (EncoderTask task : tasks) {
                var spec = TinyEncoders.bert(random, task);
                EncoderLaws.hold(spec, spec.textTypes(), random, empty());
            }
        });
    }

    @Test
    void roberta() {
        Seeds.repeat(2, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                var spec = TinyEncoders.roberta(random, task);
                EncoderLaws.hold(spec, spec.textTypes(), random, empty());
            }
        });
    }

    @Test
    void distilBert() {
        Seeds.repeat(2, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                EncoderLaws.hold(TinyEncoders.distilBert(random, task), 1, random, empty());
            }
        });
    }

    @Test
    void aTextThatIsTooLongIsRefused() {
        var random = new SplittableRandom(1);
        var spec = TinyEncoders.roberta(random, new EncoderTask.Bare());
        try (var model = EncoderLaws.random(spec, random)) {
            int most = spec.sizes().positions() - spec.padding() - 1;
            Tokens longest = EncoderLaws.tokens(spec, 1, random, 1, most);
            assertThat(model.hidden(longest, Pass.evaluation(Device.CPU)).size(1))
                    .isEqualTo(most);
            Tokens longer = EncoderLaws.tokens(spec, 1, random, 1, most + 1);
            assertThatThrownBy(() -> model.hidden(longer, Pass.evaluation(Device.CPU)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most " + most + " tokens, and is given " + (most + 1));
        }
    }

    @Test
    void newDistilBertsCanBeginWithWaves() {
        try (var _ = Scope.open("waves")) {
            var table = new Init.Waves().make(Shape.of(3, 4), new SplittableRandom(1));
            assertTensor(table)
                    .hasDtype(DType.F32)
                    .isCloseTo(
                            new double[] {
                                0,
                                1,
                                0,
                                1, //
                                Math.sin(1),
                                Math.cos(1),
                                Math.sin(0.01),
                                Math.cos(0.01), //
                                Math.sin(2),
                                Math.cos(2),
                                Math.sin(0.02),
                                Math.cos(0.02)
                            },
                            1e-7,
                            0);
        }
    }
}
