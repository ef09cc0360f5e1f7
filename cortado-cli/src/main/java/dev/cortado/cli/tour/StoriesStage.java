package dev.cortado.cli.tour;

import dev.cortado.infer.TextGenerator;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.format.Tokenizers;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What the model says when nobody asks for anything in particular.
final class StoriesStage implements Stage {
    @Override
    public String title() {
        return "generation: stories nobody has told before";
    }

    @Override
    public void run(Trip trip) throws Exception {
        Path folder = trip.trained().model();
        try (CausalLm model = ModelFolder.openDecoder(folder, Device.CPU)) {
            var generator = new TextGenerator(model, ModelFolder.ends(folder), Tokenizers.read(folder), DType.F32);
            for (int i = 0; i < trip.plan().stories(); i++) {
                var sampling = new Sampling.Random(
                        0.7,
                        OptionalInt.empty(),
                        OptionalDouble.of(0.95),
                        trip.plan().seed() + i);
                String story = generator
                        .generate(generator.prompt(""), 250, sampling, List.of(), _ -> {})
                        .text();
                trip.stories().add(story);
                trip.say("\n" + story);
            }
        }
    }
}
