package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The special tokens around a sequence.
///
/// @param begin before it
/// @param end   after it
record Frame(Optional<PostProcessor.Named> begin, Optional<PostProcessor.Named> end) {
    private static final String CONFIG = "tokenizer_config.json";

    /// What the `tokenizer_config.json` beside a SentencePiece model asks for; empty when there is none.
    ///
    /// @throws IllegalArgumentException when it asks for a token that the model does not have
    static Optional<Frame> beside(Path model, Specials specials) throws IOException {
        Path file = model.resolveSibling(CONFIG);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode config = JsonFiles.read(file);
        String type = config.path("tokenizer_class").asString("").replace("Fast", "");
        boolean llama = List.of("LlamaTokenizer", "GemmaTokenizer", "CodeLlamaTokenizer")
                .contains(type);
        boolean begins = config.path("add_bos_token").asBoolean(llama);
        boolean ends = config.path("add_eos_token").asBoolean(type.equals("T5Tokenizer"));
        return Optional.of(new Frame(
                begins ? Optional.of(named(config, "bos_token", "<s>", specials, file)) : Optional.empty(),
                ends ? Optional.of(named(config, "eos_token", "</s>", specials, file)) : Optional.empty()));
    }

    private static PostProcessor.Named named(
            JsonNode config, String key, String fallback, Specials specials, Path file) {
        JsonNode node = config.path(key);
        String text = (node.isObject() ? node.path("content") : node).asString(fallback);
        Integer id = specials.ids().get(text);
        if (id == null) {
            throw new IllegalArgumentException(file + " asks for " + key + " '" + text
                    + "', which is not among the special tokens "
                    + specials.ids().keySet());
        }
        return new PostProcessor.Named(text, id);
    }

    /// The template that puts the tokens there; empty when there are none.
    Optional<PostProcessor> postProcessor() {
        return begin.isEmpty() && end.isEmpty()
                ? Optional.empty()
                : Optional.of(PostProcessor.Template.around(begin, end));
    }
}
