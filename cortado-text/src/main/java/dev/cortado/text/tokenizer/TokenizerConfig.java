package dev.cortado.text.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `tokenizer_config.json`, which stands beside `tokenizer.json` and says which special token begins a sequence, ends
/// it and fills a batch. Its many other keys are Transformers' own business and left alone.
final class TokenizerConfig {
    static final String FILE_NAME = "tokenizer_config.json";

    private TokenizerConfig() {}

    /// Special tokens with the roles that a file gives them.
    ///
    /// @throws IllegalArgumentException when a role is given to something that is not a special token
    static Specials withRoles(Specials specials, Path file) throws IOException {
        ObjectNode root = JsonFiles.read(file);
        return new Specials(
                specials.ids(),
                role(root, "bos_token", specials, file),
                role(root, "eos_token", specials, file),
                role(root, "pad_token", specials, file));
    }

    static void write(Specials specials, OptionalLong modelMaxLength, Path file) throws IOException {
        ObjectNode root = JsonFiles.object();
        root.put("tokenizer_class", "PreTrainedTokenizerFast");
        root.put("clean_up_tokenization_spaces", false);
        put(root, "bos_token", specials.bos(), specials);
        put(root, "eos_token", specials.eos(), specials);
        put(root, "pad_token", specials.pad(), specials);
        modelMaxLength.ifPresent(length -> root.put("model_max_length", length));
        JsonFiles.write(root, file);
    }

    private static void put(ObjectNode root, String key, OptionalInt id, Specials specials) {
        if (id.isPresent()) {
            root.put(key, specials.byId().get(id.getAsInt()));
        }
    }

    private static OptionalInt role(ObjectNode root, String key, Specials specials, Path file) {
        Optional<String> name = name(root.path(key), key, file);
        if (name.isEmpty()) {
            return OptionalInt.empty();
        }
        Integer id = specials.ids().get(name.get());
        if (id == null) {
            throw new IllegalArgumentException(file + ": " + key + " '" + name.get()
                    + "' is not among the special tokens of " + TokenizerJson.FILE_NAME + " "
                    + specials.ids().keySet());
        }
        return OptionalInt.of(id);
    }

    /// The token is a string, or an object with the string in `content`, or null.
    private static Optional<String> name(JsonNode node, String key, Path file) {
        JsonNode content = node.isObject() ? node.path("content") : node;
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!content.isString()) {
            throw new IllegalArgumentException(file + ": " + key + " is neither a string nor a token");
        }
        return Optional.of(content.stringValue());
    }
}
