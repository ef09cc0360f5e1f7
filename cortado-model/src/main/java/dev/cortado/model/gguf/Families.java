package dev.cortado.model.gguf;

import static dev.cortado.model.gguf.Setting.always;
import static dev.cortado.model.gguf.Setting.count;
import static dev.cortado.model.gguf.Setting.flag;
import static dev.cortado.model.gguf.Setting.maybeCount;
import static dev.cortado.model.gguf.Setting.maybeReal;
import static dev.cortado.model.gguf.Setting.real;
import static dev.cortado.model.gguf.Setting.where;

import dev.cortado.model.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Every architecture that is known here and to GGUF: its numbers and its tensors.
///
/// Keys and names: `gguf-py/gguf/constants.py` and `tensor_mapping.py`; what they mean: `convert_hf_to_gguf.py` and
/// `llama-model.cpp`, all in <https://github.com/ggml-org/llama.cpp>.
final class Families {
    private Families() {}

    private static final Setting WINDOW = new Window("sliding_window");

    private static final Family LLAMA = new Family(
            "llama",
            "LlamaForCausalLM",
            decoder(
                    new Rope(10_000, true),
                    new HeadDim(false),
                    where("blk.0.attn_q.bias", "attention_bias"),
                    where("blk.0.ffn_gate.bias", "mlp_bias")),
            NameTable.of(NameTable.DECODER, NameTable.SECOND_NORM, NameTable.PAIRED_ATTENTION, NameTable.GATED),
            false);

    private static final Family MISTRAL = new Family(
            "llama",
            "MistralForCausalLM",
            decoder(new Rope(10_000, true), new HeadDim(false), WINDOW),
            LLAMA.names(),
            false);

    private static final Family MIXTRAL = new Family(
            "llama",
            "MixtralForCausalLM",
            decoder(
                    new Rope(10_000, true),
                    new HeadDim(false),
                    WINDOW,
                    count("expert_count", "num_local_experts"),
                    count("expert_used_count", "num_experts_per_tok")),
            NameTable.of(
                    NameTable.DECODER, NameTable.SECOND_NORM, NameTable.PAIRED_ATTENTION, NameTable.MIXTRAL_EXPERTS),
            false);

    private static final Family QWEN2 = new Family(
            "qwen2",
            "Qwen2ForCausalLM",
            decoder(new Rope(10_000, false), new HeadDim(false), always("use_sliding_window", false)),
            NameTable.of(NameTable.DECODER, NameTable.SECOND_NORM, NameTable.ATTENTION, NameTable.GATED),
            false);

    private static final Family QWEN3 = new Family(
            "qwen3",
            "Qwen3ForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    always("use_sliding_window", false),
                    where("blk.0.attn_q.bias", "attention_bias")),
            NameTable.of(
                    NameTable.DECODER,
                    NameTable.SECOND_NORM,
                    NameTable.ATTENTION,
                    NameTable.QUERY_KEY_NORMS,
                    NameTable.GATED),
            false);

    private static final Family QWEN2_MOE = new Family(
            "qwen2moe",
            "Qwen2MoeForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    count("expert_count", "num_experts"),
                    count("expert_used_count", "num_experts_per_tok"),
                    count("expert_feed_forward_length", "moe_intermediate_size"),
                    count("expert_shared_feed_forward_length", "shared_expert_intermediate_size"),
                    always("use_sliding_window", false),
                    always("qkv_bias", true),
                    always("decoder_sparse_step", 1),
                    always("norm_topk_prob", false)),
            NameTable.of(
                    NameTable.DECODER,
                    NameTable.SECOND_NORM,
                    NameTable.ATTENTION,
                    NameTable.EXPERTS,
                    NameTable.SHARED_EXPERT),
            false);

    private static final Family QWEN3_MOE = new Family(
            "qwen3moe",
            "Qwen3MoeForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    count("expert_count", "num_experts"),
                    count("expert_used_count", "num_experts_per_tok"),
                    count("expert_feed_forward_length", "moe_intermediate_size"),
                    always("use_sliding_window", false),
                    always("attention_bias", false),
                    always("decoder_sparse_step", 1),
                    always("norm_topk_prob", true)),
            NameTable.of(
                    NameTable.DECODER,
                    NameTable.SECOND_NORM,
                    NameTable.ATTENTION,
                    NameTable.QUERY_KEY_NORMS,
                    NameTable.EXPERTS),
            false);

    private static final Family OLMOE = new Family(
            "olmoe",
            "OlmoeForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    count("expert_count", "num_experts"),
                    count("expert_used_count", "num_experts_per_tok"),
                    maybeReal("attention.clamp_kqv", "clip_qkv"),
                    always("attention_bias", false),
                    always("norm_topk_prob", false)),
            NameTable.of(
                    NameTable.DECODER,
                    NameTable.SECOND_NORM,
                    NameTable.ATTENTION,
                    NameTable.QUERY_KEY_NORMS,
                    NameTable.EXPERTS),
            false);

    private static final Family PHI3 = new Family(
            "phi3",
            "Phi3ForCausalLM",
            decoder(new Rope(10_000, true), new HeadDim(true), WINDOW),
            NameTable.of(NameTable.DECODER, NameTable.SECOND_NORM, NameTable.PHI3),
            false);

    private static final Family GEMMA = new Family(
            "gemma",
            "GemmaForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    always("hidden_activation", "gelu_pytorch_tanh"),
                    always("attention_bias", false)),
            NameTable.of(NameTable.GEMMA, NameTable.GEMMA_SECOND_NORM, NameTable.ATTENTION, NameTable.GATED),
            false);

    private static final Family GEMMA2 = new Family(
            "gemma2",
            "Gemma2ForCausalLM",
            decoder(
                    new Rope(10_000, false),
                    new HeadDim(false),
                    new QueryScale(46),
                    maybeCount("attention.sliding_window", "sliding_window"),
                    maybeReal("attn_logit_softcapping", "attn_logit_softcapping"),
                    maybeReal("final_logit_softcapping", "final_logit_softcapping"),
                    always("hidden_activation", "gelu_pytorch_tanh"),
                    always("attention_bias", false)),
            NameTable.of(NameTable.GEMMA, NameTable.SANDWICH_NORMS, NameTable.ATTENTION, NameTable.GATED),
            false);

    private static final Family GEMMA3 = new Family(
            "gemma3",
            "Gemma3ForCausalLM",
            decoder(
                    new Rope(1_000_000, false),
                    new HeadDim(false),
                    new QueryScale(62),
                    count("attention.sliding_window", "sliding_window"),
                    maybeReal("final_logit_softcapping", "final_logit_softcapping"),
                    always("rope_local_base_freq", 10_000.0),
                    always("hidden_activation", "gelu_pytorch_tanh"),
                    always("attention_bias", false)),
            NameTable.of(
                    NameTable.GEMMA,
                    NameTable.SANDWICH_NORMS,
                    NameTable.GEMMA_QUERY_KEY_NORMS,
                    NameTable.ATTENTION,
                    NameTable.GATED),
            false);

    private static final Family GPT2 = new Family(
            "gpt2",
            "GPT2LMHeadModel",
            List.of(
                    count("block_count", "n_layer"),
                    count("context_length", "n_positions"),
                    count("embedding_length", "n_embd"),
                    count("feed_forward_length", "n_inner"),
                    count("attention.head_count", "n_head"),
                    real("attention.layer_norm_epsilon", "layer_norm_epsilon"),
                    always("activation_function", "gelu_new"),
                    always("scale_attn_weights", true),
                    always("scale_attn_by_inverse_layer_idx", false)),
            NameTable.of(NameTable.GPT2),
            true);

    private static final Family GPT_NEOX = new Family(
            "gptneox",
            "GPTNeoXForCausalLM",
            List.of(
                    count("block_count", "num_hidden_layers"),
                    count("context_length", "max_position_embeddings"),
                    count("embedding_length", "hidden_size"),
                    count("feed_forward_length", "intermediate_size"),
                    count("attention.head_count", "num_attention_heads"),
                    real("attention.layer_norm_epsilon", "layer_norm_eps"),
                    flag("use_parallel_residual", "use_parallel_residual"),
                    new Rope(10_000, false),
                    new NeoxRotary(),
                    always("attention_bias", true)),
            NameTable.of(NameTable.GPT_NEOX),
            true);

    private static final Family BLOOM = new Family(
            "bloom",
            "BloomForCausalLM",
            List.of(
                    count("block_count", "n_layer"),
                    count("context_length", "seq_length"),
                    count("embedding_length", "hidden_size"),
                    new FourTimesWide(),
                    count("attention.head_count", "n_head"),
                    real("attention.layer_norm_epsilon", "layer_norm_epsilon"),
                    always("apply_residual_connection_post_layernorm", false)),
            NameTable.of(NameTable.BLOOM),
            true);

    private static final Family BERT = new Family(
            "bert",
            "BertModel",
            List.of(
                    count("block_count", "num_hidden_layers"),
                    count("context_length", "max_position_embeddings"),
                    count("embedding_length", "hidden_size"),
                    count("feed_forward_length", "intermediate_size"),
                    count("attention.head_count", "num_attention_heads"),
                    real("attention.layer_norm_epsilon", "layer_norm_eps"),
                    always("hidden_act", "gelu"),
                    new TextTypes()),
            NameTable.of(NameTable.BERT),
            false);

    private static final List<Family> ALL = List.of(
            BERT, BLOOM, GEMMA, GEMMA2, GEMMA3, GPT2, GPT_NEOX, LLAMA, MISTRAL, MIXTRAL, OLMOE, PHI3, QWEN2, QWEN2_MOE,
            QWEN3, QWEN3_MOE);

    /// What all descendants of Llama say.
    private static List<Setting> decoder(Setting... own) {
        List<Setting> settings = new ArrayList<>(List.of(
                count("block_count", "num_hidden_layers"),
                count("context_length", "max_position_embeddings"),
                count("embedding_length", "hidden_size"),
                count("feed_forward_length", "intermediate_size"),
                count("attention.head_count", "num_attention_heads"),
                new KeyHeads(),
                real("attention.layer_norm_rms_epsilon", "rms_norm_eps")));
        settings.addAll(Arrays.asList(own));
        return settings;
    }

    /// The family of a file.
    ///
    /// @throws IllegalArgumentException when it is none of these
    static Family of(Facts facts) {
        String architecture = facts.architecture();
        if (architecture.equals("llama")) {
            // One architecture there is three here.
            return facts.count("expert_count").orElse(0) > 0
                    ? MIXTRAL
                    : facts.count("attention.sliding_window").orElse(0) > 0 ? MISTRAL : LLAMA;
        }
        return ALL.stream()
                .filter(family -> family.stored().equals(architecture))
                .findFirst()
                .orElseThrow(() -> facts.problem("is of the architecture '"
                        + architecture
                                .replaceAll("[^\\p{Print}]", "?")
                                .substring(0, Math.min(60, architecture.length()))
                        + "', which is not known here; known are "
                        + String.join(
                                ", ",
                                ALL.stream().map(Family::stored).distinct().toList())));
    }

    /// The family that a model is written as.
    static Optional<Family> of(ModelSpec spec) {
        String name = spec.architecture().startsWith("Bert") ? BERT.name() : spec.architecture();
        return ALL.stream().filter(family -> family.name().equals(name)).findFirst();
    }

    /// Hugging Face's names of what can be written.
    static List<String> known() {
        return ALL.stream().map(Family::name).toList();
    }
}
