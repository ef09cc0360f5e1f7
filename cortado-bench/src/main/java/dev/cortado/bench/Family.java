package dev.cortado.bench;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An architecture, to be compared with all others at the same size.
///
/// @param architecture its name in `config.json`
/// @param inner        how its configuration spells the width of its feed-forward layers, where `intermediate_size`
///                     does not mean that of layers with a gate
/// @param more         what its configuration says beyond sizes, JSON
public record Family(String name, String architecture, Inner inner, String more) {
    /// What `intermediate_size` means.
    enum Inner {
        /// The width of layers with a gate.
        GATED,
        /// That of layers without one.
        PLAIN,
        /// That of an expert.
        EXPERT
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// How large all of them are.
    ///
    /// @param width  of activations, a multiple of 8; feed-forward layers have 8/3 of it with a gate and 4 times
    /// it without, experts 4/3
    /// @param layers of decoders and encoders; an encoder–decoder has half of them on either side
    public record Size(int width, int layers) {
        /// 1 to 2 million parameters.
        public static final Size USUAL = new Size(128, 4);

        /// The sizes in the spelling of every family; each reads its own.
        private String config() {
            int gated = (width * 8 / 3 + 7) / 8 * 8;
            return """
                {"hidden_size": %1$d, "d_model": %1$d, "dim": %1$d, "word_embed_proj_dim": %1$d,
                 "num_hidden_layers": %2$d, "n_layers": %2$d, "num_layers": %3$d, "num_decoder_layers": %3$d,
                 "encoder_layers": %3$d, "decoder_layers": %3$d,
                 "num_attention_heads": 4, "n_heads": 4, "num_heads": 4,
                 "encoder_attention_heads": 4, "decoder_attention_heads": 4, "num_key_value_heads": 2,
                 "head_dim": %4$d, "d_kv": %4$d, "query_pre_attn_scalar": %4$d,
                 "intermediate_size": %5$d, "moe_intermediate_size": %6$d,
                 "shared_expert_intermediate_size": %6$d,
                 "ffn_dim": %7$d, "hidden_dim": %7$d, "d_ff": %7$d,
                 "encoder_ffn_dim": %7$d, "decoder_ffn_dim": %7$d,
                 "num_experts": 4, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 64,
                 "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1, "decoder_start_token_id": 1}\
                """.formatted(width, layers, Math.max(1, layers / 2), width / 4, gated, gated / 2, 4 * width);
        }
    }

    private static final Map<String, String> MIXINGS = Map.of(
            "softmax", "\"kind\": \"softmax\"",
            "tiled", "\"kind\": \"tiled\", \"tile\": 64",
            "longformer", "\"kind\": \"longformer\", \"window\": 32, \"globals\": 4",
            "linformer", "\"kind\": \"linformer\", \"length\": 1024, \"rank\": 32",
            "performer", "\"kind\": \"performer\", \"features\": 64, \"seed\": 1",
            "reformer", "\"kind\": \"reformer\", \"chunk\": 32, \"rounds\": 2, \"seed\": 1");

    /// All: decoders, encoders, encoder–decoders, and the ways of mixing tokens, which both decoders and encoders
    /// have. One of each that differs by more than its name.
    static List<Family> all() {
        Stream<Family> families = Stream.of(
                of("bloom", "BloomForCausalLM", ""),
                of("gemma", "GemmaForCausalLM", ""),
                of("gemma2", "Gemma2ForCausalLM", ""),
                of("gemma3", "Gemma3ForCausalLM", ""),
                of("gpt2", "GPT2LMHeadModel", ""),
                new Family("gpt-neox", "GPTNeoXForCausalLM", Inner.PLAIN, ""),
                of("llama", "LlamaForCausalLM", ""),
                of("mistral", "MistralForCausalLM", ""),
                new Family("mixtral", "MixtralForCausalLM", Inner.EXPERT, ""),
                new Family("olmoe", "OlmoeForCausalLM", Inner.EXPERT, ""),
                of("opt", "OPTForCausalLM", ""),
                of("phi3", "Phi3ForCausalLM", ""),
                of("qwen2", "Qwen2ForCausalLM", ""),
                of("qwen2-moe", "Qwen2MoeForCausalLM", ""),
                of("qwen3", "Qwen3ForCausalLM", ""),
                of("qwen3-moe", "Qwen3MoeForCausalLM", ""),
                new Family("bert", "BertForMaskedLM", Inner.PLAIN, ""),
                of("distilbert", "DistilBertForMaskedLM", ""),
                new Family("roberta", "RobertaForMaskedLM", Inner.PLAIN, ""),
                of("bart", "BartForConditionalGeneration", ""),
                of("mbart", "MBartForConditionalGeneration", ""),
                of("t5", "T5ForConditionalGeneration", ""),
                of("transformer", "CortadoTransformerForConditionalGeneration", ""));
        Stream<Family> causal = Stream.of("softmax", "tiled", "longformer", "performer", "reformer")
                .map(kind -> of(kind + "-decoder", "CortadoEfficientForCausalLM", mixing(kind)));
        Stream<Family> masked = Stream.of("softmax", "tiled", "longformer", "linformer", "performer", "reformer")
                .map(kind -> of(kind + "-encoder", "CortadoEfficientForMaskedLM", mixing(kind)));
        return Stream.of(families, causal, masked).flatMap(each -> each).toList();
    }

    private static Family of(String name, String architecture, String more) {
        return new Family(name, architecture, Inner.GATED, more);
    }

    private static String mixing(String kind) {
        return "\"mixing\": {" + MIXINGS.get(kind) + "}";
    }

    /// Its numbers.
    ///
    /// @param vocabSize ids, those of masks and spans among them
    ModelSpec spec(Size size, int vocabSize, int contextLength) {
        ObjectNode config = (ObjectNode) JSON.readTree(size.config());
        config.setAll((ObjectNode) JSON.readTree("{" + more + "}"));
        String width = switch (inner) {
            case GATED -> "intermediate_size";
            case PLAIN -> "ffn_dim";
            case EXPERT -> "moe_intermediate_size";
        };
        config.put("intermediate_size", config.path(width).intValue());
        config.putArray("architectures").add(architecture);
        config.put("vocab_size", vocabSize);
        // RoBERTa counts its positions from behind the id of padding.
        int positions = name.equals("roberta") ? contextLength + 2 : contextLength;
        config.put("max_position_embeddings", positions).put("n_positions", positions);
        config.put("original_max_position_embeddings", positions);
        return ModelFolder.spec(ConfigFile.of(Path.of(name), config));
    }
}
