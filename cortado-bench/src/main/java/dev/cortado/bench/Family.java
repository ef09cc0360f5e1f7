package dev.cortado.bench;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An architecture at the size at which all are compared: width 128, 4 layers, 4 heads.
///
/// @param architecture its name in `config.json`
/// @param more         what its configuration says beyond [#SIZES], JSON
record Family(String name, String architecture, String more) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// The same sizes in the spelling of every family; each reads its own. An encoder–decoder has half of the
    /// layers on either side.
    private static final String SIZES = """
        {"hidden_size": 128, "d_model": 128, "dim": 128,
         "num_hidden_layers": 4, "n_layers": 4, "num_layers": 2, "num_decoder_layers": 2,
         "encoder_layers": 2, "decoder_layers": 2,
         "num_attention_heads": 4, "n_heads": 4, "num_heads": 4,
         "encoder_attention_heads": 4, "decoder_attention_heads": 4,
         "num_key_value_heads": 2, "head_dim": 32, "d_kv": 32,
         "intermediate_size": 344, "ffn_dim": 512, "hidden_dim": 512, "d_ff": 512,
         "encoder_ffn_dim": 512, "decoder_ffn_dim": 512, "word_embed_proj_dim": 128,
         "num_experts": 4, "num_local_experts": 4, "num_experts_per_tok": 2,
         "moe_intermediate_size": 172, "shared_expert_intermediate_size": 172,
         "query_pre_attn_scalar": 32, "sliding_window": 64,
         "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1, "decoder_start_token_id": 1}\
        """;

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
                of("gpt-neox", "GPTNeoXForCausalLM", "\"intermediate_size\": 512"),
                of("llama", "LlamaForCausalLM", ""),
                of("mistral", "MistralForCausalLM", ""),
                of("mixtral", "MixtralForCausalLM", "\"intermediate_size\": 172"),
                of("olmoe", "OlmoeForCausalLM", "\"intermediate_size\": 172"),
                of("opt", "OPTForCausalLM", ""),
                of("phi3", "Phi3ForCausalLM", ""),
                of("qwen2", "Qwen2ForCausalLM", ""),
                of("qwen2-moe", "Qwen2MoeForCausalLM", ""),
                of("qwen3", "Qwen3ForCausalLM", ""),
                of("qwen3-moe", "Qwen3MoeForCausalLM", ""),
                of("bert", "BertForMaskedLM", "\"intermediate_size\": 512"),
                of("distilbert", "DistilBertForMaskedLM", ""),
                of("roberta", "RobertaForMaskedLM", "\"intermediate_size\": 512"),
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
        return new Family(name, architecture, more);
    }

    private static String mixing(String kind) {
        return "\"mixing\": {" + MIXINGS.get(kind) + "}";
    }

    /// Its numbers.
    ///
    /// @param vocabSize ids, those of masks and spans among them
    ModelSpec spec(int vocabSize, int contextLength) {
        ObjectNode config = (ObjectNode) JSON.readTree(SIZES);
        config.setAll((ObjectNode) JSON.readTree("{" + more + "}"));
        config.putArray("architectures").add(architecture);
        config.put("vocab_size", vocabSize);
        // RoBERTa counts its positions from behind the id of padding.
        int positions = name.equals("roberta") ? contextLength + 2 : contextLength;
        config.put("max_position_embeddings", positions).put("n_positions", positions);
        config.put("original_max_position_embeddings", positions);
        return ModelFolder.spec(ConfigFile.of(name, config));
    }
}
