package dev.cortado.model.gguf;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Parameter;
import dev.cortado.model.Params;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.SafetensorsWriter;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A small model of each family that GGUF knows, in Hugging Face's words, and a vocabulary for it.
final class TinyModels {
    static final int VOCABULARY = 288;
    static final int CONTEXT = 64;

    private TinyModels() {}

    private static final String LLAMA = """
        {"vocab_size": 288, "max_position_embeddings": 64, "hidden_size": 256, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 64, "intermediate_size": 256,
         "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false}
        """;

    /// By name.
    static Map<String, ModelSpec> decoders() {
        Map<String, ModelSpec> all = new LinkedHashMap<>();
        all.put("llama", spec("LlamaForCausalLM", LLAMA, "{}"));
        all.put("llama tied", spec("LlamaForCausalLM", LLAMA, "{\"tie_word_embeddings\": true, \"head_dim\": 32}"));
        all.put("llama with biases", spec("LlamaForCausalLM", LLAMA, "{\"attention_bias\": true, \"mlp_bias\": true}"));
        all.put(
                "llama 3",
                spec(
                        "LlamaForCausalLM",
                        LLAMA,
                        "{\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0,"
                                + " \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 32}}"));
        all.put(
                "llama linear",
                spec("LlamaForCausalLM", LLAMA, "{\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}}"));
        all.put(
                "llama yarn",
                spec(
                        "LlamaForCausalLM",
                        LLAMA,
                        "{\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0,"
                                + " \"original_max_position_embeddings\": 16}}"));
        all.put("mistral", spec("MistralForCausalLM", LLAMA, "{\"sliding_window\": null}"));
        all.put("mistral with window", spec("MistralForCausalLM", LLAMA, "{\"sliding_window\": 60}"));
        all.put("mixtral", spec("MixtralForCausalLM", LLAMA, "{\"num_local_experts\": 4, \"num_experts_per_tok\": 2}"));
        all.put("qwen2", spec("Qwen2ForCausalLM", LLAMA, "{}"));
        all.put("qwen3", spec("Qwen3ForCausalLM", LLAMA, "{}"));
        String experts = "\"num_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 256";
        all.put(
                "qwen2moe",
                spec(
                        "Qwen2MoeForCausalLM",
                        LLAMA,
                        "{" + experts + ", \"norm_topk_prob\": false, \"shared_expert_intermediate_size\": 256}"));
        all.put("qwen3moe", spec("Qwen3MoeForCausalLM", LLAMA, "{" + experts + ", \"norm_topk_prob\": true}"));
        all.put("olmoe", spec("OlmoeForCausalLM", LLAMA, "{" + experts + ", \"num_key_value_heads\": 4}"));
        all.put("phi3", spec("Phi3ForCausalLM", LLAMA, "{\"sliding_window\": null, \"pad_token_id\": null}"));
        String gemma = "\"hidden_activation\": \"gelu_pytorch_tanh\", \"tie_word_embeddings\": true";
        all.put("gemma", spec("GemmaForCausalLM", LLAMA, "{\"hidden_act\": \"gelu_pytorch_tanh\"," + gemma + "}"));
        all.put(
                "gemma2",
                spec(
                        "Gemma2ForCausalLM",
                        LLAMA, // llama.cpp has no Gemma 2 of any other number of layers.
                        "{\"query_pre_attn_scalar\": 32, \"sliding_window\": 4096, \"num_hidden_layers\": 26,"
                                + " \"hidden_size\": 64, \"head_dim\": 32, \"intermediate_size\": 64," + gemma + "}"));
        all.put(
                "gemma3",
                spec(
                        "Gemma3ForCausalLM",
                        LLAMA,
                        "{\"query_pre_attn_scalar\": 64, \"sliding_window\": 4096, \"rope_theta\": 1000000.0,"
                                + " \"num_hidden_layers\": 7," + gemma + "}"));
        all.put(
                "gpt2",
                spec(
                        "GPT2LMHeadModel",
                        "{\"vocab_size\": 288, \"n_positions\": 64, \"n_embd\": 256, \"n_layer\": 2, \"n_head\": 4}",
                        "{\"activation_function\": \"gelu_new\"}"));
        all.put("gptneox", spec("GPTNeoXForCausalLM", LLAMA, "{\"rotary_pct\": 0.25, \"layer_norm_eps\": 1e-5}"));
        all.put(
                "bloom",
                spec(
                        "BloomForCausalLM",
                        "{\"vocab_size\": 288, \"seq_length\": 64, \"hidden_size\": 256, \"n_layer\": 2, \"n_head\":"
                                + " 4}",
                        "{}"));
        return all;
    }

    /// The same with fewer numbers.
    static ModelSpec small(String name) {
        ObjectNode config = decoders().get(name).config();
        for (String width : List.of("hidden_size", "intermediate_size", "n_embd", "n_inner")) {
            if (config.has(width)) {
                config.put(width, 32);
            }
        }
        if (config.has("head_dim")) {
            config.put("head_dim", 8);
        }
        config.put("vocab_size", 40);
        return ModelFolder.spec(ConfigFile.of(Path.of("small"), config));
    }

    private static ModelSpec spec(String architecture, String numbers, String own) {
        var mapper = JsonMapper.shared();
        ObjectNode config = (ObjectNode) mapper.readTree(numbers);
        config.setAll((ObjectNode) mapper.readTree(own));
        config.putArray("architectures").add(architecture);
        return ModelFolder.spec(ConfigFile.of(Path.of("tiny"), config));
    }

    /// A model whose every parameter is random and matters.
    static CausalLm model(ModelSpec spec, long seed) {
        var random = new SplittableRandom(seed);
        var model = (CausalLm) spec.build(Params.initialised(seed, Device.CPU), Device.CPU);
        try (var _ = Scope.open("tiny");
                var _ = Grad.off()) {
            for (Parameter p : model.parameters()) {
                Tensor noise = Tensors.normal(p.tensor().shape(), 0, 1, random);
                boolean matrix = p.tensor().rank() > 1;
                boolean bias = p.name().endsWith(".bias");
                p.tensor()
                        .copyInPlace(
                                matrix
                                        ? noise.mul(1
                                                / Math.sqrt((double) p.tensor().size(1)))
                                        : noise.mul(0.2).add(bias ? 0 : 1));
            }
        }
        return model;
    }

    /// Its weights in a file.
    static WeightSource saved(CausalLm model, Path file) throws IOException {
        List<OutgoingTensor> tensors = new ArrayList<>();
        for (Parameter p : model.parameters()) {
            tensors.add(new OutgoingTensor(
                    p.name(), p.tensor().dtype(), p.tensor().shape(), sink -> {
                        try (var _ = Scope.open("save")) {
                            sink.write(p.tensor().detach().bytes());
                        }
                    }));
        }
        SafetensorsWriter.write(file, tensors);
        return Safetensors.open(file);
    }

    /// A byte-level vocabulary of some of these tokens.
    static PipelineTokenizer tokenizer() {
        return ByteLevelBpeTrainer.of(VocabularySpec.of(280).withSpecials("<|endoftext|>"))
                .train(Stream.of("the cat sat on the mat", "the dog ate the cat", "that is that, is it not"))
                .tokenizer();
    }
}
