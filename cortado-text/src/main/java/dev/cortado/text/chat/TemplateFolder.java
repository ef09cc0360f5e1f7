package dev.cortado.text.chat;

import dev.cortado.text.chat.jinja.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files of a model's folder that say how its conversations look.
final class TemplateFolder {
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String KEY = "chat_template";

    private final Path folder;

    TemplateFolder(Path folder) {
        this.folder = folder;
    }

    Optional<ChatTemplate> read() throws IOException {
        Path config = folder.resolve(CONFIG);
        Path template = folder.resolve(TEMPLATE);
        JsonNode root =
                Files.exists(config) ? json(config) : JsonMapper.shared().createObjectNode();
        Map<String, String> sources = Files.exists(template)
                ? Map.of(ChatTemplate.USUAL, Files.readString(template, StandardCharsets.UTF_8))
                : sources(root.path(KEY), config);
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ChatTemplate.of(sources, specialTokens(root), Limits.GENEROUS));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException((Files.exists(template) ? template : config) + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
            if (root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException(file + " holds no JSON object");
    }

    /// One template, or several with names, the usual one first.
    private static Map<String, String> sources(JsonNode node, Path file) {
        Map<String, String> sources = new LinkedHashMap<>();
        if (node.isString()) {
            sources.put(ChatTemplate.USUAL, node.stringValue());
        } else if (node.isArray()) {
            for (JsonNode item : node) {
                if (!item.path("name").isString() || !item.path("template").isString()) {
                    throw new IllegalArgumentException(file + ": a " + KEY + " needs a name and a template");
                }
                sources.put(
                        item.path("name").stringValue(), item.path("template").stringValue());
            }
            if (!sources.isEmpty() && !sources.containsKey(ChatTemplate.USUAL)) {
                throw new IllegalArgumentException(
                        file + ": none of the templates " + sources.keySet() + " is named " + ChatTemplate.USUAL);
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            throw new IllegalArgumentException(file + ": " + KEY + " is neither a string nor a list");
        }
        return sources;
    }

    /// Entries such as `bos_token`: a string, or an object with the string in `content`.
    private static Map<String, String> specialTokens(JsonNode root) {
        Map<String, String> tokens = new LinkedHashMap<>();
        root.properties().forEach(entry -> {
            JsonNode node = entry.getValue();
            JsonNode content = node.isObject() ? node.path("content") : node;
            if (entry.getKey().endsWith("_token") && content.isString()) {
                tokens.put(entry.getKey(), content.stringValue());
            }
        });
        return tokens;
    }
}
