package dev.cortado.model.config;

import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// The ids that begin and end a text for a model.
///
/// @param bos put before the first token, if the model wants that
/// @param eos any of these ends a text
public record TextEnds(OptionalInt bos, List<Integer> eos) {
    public TextEnds {
        eos = List.copyOf(eos);
    }

    /// The ids a configuration names; none where it names none.
    public static TextEnds read(ConfigFile config) {
        return new TextEnds(
                config.integers("bos_token_id").stream()
                        .mapToInt(Integer::intValue)
                        .findFirst(),
                config.integers("eos_token_id"));
    }

    /// These, with what is absent taken from others.
    public TextEnds orElse(TextEnds other) {
        return new TextEnds(bos.isPresent() ? bos : other.bos, eos.isEmpty() ? other.eos : eos);
    }

    /// Adds them to a configuration.
    public void write(ObjectNode config) {
        bos.ifPresent(id -> config.put("bos_token_id", id));
        if (eos.size() == 1) {
            config.put("eos_token_id", eos.getFirst());
        } else if (!eos.isEmpty()) {
            var ids = config.putArray("eos_token_id");
            eos.forEach(ids::add);
        }
    }
}
