package dev.cortado.model.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The names of one family's tensors. Lines of a text: Hugging Face's name, GGUF's, and how it lies there where that
/// is not the same.
record NameTable(List<Rule> rules) {
    NameTable {
        rules = List.copyOf(rules);
    }

    /// The lines of these texts.
    static NameTable of(String... texts) {
        List<Rule> rules = new ArrayList<>();
        for (String text : texts) {
            text.lines().filter(line -> !line.isBlank()).forEach(line -> {
                String[] words = line.strip().split(" +", -1);
                rules.add(new Rule(
                        words[0],
                        words[1],
                        words.length == 2 ? Rule.Order.SAME : Rule.Order.valueOf(words[2].toUpperCase(Locale.ROOT))));
            });
        }
        return new NameTable(rules);
    }

    Optional<Rule.Match> ofName(String name) {
        return rules.stream().flatMap(rule -> rule.ofName(name).stream()).findFirst();
    }

    Optional<Rule.Match> ofStored(String name) {
        return rules.stream().flatMap(rule -> rule.ofStored(name).stream()).findFirst();
    }

    static final String DECODER = """
        model.embed_tokens                          token_embd
        model.norm                                  output_norm
        lm_head                                     output
        model.layers.*.input_layernorm              blk.*.attn_norm
        model.layers.*.self_attn.o_proj             blk.*.attn_output
        """;

    static final String SECOND_NORM = """
        model.layers.*.post_attention_layernorm     blk.*.ffn_norm
        """;

    static final String ATTENTION = """
        model.layers.*.self_attn.q_proj             blk.*.attn_q
        model.layers.*.self_attn.k_proj             blk.*.attn_k
        model.layers.*.self_attn.v_proj             blk.*.attn_v
        """;

    static final String PAIRED_ATTENTION = """
        model.layers.*.self_attn.q_proj             blk.*.attn_q    queries
        model.layers.*.self_attn.k_proj             blk.*.attn_k    keys
        model.layers.*.self_attn.v_proj             blk.*.attn_v
        """;

    static final String QUERY_KEY_NORMS = """
        model.layers.*.self_attn.q_norm             blk.*.attn_q_norm
        model.layers.*.self_attn.k_norm             blk.*.attn_k_norm
        """;

    static final String GATED = """
        model.layers.*.mlp.gate_proj                blk.*.ffn_gate
        model.layers.*.mlp.up_proj                  blk.*.ffn_up
        model.layers.*.mlp.down_proj                blk.*.ffn_down
        """;

    static final String EXPERTS = """
        model.layers.*.mlp.gate                     blk.*.ffn_gate_inp
        model.layers.*.mlp.experts.#.gate_proj      blk.*.ffn_gate_exps    experts
        model.layers.*.mlp.experts.#.up_proj        blk.*.ffn_up_exps      experts
        model.layers.*.mlp.experts.#.down_proj      blk.*.ffn_down_exps    experts
        """;

    static final String SHARED_EXPERT = """
        model.layers.*.mlp.shared_expert_gate       blk.*.ffn_gate_inp_shexp    row
        model.layers.*.mlp.shared_expert.gate_proj  blk.*.ffn_gate_shexp
        model.layers.*.mlp.shared_expert.up_proj    blk.*.ffn_up_shexp
        model.layers.*.mlp.shared_expert.down_proj  blk.*.ffn_down_shexp
        """;

    static final String MIXTRAL_EXPERTS = """
        model.layers.*.block_sparse_moe.gate          blk.*.ffn_gate_inp
        model.layers.*.block_sparse_moe.experts.#.w1  blk.*.ffn_gate_exps    experts
        model.layers.*.block_sparse_moe.experts.#.w3  blk.*.ffn_up_exps      experts
        model.layers.*.block_sparse_moe.experts.#.w2  blk.*.ffn_down_exps    experts
        """;

    static final String PHI3 = """
        model.layers.*.self_attn.qkv_proj           blk.*.attn_qkv
        model.layers.*.mlp.gate_up_proj             blk.*.ffn_up
        model.layers.*.mlp.down_proj                blk.*.ffn_down
        """;

    static final String GEMMA = """
        model.embed_tokens                          token_embd
        model.norm                                  output_norm      shifted
        model.layers.*.input_layernorm              blk.*.attn_norm  shifted
        model.layers.*.self_attn.o_proj             blk.*.attn_output
        """;

    static final String GEMMA_SECOND_NORM = """
        model.layers.*.post_attention_layernorm     blk.*.ffn_norm   shifted
        """;

    static final String SANDWICH_NORMS = """
        model.layers.*.post_attention_layernorm     blk.*.post_attention_norm  shifted
        model.layers.*.pre_feedforward_layernorm    blk.*.ffn_norm             shifted
        model.layers.*.post_feedforward_layernorm   blk.*.post_ffw_norm        shifted
        """;

    static final String GEMMA_QUERY_KEY_NORMS = """
        model.layers.*.self_attn.q_norm             blk.*.attn_q_norm          shifted
        model.layers.*.self_attn.k_norm             blk.*.attn_k_norm          shifted
        """;

    static final String GPT2 = """
        transformer.wte                 token_embd
        transformer.wpe                 position_embd
        transformer.ln_f                output_norm
        lm_head                         output
        transformer.h.*.ln_1            blk.*.attn_norm
        transformer.h.*.attn.c_attn     blk.*.attn_qkv     transposed
        transformer.h.*.attn.c_proj     blk.*.attn_output  transposed
        transformer.h.*.ln_2            blk.*.ffn_norm
        transformer.h.*.mlp.c_fc        blk.*.ffn_up       transposed
        transformer.h.*.mlp.c_proj      blk.*.ffn_down     transposed
        """;

    static final String GPT_NEOX = """
        gpt_neox.embed_in                           token_embd
        gpt_neox.final_layer_norm                   output_norm
        embed_out                                   output
        gpt_neox.layers.*.input_layernorm           blk.*.attn_norm
        gpt_neox.layers.*.attention.query_key_value blk.*.attn_qkv  joined
        gpt_neox.layers.*.attention.dense           blk.*.attn_output
        gpt_neox.layers.*.post_attention_layernorm  blk.*.ffn_norm
        gpt_neox.layers.*.mlp.dense_h_to_4h         blk.*.ffn_up
        gpt_neox.layers.*.mlp.dense_4h_to_h         blk.*.ffn_down
        """;

    static final String BLOOM = """
        transformer.word_embeddings                   token_embd
        transformer.word_embeddings_layernorm         token_embd_norm
        transformer.ln_f                              output_norm
        lm_head                                       output
        transformer.h.*.input_layernorm               blk.*.attn_norm
        transformer.h.*.self_attention.query_key_value  blk.*.attn_qkv  joined
        transformer.h.*.self_attention.dense          blk.*.attn_output
        transformer.h.*.post_attention_layernorm      blk.*.ffn_norm
        transformer.h.*.mlp.dense_h_to_4h             blk.*.ffn_up
        transformer.h.*.mlp.dense_4h_to_h             blk.*.ffn_down
        """;

    static final String BERT = """
        embeddings.word_embeddings                    token_embd
        embeddings.position_embeddings                position_embd
        embeddings.token_type_embeddings              token_types
        embeddings.LayerNorm                          token_embd_norm
        encoder.layer.*.attention.self.query          blk.*.attn_q
        encoder.layer.*.attention.self.key            blk.*.attn_k
        encoder.layer.*.attention.self.value          blk.*.attn_v
        encoder.layer.*.attention.output.dense        blk.*.attn_output
        encoder.layer.*.attention.output.LayerNorm    blk.*.attn_output_norm
        encoder.layer.*.intermediate.dense            blk.*.ffn_up
        encoder.layer.*.output.dense                  blk.*.ffn_down
        encoder.layer.*.output.LayerNorm              blk.*.layer_output_norm
        """;
}
