package dev.cortado.model.config;

import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A JSON object of settings in a model folder; every complaint names the file and the key.
public final class ConfigFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final JsonNode root;

    private ConfigFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /// Reads a file that holds one JSON object.
    public static ConfigFile read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root == null || !root.isObject()) {
                throw new IllegalArgumentException(file + " is not a JSON object");
            }
            return new ConfigFile(file, root);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Reads a file that holds a list of JSON objects.
    public static List<ConfigFile> readList(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            JsonNode root = JSON.readTree(bytes);
            List<ConfigFile> all = new ArrayList<>();
            if (root == null || !root.isArray() || !root.valueStream().allMatch(JsonNode::isObject)) {
                throw new IllegalArgumentException(file + " is not a list of JSON objects");
            }
            root.forEach(item -> all.add(new ConfigFile(file, item)));
            return all;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Settings that were made of another file's content, which complaints name.
    public static ConfigFile of(Path file, ObjectNode settings) {
        return new ConfigFile(file, settings);
    }

    /// The same settings with one of them another number; complaints still name the file.
    public ConfigFile with(String key, int number) {
        ObjectNode changed = object();
        root.propertyStream().forEach(entry -> changed.set(entry.getKey(), entry.getValue()));
        changed.put(key, number);
        return new ConfigFile(file, changed);
    }

    /// A new, empty object to be filled and written.
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /// Writes an object, replacing the file atomically.
    public static void write(ObjectNode content, Path file) throws IOException {
        String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n";
        try (PendingFile pending = PendingFile.beside(file)) {
            pending.write(StandardCharsets.UTF_8.encode(text));
            pending.seal();
            pending.publish();
        }
    }

    /// A whole number that must be there.
    public int integer(String key) {
        return find(key).map(value -> integer(key, value)).orElseThrow(() -> problem("lacks '" + key + "'"));
    }

    /// A whole number, or what stands for its absence.
    public int integer(String key, int absent) {
        return find(key).map(value -> integer(key, value)).orElse(absent);
    }

    /// A whole number of up to 64 bits, or what stands for its absence.
    public long longInteger(String key, long absent) {
        return find(key)
                .map(value -> {
                    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                        throw problem("'" + key + "' is " + value + ", not a whole number");
                    }
                    return value.longValue();
                })
                .orElse(absent);
    }

    /// A number that must be there.
    public double number(String key) {
        if (!has(key)) {
            throw problem("lacks '" + key + "'");
        }
        return number(key, 0);
    }

    /// A number, or what stands for its absence.
    public double number(String key, double absent) {
        return find(key)
                .map(value -> {
                    if (!value.isNumber()) {
                        throw problem("'" + key + "' is " + value + ", not a number");
                    }
                    return value.doubleValue();
                })
                .orElse(absent);
    }

    /// A truth value, or what stands for its absence.
    public boolean flag(String key, boolean absent) {
        return find(key)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw problem("'" + key + "' is " + value + ", not true or false");
                    }
                    return value.booleanValue();
                })
                .orElse(absent);
    }

    /// A string, or what stands for its absence.
    public String string(String key, String absent) {
        return find(key)
                .map(value -> value.isString() ? value.stringValue() : value.toString())
                .orElse(absent);
    }

    /// A list of strings; empty when absent.
    public List<String> strings(String key) {
        List<String> all = new ArrayList<>();
        find(key).ifPresent(value -> value.forEach(item -> all.add(item.asString())));
        return all;
    }

    /// One or several whole numbers; empty when absent.
    public List<Integer> integers(String key) {
        List<Integer> all = new ArrayList<>();
        find(key).ifPresent(value -> {
            if (value.isArray()) {
                value.forEach(item -> all.add(integer(key, item)));
            } else {
                all.add(integer(key, value));
            }
        });
        return all;
    }

    /// Numbers; empty when absent.
    public List<Double> numbers(String key) {
        List<Double> all = new ArrayList<>();
        find(key)
                .ifPresent(value -> value.forEach(item -> {
                    if (!item.isNumber()) {
                        throw problem("'" + key + "' holds " + item + ", not a number");
                    }
                    all.add(item.doubleValue());
                }));
        return all;
    }

    /// A settings object within this one; complaints about it name this file.
    public Optional<ConfigFile> inside(String key) {
        return find(key).map(value -> {
            if (!value.isObject()) {
                throw problem("'" + key + "' is " + value + ", not an object");
            }
            return new ConfigFile(file, value);
        });
    }

    /// All keys, in the order of the file.
    public List<String> keys() {
        return List.copyOf(root.propertyNames());
    }

    /// Whether a key is there and not null.
    public boolean has(String key) {
        return find(key).isPresent();
    }

    /// Whether a key is there and null, for the few whose null differs from their absence.
    public boolean isNull(String key) {
        JsonNode value = root.get(key);
        return value != null && value.isNull();
    }

    /// What is made of these settings. If they are refused, the error names this file.
    ///
    /// @param what the settings are to describe, such as `Llama`
    public <T> T valid(String what, Supplier<T> making) {
        try {
            return making.get();
        } catch (Problem named) {
            throw named;
        } catch (IllegalArgumentException e) {
            throw problem("is not a valid " + what + ": " + e.getMessage());
        }
    }

    /// An error about this file.
    public IllegalArgumentException problem(String what) {
        return new Problem(file + " " + what);
    }

    /// An error that names the file already.
    private static final class Problem extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private Problem(String message) {
            super(message);
        }
    }

    private int integer(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw problem("'" + key + "' is " + value + ", not a whole number");
        }
        return value.intValue();
    }

    private Optional<JsonNode> find(String key) {
        return Optional.ofNullable(root.get(key)).filter(value -> !value.isNull());
    }
}
