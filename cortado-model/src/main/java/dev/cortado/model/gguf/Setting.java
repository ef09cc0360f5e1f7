package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One or a few numbers of a model that a `config.json` and GGUF's metadata both say, translated both ways.
interface Setting {
    /// From a file's metadata to a configuration.
    void read(Facts facts, ObjectNode config);

    /// From a configuration to metadata.
    ///
    /// @throws IllegalArgumentException when GGUF has no word for it
    void write(ObjectNode config, Draft draft);

    /// A whole number both must have.
    static Setting count(String key, String hf) {
        return new Named(key, hf, true, false);
    }

    /// A whole number that may be absent.
    static Setting maybeCount(String key, String hf) {
        return new Named(key, hf, false, false);
    }

    /// A number both must have.
    static Setting real(String key, String hf) {
        return new Named(key, hf, true, true);
    }

    /// A number that may be absent.
    static Setting maybeReal(String key, String hf) {
        return new Named(key, hf, false, true);
    }

    /// A truth value that is false where GGUF does not say it.
    static Setting flag(String key, String hf) {
        return new Setting() {
            @Override
            public void read(Facts facts, ObjectNode config) {
                config.put(hf, facts.flag(key).orElse(false));
            }

            @Override
            public void write(ObjectNode config, Draft draft) {
                draft.put(key, new GgufValue.Bool(config.path(hf).asBoolean(false)));
            }
        };
    }

    /// What is the same in all GGUF files of a family. Whether a model has something else is found when the
    /// metadata are read back.
    static Setting always(String hf, Object value) {
        return new Setting() {
            @Override
            public void read(Facts facts, ObjectNode config) {
                switch (value) {
                    case Boolean flag -> config.put(hf, flag);
                    case Integer number -> config.put(hf, number);
                    case Double number -> config.put(hf, number);
                    case String text -> config.put(hf, text);
                    default -> throw new IllegalStateException(hf + " is " + value);
                }
            }

            @Override
            public void write(ObjectNode config, Draft draft) {
                // Nothing says it.
            }
        };
    }

    /// A truth value that is true where there is a tensor of this GGUF name.
    static Setting where(String tensor, String hf) {
        return new Setting() {
            @Override
            public void read(Facts facts, ObjectNode config) {
                config.put(hf, facts.has(tensor));
            }

            @Override
            public void write(ObjectNode config, Draft draft) {
                // The tensors say it.
            }
        };
    }

    /// A number under two names.
    ///
    /// @param key      GGUF's, without the architecture
    /// @param hf       Hugging Face's
    /// @param required whether its absence is an error
    /// @param real     whether it may have a fraction
    record Named(String key, String hf, boolean required, boolean real) implements Setting {
        @Override
        public void read(Facts facts, ObjectNode config) {
            if (real) {
                facts.real(key).ifPresent(value -> config.put(hf, value));
            } else {
                facts.count(key).ifPresent(value -> config.put(hf, value));
            }
            if (required && !config.has(hf)) {
                throw facts.missing(key);
            }
        }

        @Override
        public void write(ObjectNode config, Draft draft) {
            Optional<JsonNode> value = Optional.ofNullable(config.get(hf)).filter(JsonNode::isNumber);
            if (value.isEmpty() && required) {
                throw new IllegalArgumentException("the model's configuration lacks " + hf);
            }
            value.ifPresent(number -> draft.put(
                    key, real ? GgufValue.float32(number.doubleValue()) : GgufValue.uint32(number.longValue())));
        }
    }
}
