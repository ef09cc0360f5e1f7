package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `tokenizer_config.json`, which stands beside `tokenizer.json` and says which special token begins a sequence, ends
/// it and fills a batch, and whether the first is put before texts (as OPT's says). Its many other keys are
/// Transformers' own business and left alone.
final class TokenizerConfig {
    static final String FILE_NAME = "tokenizer_config.json";

    private TokenizerConfig() {}

    /// A tokenizer with the roles that a file gives to tokens.
    ///
    /// @throws IllegalArgumentException when a role is given to something that is not a token
    static PipelineTokenizer withRoles(PipelineTokenizer tokenizer, Path file) throws IOException {
        ObjectNode root = JsonFiles.read(file);
        try {
            PipelineTokenizer named =
                    tokenizer.withRoles(name(root, "bos_token"), name(root, "eos_token"), name(root, "pad_token"));
            boolean begins = root.path("add_bos_token").asBoolean(false);
            boolean bare = named.encode("", SpecialText.NEVER, true).length == 0;
            return begins && bare ? named.beginningWithBos() : named;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
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

    /// The token is a string, or an object with the string in `content`, or null.
    private static Optional<String> name(ObjectNode root, String key) {
        JsonNode node = root.path(key);
        JsonNode content = node.isObject() ? node.path("content") : node;
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!content.isString()) {
            throw new IllegalArgumentException(key + " is neither a string nor a token");
        }
        return Optional.of(content.stringValue());
    }
}
