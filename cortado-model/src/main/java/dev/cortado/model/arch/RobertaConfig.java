package dev.cortado.model.arch;

import dev.cortado.model.arch.RobertaSpec.Family;
import dev.cortado.model.config.ConfigFile;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// [RobertaSpec] in the spelling of Hugging Face's `config.json`.
public final class RobertaConfig {
    private RobertaConfig() {}

    /// Reads the numbers; a feature that [Roberta] does not have is refused rather than ignored.
    public static RobertaSpec read(ConfigFile config) {
        Family family = family(config);
        EncoderTask task = EncoderTask.read(config, family.stem);
        int words = switch (family) {
            case ROBERTA -> 50_265;
            case XLM_ROBERTA -> 30_522;
            case CAMEMBERT -> 30_522;
        };
        EncoderSizes sizes = BertConfig.readSizes(config, config.integer("vocab_size", words));
        int textTypes = config.integer("type_vocab_size", 2);
        double normEpsilon = config.number("layer_norm_eps", 1e-12);
        int padding = config.integer("pad_token_id", 1);
        return config.valid("encoder", () -> new RobertaSpec(family, sizes, textTypes, normEpsilon, padding, task));
    }

    private static Family family(ConfigFile config) {
        List<String> named = config.strings("architectures");
        for (Family family : Family.values()) {
            if (named.isEmpty()
                    ? config.string("model_type", "").equals(family.modelType)
                    : named.getFirst().startsWith(family.stem)) {
                return family;
            }
        }
        return Family.ROBERTA;
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(RobertaSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", spec.family().modelType);
        BertConfig.writeSizes(spec.sizes(), config);
        config.put("type_vocab_size", spec.textTypes());
        config.put("layer_norm_eps", spec.normEpsilon());
        config.put("pad_token_id", spec.padding());
        spec.task().write(config);
        return config;
    }
}
