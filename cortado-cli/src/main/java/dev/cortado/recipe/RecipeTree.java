package dev.cortado.recipe;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// A YAML document as a tree that remembers where each value was written: a line of the file or a `--set`.
///
/// Paths are written as users read them: `data.sources[2].weight`; the root's path is empty.
final class RecipeTree {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String name;
    private final Map<String, String> origins = new HashMap<>();
    private JsonNode root = NODES.missingNode();

    private RecipeTree(String name) {
        this.name = name;
    }

    /// @param name stands for the document in messages
    /// @throws IllegalArgumentException when the text is not one YAML mapping, or repeats a key, or uses an alias
    static RecipeTree parse(String name, String yaml) {
        RecipeTree tree = new RecipeTree(name);
        try {
            tree.root = tree.document(yaml, "", Optional.empty());
        } catch (JacksonException e) {
            throw tree.error("not YAML: " + problem(e), e);
        }
        if (tree.root.isMissingNode() || tree.root.isNull()) {
            throw tree.error("is empty; a recipe has keys and values", null);
        }
        if (!tree.root.isObject()) {
            throw tree.error("must be a list of 'key: value' lines, but is " + describe(tree.root), null);
        }
        return tree;
    }

    JsonNode root() {
        return root;
    }

    /// The value at a path, or a missing node.
    JsonNode at(String path) {
        JsonNode node = root;
        for (String step : steps(path)) {
            node = node.isArray() ? node.path(index(step).orElse(-1)) : node.path(step);
        }
        return node;
    }

    /// Where the value at a path, or else the nearest section around it, was written: `line 12` or `--set a.b=c`.
    Optional<String> origin(String path) {
        for (String p = path; !p.isEmpty(); p = parent(p)) {
            if (origins.containsKey(p)) {
                return Optional.of(origins.get(p));
            }
        }
        return Optional.empty();
    }

    /// Replaces or adds one value.
    ///
    /// @param assignment `path=value`, for example `optimizer.lr=1e-4` or `data.sources[0]={path: a.txt}`;
    ///     sections on the way are made when they are not there, list items are not
    void set(String assignment) {
        String origin = "--set " + assignment;
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException(
                    origin + ": write it as path=value, for example --set optimizer.lr=1e-4");
        }
        String path = assignment.substring(0, equals).strip();
        List<String> steps = steps(path);
        if (steps.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(origin + ": '" + path + "' is not a path like optimizer.lr");
        }
        JsonNode value;
        try {
            value = document(assignment.substring(equals + 1), path, Optional.of(origin));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(origin + ": the value is not YAML: " + problem(e), e);
        }
        origins.keySet().removeIf(p -> p.startsWith(path + ".") || p.startsWith(path + "["));
        origins.put(path, origin);

        JsonNode section = root;
        String seen = "";
        for (String step : steps.subList(0, steps.size() - 1)) {
            JsonNode next = child(section, step, seen, origin);
            seen = join(seen, section, step);
            if (next.isMissingNode() || next.isNull()) {
                next = NODES.objectNode();
                put(section, step, next);
                origins.put(seen, origin);
            }
            section = next;
        }
        child(section, steps.getLast(), seen, origin); // refuses what cannot hold a value
        put(section, steps.getLast(), value.isMissingNode() ? NODES.nullNode() : value);
    }

    /// An error of this document in one line: `name: what`.
    IllegalArgumentException error(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(name + ": " + what.replaceAll("\\s*\\R\\s*", " "), cause);
    }

    /// What a value is, in a user's words: `the number 5`, `the text "abc"`, `a list`.
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case NUMBER -> "the number " + node.asString();
            case STRING -> "the text \"" + abbreviated(node.asString()) + "\"";
            case BOOLEAN -> node.asString();
            case ARRAY -> "a list";
            case OBJECT, POJO -> "a section with keys";
            case NULL, MISSING, BINARY -> "empty";
        };
    }

    private static String abbreviated(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() == text.length() && line.length() <= 40
                ? line
                : line.substring(0, Math.min(40, line.length())) + "…";
    }

    private JsonNode document(String yaml, String path, Optional<String> origin) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            if (parser.nextToken() == null) {
                return NODES.missingNode();
            }
            JsonNode node = value(parser, path, origin);
            if (parser.nextToken() != null) {
                throw error("holds more than one YAML document" + where(parser, origin), null);
            }
            return node;
        }
    }

    private JsonNode value(JsonParser parser, String path, Optional<String> origin) {
        origins.put(
                path,
                origin.orElseGet(() -> "line " + parser.currentTokenLocation().getLineNr()));
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw error(
                    "the alias '*" + parser.getString() + "' is not allowed" + where(parser, origin)
                            + "; write the value out",
                    null);
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> section(parser, path, origin);
            case START_ARRAY -> list(parser, path, origin);
            case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> NODES.stringNode(parser.getString());
        };
    }

    private ObjectNode section(JsonParser parser, String path, Optional<String> origin) {
        ObjectNode section = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String child = join(path, section, key);
            String place = where(parser, origin);
            if (section.has(key)) {
                throw error("the key '" + child + "' is there twice" + place, null);
            }
            parser.nextToken();
            section.set(key, value(parser, child, origin));
            // A key stands on the line of its name, whose value may begin on the next.
            origins.put(child, place.substring(2, place.length() - 1));
        }
        return section;
    }

    private ArrayNode list(JsonParser parser, String path, Optional<String> origin) {
        ArrayNode list = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser, path + "[" + list.size() + "]", origin));
        }
        return list;
    }

    private JsonNode child(JsonNode section, String step, String sectionPath, String origin) {
        if (section.isObject()) {
            return section.path(step);
        }
        if (section.isArray()) {
            Optional<JsonNode> item = index(step).map(section::path).filter(node -> !node.isMissingNode());
            return item.orElseThrow(() -> error(
                    "'" + sectionPath + "' is a list of " + section.size() + " and has no item '" + step + "' ("
                            + origin + ")",
                    null));
        }
        throw error(
                "'" + sectionPath + "' is " + describe(section) + ", not a section with keys (" + origin + ")", null);
    }

    private static void put(JsonNode section, String step, JsonNode value) {
        switch (section) {
            case ObjectNode object -> object.set(step, value);
            case ArrayNode list -> list.set(index(step).orElseThrow(), value);
            default -> throw new IllegalStateException(step);
        }
    }

    private static List<String> steps(String path) {
        return path.isEmpty()
                ? List.of()
                : Arrays.asList(path.replace("[", ".").replace("]", "").split("\\.", -1));
    }

    private static Optional<Integer> index(String step) {
        return step.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(step)) : Optional.empty();
    }

    private static String join(String path, JsonNode section, String step) {
        if (section.isArray()) {
            return path + "[" + step + "]";
        }
        return path.isEmpty() ? step : path + "." + step;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    private static String where(JsonParser parser, Optional<String> origin) {
        return " ("
                + origin.orElseGet(() -> "line " + parser.currentTokenLocation().getLineNr()) + ")";
    }

    /// What is wrong with the syntax and where; the parser's own words are in the first line at most.
    private static String problem(JacksonException e) {
        if (e.getCause() instanceof MarkedYamlEngineException marked) {
            String line = marked.getProblemMark()
                    .map(mark -> " (line " + (mark.getLine() + 1) + ")")
                    .orElse("");
            return marked.getProblem() + line;
        }
        return e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    }
}
