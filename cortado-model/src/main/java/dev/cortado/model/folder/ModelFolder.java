package dev.cortado.model.folder;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Parameter;
import dev.cortado.model.Params;
import dev.cortado.model.Storage;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.pytorch.PyTorchWeights;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A model in the Hugging Face layout: `config.json`, `model.safetensors` (or shards with an index),
/// `generation_config.json`; the tokenizer's files beside them belong to the tokenizer.
public final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";

    private ModelFolder() {}

    /// Reads a model and puts it on a device.
    ///
    /// @param storage how its parameters are kept: [Storage#TRAINABLE] to train it, [Storage#MAPPED] to use it
    /// @throws IllegalArgumentException when the configuration or the weights are not what they claim, naming
    /// what is wrong
    public static Model open(Path folder, Device device, Storage storage) throws IOException {
        Architectures.Described described = Architectures.read(ConfigFile.read(existing(folder, CONFIG)));
        WeightSource weights = weights(folder);
        try {
            Model model = build(described, weights, storage, device);
            model.parameters().hold(weights);
            return model;
        } catch (Throwable failure) {
            weights.close();
            throw failure;
        }
    }

    /// The weights of a model: safetensors, or else what PyTorch wrote.
    public static WeightSource weights(Path folder) throws IOException {
        return hasPyTorchWeights(folder) ? PyTorchWeights.open(folder) : ModelWeights.open(folder);
    }

    /// Whether there are PyTorch's weights and none in safetensors.
    public static boolean hasPyTorchWeights(Path folder) {
        return !ModelWeights.in(folder) && PyTorchWeights.in(folder);
    }

    private static Model build(
            Architectures.Described described, WeightSource weights, Storage storage, Device device) {
        Params params = Params.stored(weights, described.spec().names(), storage, device);
        if (!described.headless()) {
            return described.spec().build(params, device);
        }
        return switch (described.spec().build(params.withoutHead(), device)) {
            case CausalLm decoder -> new BareDecoder(decoder);
            case Model other -> other;
        };
    }

    /// Reads a decoder whose parameters are F32 and can be trained.
    ///
    /// @throws IllegalArgumentException as [#open], and when the model is no decoder
    public static CausalLm openDecoder(Path folder, Device device) throws IOException {
        Model model = open(folder, device, Storage.TRAINABLE);
        if (model instanceof CausalLm decoder) {
            return decoder;
        }
        model.close();
        throw new IllegalArgumentException(
                folder + " holds a " + model.spec().architecture() + ", which is no decoder");
    }

    /// The numbers of a stored model, without its weights.
    public static ModelSpec spec(Path folder) throws IOException {
        return Architectures.read(ConfigFile.read(existing(folder, CONFIG))).spec();
    }

    /// The numbers that a configuration describes, wherever it came from.
    ///
    /// @throws IllegalArgumentException when its architecture is not known here or a number is wrong
    public static ModelSpec spec(ConfigFile config) {
        return Architectures.read(config).spec();
    }

    /// The architectures there are, by the names that a `config.json` gives them.
    public static Set<String> architectures() {
        return Architectures.known();
    }

    /// Begin- and end-of-text ids of a stored model: those of `generation_config.json`, else those of
    /// `config.json`.
    public static TextEnds ends(Path folder) throws IOException {
        Path generation = folder.resolve(GENERATION);
        ConfigFile config = ConfigFile.read(existing(folder, CONFIG));
        TextEnds fromConfig = TextEnds.read(config);
        return Files.exists(generation)
                ? TextEnds.read(ConfigFile.read(generation)).orElse(fromConfig)
                : fromConfig;
    }

    /// The id that a stored encoder–decoder's text is to go on with after the one it begins with: a BART for
    /// summaries repeats the begin-of-text id, an mBART names its language.
    public static OptionalInt forcedFirst(Path folder) throws IOException {
        Path generation = folder.resolve(GENERATION);
        ConfigFile config = ConfigFile.read(existing(folder, CONFIG));
        List<Integer> ids = new ArrayList<>();
        if (Files.exists(generation)) {
            ids.addAll(ConfigFile.read(generation).integers("forced_bos_token_id"));
        }
        ids.addAll(config.integers("forced_bos_token_id"));
        // The name of the same in the first published files.
        if (config.flag("force_bos_token_to_be_generated", false)) {
            ids.addAll(config.integers("bos_token_id"));
        }
        return ids.stream().mapToInt(Integer::intValue).findFirst();
    }

    /// Writes a model; files that exist are replaced one by one, each atomically, the configuration last.
    public static void write(Model model, TextEnds ends, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (var _ = Scope.open("write model")) {
            List<OutgoingTensor> tensors = new ArrayList<>();
            for (Parameter parameter : model.parameters()) {
                Tensor tensor = parameter.tensor().detach();
                // On a GPU one tensor at a time is brought to main memory while it is written.
                tensors.add(new OutgoingTensor(parameter.name(), tensor.dtype(), tensor.shape(), sink -> {
                    try (var _ = Scope.open(parameter.name())) {
                        sink.write(tensor.to(Device.CPU).contiguous().bytes());
                    }
                }));
            }
            ModelWeightsWriter.write(folder, tensors);
        }
        writeConfig(model.spec(), DType.F32, ends, folder);
    }

    /// Writes what a folder says of a model besides its weights: `config.json` and `generation_config.json`.
    ///
    /// @param dtype of the weights
    public static void writeConfig(ModelSpec spec, DType dtype, TextEnds ends, Path folder) throws IOException {
        ObjectNode config = spec.config();
        config.put(
                "torch_dtype",
                switch (dtype) {
                    case F16 -> "float16";
                    case BF16 -> "bfloat16";
                    default -> "float32";
                });
        ends.write(config);
        ObjectNode generation = ConfigFile.object();
        ends.write(generation);
        ConfigFile.write(generation, folder.resolve(GENERATION));
        ConfigFile.write(config, folder.resolve(CONFIG));
    }

    private static Path existing(Path folder, String name) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString(), null, "no such model folder");
        }
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "a model folder holds a " + name);
        }
        return file;
    }
}
