package dev.cortado.model.gguf;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One architecture as both sides name it.
///
/// @param stored   GGUF's name of the architecture
/// @param name     Hugging Face's
/// @param settings the numbers
/// @param names    the tensors
/// @param copies   whether llama.cpp wants an `output.weight` even where it is the embedding
record Family(String stored, String name, List<Setting> settings, NameTable names, boolean copies) {
    /// Keys of configurations that say nothing about what a model computes from its tokens.
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "architectures",
            "model_type",
            "torch_dtype",
            "dtype",
            "use_cache",
            "initializer_range",
            "attention_dropout",
            "hidden_dropout",
            "attn_pdrop",
            "embd_pdrop",
            "resid_pdrop",
            "attention_probs_dropout_prob",
            "hidden_dropout_prob",
            "router_aux_loss_coef",
            "max_window_layers",
            "pretraining_tp",
            "slow_but_exact",
            "reorder_and_upcast_attn",
            "n_ctx",
            "pad_token_id",
            "position_embedding_type");

    Family {
        settings = List.copyOf(settings);
    }

    /// What the file's numbers mean.
    ///
    /// @throws IllegalArgumentException when one is missing, wrong or contradicts the tensors
    ModelSpec spec(Facts facts) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(name);
        config.put("vocab_size", facts.shapes().get("token_embd.weight").getFirst());
        config.put("tie_word_embeddings", !facts.has("output.weight"));
        for (Setting setting : settings) {
            setting.read(facts, config);
        }
        return ModelFolder.spec(ConfigFile.of(facts.file(), config));
    }

    /// How the file of this model says its numbers; they have been read back, and mean the same model.
    ///
    /// @param shapes the tensors of the file by GGUF's names
    /// @throws IllegalArgumentException when GGUF cannot say what the model is
    Draft draft(ModelSpec spec, Map<String, List<Long>> shapes) {
        ObjectNode config = spec.config();
        Draft draft = Draft.of(stored);
        for (Setting setting : settings) {
            setting.write(config, draft);
        }
        var facts = new Facts(
                GgufModelWriter.UNWRITTEN,
                draft.metadata(),
                shapes,
                tensor -> Optional.ofNullable(draft.tensors().get(tensor)));
        ObjectNode again = spec(facts).config();
        List<String> lost = new ArrayList<>();
        compare(config, again, "", lost);
        if (!lost.isEmpty()) {
            throw new IllegalArgumentException(
                    "a GGUF file of architecture " + stored + " cannot say that " + String.join(", and that ", lost));
        }
        return draft;
    }

    private void compare(ObjectNode wanted, ObjectNode found, String path, List<String> lost) {
        for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            boolean ignored = WITHOUT_EFFECT.contains(key) || (copies && key.equals("tie_word_embeddings"));
            if (!ignored && !same(value, found.path(key), path + key, lost)) {
                lost.add(path + key + " is " + value);
            }
        }
    }

    private boolean same(JsonNode wanted, JsonNode found, String path, List<String> lost) {
        if (wanted instanceof ObjectNode inside && found instanceof ObjectNode other) {
            compare(inside, other, path + ".", lost);
            return true;
        }
        if (wanted.isArray() && found.isArray() && wanted.size() == found.size()) {
            for (int i = 0; i < wanted.size(); i++) {
                if (!same(wanted.get(i), found.get(i), path, lost)) {
                    return false;
                }
            }
            return true;
        }
        if (wanted.isNumber() && found.isNumber()) {
            return wanted.floatValue() == found.floatValue(); // which is what files hold
        }
        boolean absent = found.isMissingNode() || found.isNull();
        boolean nothing = wanted.isNull() || (wanted.isBoolean() && !wanted.booleanValue());
        return (nothing && absent) || wanted.equals(found);
    }
}
