package dev.cortado.model.sentence;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Init;
import dev.cortado.model.Model;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.Storage;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.sentence.SentenceEncoder.Settings;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder in the layout of sentence-transformers: `modules.json` names the folders of a transformer, a pooling and
/// what follows it. A folder without `modules.json` is a plain model, whose tokens are averaged.
///
/// Beside a transformer, `sentence_bert_config.json` (in old models: `sentence_roberta_config.json` and the like)
/// says how much of a text is read, `config_sentence_transformers.json` which prompt stands before every text.
final class SentenceFolder {
    private final Path folder;
    private final Device device;
    private final Storage storage;

    private SentenceFolder(Path folder, Device device, Storage storage) {
        this.folder = folder;
        this.device = device;
        this.storage = storage;
    }

    static SentenceEncoder open(Path folder, Device device, Storage storage) throws IOException {
        return new SentenceFolder(folder, device, storage).open();
    }

    private SentenceEncoder open() throws IOException {
        Path list = folder.resolve("modules.json");
        Path transformer = folder;
        Optional<Path> pooling = Optional.empty();
        List<ConfigFile> rest = new ArrayList<>();
        List<ConfigFile> modules = Files.exists(list) ? ConfigFile.readList(list) : List.of();
        for (int i = 0; i < modules.size(); i++) {
            ConfigFile module = modules.get(i);
            String type = kind(module);
            if (i == 0 && !type.equals("Transformer")) {
                throw module.problem("begins with a module of type " + type + "; only a Transformer is known there");
            }
            if (i == 0) {
                transformer = inside(module);
            } else if (i == 1 && type.equals("Pooling")) {
                pooling = Optional.of(inside(module));
            } else {
                rest.add(module);
            }
        }
        return open(transformer, pooling, rest);
    }

    private SentenceEncoder open(Path transformer, Optional<Path> pooling, List<ConfigFile> rest) throws IOException {
        String prompt = prompt();
        Pooling pool = pooling.isPresent() ? pooling(pooling.get(), prompt) : Pooling.of(Pooling.Mode.MEAN);
        PipelineTokenizer tokenizer = Tokenizers.read(transformer);
        List<Refinement> refinements = new ArrayList<>();
        Optional<Model> model = Optional.empty();
        try {
            for (ConfigFile module : rest) {
                refinement(module).ifPresent(refinements::add);
            }
            model = Optional.of(ModelFolder.open(transformer, device, storage));
            Optional<ConfigFile> reading = reading(transformer);
            int maxLength = maxLength(transformer, reading, model.get().spec().contextLength());
            boolean lowerCase = reading.map(r -> r.flag("do_lower_case", false)).orElse(false);
            return new SentenceEncoder(
                    model.get(), tokenizer, new Settings(maxLength, lowerCase, prompt, pool, refinements));
        } catch (Throwable failure) {
            model.ifPresent(Model::close);
            refinements.forEach(SentenceFolder::close);
            throw failure;
        }
    }

    private static void close(Refinement refinement) {
        if (refinement instanceof Refinement.Dense dense) {
            dense.parameters().close();
        }
    }

    /// The last part of a module's Python name.
    private static String kind(ConfigFile module) {
        String type = module.string("type", "");
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /// A module's folder, which must lie in this one.
    private Path inside(ConfigFile module) {
        Path path = folder.resolve(module.string("path", "")).normalize();
        if (!path.startsWith(folder.normalize())) {
            throw module.problem("names the path " + module.string("path", "") + ", which leads out of the folder");
        }
        return path;
    }

    private static Optional<ConfigFile> reading(Path transformer) throws IOException {
        for (String family : List.of("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")) {
            Path file = transformer.resolve("sentence_" + family + "_config.json");
            if (Files.exists(file)) {
                return Optional.of(ConfigFile.read(file));
            }
        }
        return Optional.empty();
    }

    /// What is set, or else what the tokenizer says, but no more than the model can read.
    private static int maxLength(Path transformer, Optional<ConfigFile> reading, int contextLength) throws IOException {
        if (reading.isPresent() && reading.get().has("max_seq_length")) {
            int set = reading.get().integer("max_seq_length");
            if (set < 1) {
                throw reading.get().problem("has max_seq_length " + set);
            }
            return Math.min(set, contextLength);
        }
        Path tokenizer = transformer.resolve("tokenizer_config.json");
        double most = Files.exists(tokenizer)
                ? ConfigFile.read(tokenizer).number("model_max_length", contextLength)
                : contextLength;
        return (int) Math.max(1, Math.min(most, contextLength));
    }

    /// The prompt that is put before texts when none is asked for.
    private String prompt() throws IOException {
        Path file = folder.resolve("config_sentence_transformers.json");
        if (!Files.exists(file)) {
            return "";
        }
        ConfigFile config = ConfigFile.read(file);
        if (!config.has("default_prompt_name")) {
            return "";
        }
        String name = config.string("default_prompt_name", "");
        return config.inside("prompts")
                .filter(prompts -> prompts.has(name))
                .map(prompts -> prompts.string(name, ""))
                .orElseThrow(() -> config.problem("has default_prompt_name " + name + ", but no such prompt"));
    }

    private static Pooling pooling(Path pooling, String prompt) throws IOException {
        ConfigFile config = ConfigFile.read(pooling.resolve("config.json"));
        if (!prompt.isEmpty() && !config.flag("include_prompt", true)) {
            throw config.problem("sets 'include_prompt' to false, but every text has a prompt; that is not supported");
        }
        if (config.has("pooling_mode")) {
            return Pooling.of(
                    switch (config.string("pooling_mode", "")) {
                        case "cls" -> Pooling.Mode.FIRST;
                        case "max" -> Pooling.Mode.MAX;
                        case "mean" -> Pooling.Mode.MEAN;
                        case "mean_sqrt_len_tokens" -> Pooling.Mode.MEAN_SQRT_LENGTH;
                        case "weightedmean" -> Pooling.Mode.WEIGHTED_MEAN;
                        case "lasttoken" -> Pooling.Mode.LAST;
                        case String other -> throw config.problem("has pooling_mode " + other + ", not known here");
                    });
        }
        List<Pooling.Mode> modes = Stream.of(Pooling.Mode.values())
                .filter(mode -> config.flag(key(mode), mode == Pooling.Mode.MEAN))
                .toList();
        if (modes.isEmpty()) {
            throw config.problem("asks for no kind of pooling");
        }
        return new Pooling(modes);
    }

    private static String key(Pooling.Mode mode) {
        return "pooling_mode_"
                + switch (mode) {
                    case FIRST -> "cls_token";
                    case MAX -> "max_tokens";
                    case MEAN -> "mean_tokens";
                    case MEAN_SQRT_LENGTH -> "mean_sqrt_len_tokens";
                    case WEIGHTED_MEAN -> "weightedmean_tokens";
                    case LAST -> "lasttoken";
                };
    }

    private Optional<Refinement> refinement(ConfigFile module) throws IOException {
        return switch (kind(module)) {
            case "Normalize" -> Optional.of(new Refinement.Normalise());
            case "Dense" -> Optional.of(dense(inside(module)));
            case "Dropout" -> Optional.empty();
            case String other ->
                throw module.problem("names a module of type " + other + "; known are Transformer, Pooling, Dense,"
                        + " Normalize and Dropout, in this order");
        };
    }

    private Refinement dense(Path dense) throws IOException {
        ConfigFile config = ConfigFile.read(dense.resolve("config.json"));
        int in = config.integer("in_features");
        int out = config.integer("out_features");
        if (in < 1 || out < 1) {
            throw config.problem("projects from " + in + " to " + out + " numbers");
        }
        String function = config.string("activation_function", "Tanh");
        Optional<Activation> activation = switch (function.substring(function.lastIndexOf('.') + 1)) {
            case "Identity" -> Optional.empty();
            case "Tanh" -> Optional.of(Activation.TANH);
            case "ReLU" -> Optional.of(Activation.RELU);
            case "GELU" -> Optional.of(Activation.GELU);
            case "SiLU" -> Optional.of(Activation.SILU);
            default ->
                throw config.problem(
                        "has activation_function " + function + "; known are Identity, Tanh, ReLU, GELU and SiLU");
        };
        try (WeightSource weights = ModelWeights.open(dense)) {
            Params params = Params.stored(weights, CheckpointNames.of(""), Storage.TRAINABLE, device);
            Projection projection = params.projection("linear", in, out, Init.fanIn(in), config.flag("bias", true));
            ParameterSet parameters = params.finish();
            return new Refinement.Dense(projection, out, activation, parameters);
        }
    }
}
