package dev.cortado.text.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `tokenizer.json` of Hugging Face's tokenizers library, version 1.0, as far as it describes byte-level BPE: no
/// normalizer, pre-tokenizer and decoder `ByteLevel` with GPT-2's pattern, model `BPE`. A file that asks for
/// anything else is refused with the name of what it asks for, because leaving it out would give other ids.
public final class TokenizerJson {
    /// The name of the file in a model's folder.
    public static final String FILE_NAME = "tokenizer.json";

    private static final Set<String> ROOT_KEYS = Set.of(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder",
            "model");
    private static final Set<String> BYTE_LEVEL_KEYS = Set.of("type", "add_prefix_space", "trim_offsets", "use_regex");
    private static final Set<String> MODEL_KEYS = Set.of(
            "type",
            "dropout",
            "unk_token",
            "continuing_subword_prefix",
            "end_of_word_suffix",
            "fuse_unk",
            "byte_fallback",
            "ignore_merges",
            "vocab",
            "merges");

    private TokenizerJson() {}

    /// Reads a file; which special tokens are bos, eos and pad, it does not say ([Tokenizers#read] does).
    ///
    /// @throws IllegalArgumentException when the file is malformed, contradicts itself or describes a tokenizer of
    ///     another kind; the message names the file and what is wrong
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static ByteLevelBpe read(Path file) throws IOException {
        ObjectNode root = JsonFiles.read(file);
        try {
            return tokenizer(root);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /// Writes a file, atomically.
    public static void write(ByteLevelBpe tokenizer, Path file) throws IOException {
        BpeVocabulary vocabulary = tokenizer.vocabulary();
        ObjectNode root = JsonFiles.object();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        new TreeMap<>(vocabulary.specials().byId())
                .forEach((id, name) -> added.addObject()
                        .put("id", id)
                        .put("content", name)
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", true));
        root.putNull("normalizer");
        putByteLevel(root.putObject("pre_tokenizer"));
        root.putNull("post_processor");
        putByteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        List<String> tokens = vocabulary.tokens();
        for (int id = 0; id < tokens.size(); id++) {
            vocab.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        for (BpeVocabulary.Merge merge : vocabulary.merges()) {
            merges.addArray().add(tokens.get(merge.left())).add(tokens.get(merge.right()));
        }
        JsonFiles.write(root, file);
    }

    private static void putByteLevel(ObjectNode component) {
        component
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    /// Settings are checked first, content second, so that the message about a file of another kind is about its
    /// kind.
    private static ByteLevelBpe tokenizer(ObjectNode root) {
        requireKeys(root, ROOT_KEYS, "the file");
        if (!"1.0".equals(root.path("version").asString(""))) {
            throw new IllegalArgumentException("version is " + root.get("version") + ", only \"1.0\" is known");
        }
        for (String absent : List.of("truncation", "padding", "normalizer")) {
            requireNull(root, absent, absent);
        }
        requireByteLevel(root, "pre_tokenizer", true);
        requireByteLevel(root, "decoder", false);
        if (root.hasNonNull("post_processor")) {
            requireByteLevel(root, "post_processor", false);
        }
        ObjectNode model = object(root, "model");
        // GPT-2's own file names no type; the library infers it from the keys.
        boolean inferred = !model.has("type") && model.has("merges");
        if (!inferred && !"BPE".equals(model.path("type").asString(""))) {
            throw new IllegalArgumentException("model is " + model.get("type") + ", only \"BPE\" is known");
        }
        requireKeys(model, MODEL_KEYS, "model");
        // Whatever unk_token is: no byte is unknown, which ByteLevelBpe makes sure of.
        for (String absent : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
            requireNull(model, absent, "model." + absent);
        }
        for (String off : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
            requireFlag(model, off, false, "model");
        }
        Map<String, Integer> specials = addedTokens(root);
        List<String> tokens = tokens(object(model, "vocab"), specials);
        List<BpeVocabulary.Merge> merges = merges(model.path("merges"), BpeVocabulary.ids(tokens));
        return new ByteLevelBpe(new BpeVocabulary(tokens, merges, Specials.of(specials)));
    }

    private static Map<String, Integer> addedTokens(ObjectNode root) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (JsonNode token : array(root.path("added_tokens"), "added_tokens")) {
            String content = string(token.path("content"), "content of an added token");
            if (!token.path("special").asBoolean(false)) {
                throw new IllegalArgumentException("added token '" + content
                        + "' is not special: adding ordinary tokens, which text can contain, is not supported");
            }
            if (ids.put(content, id(token.path("id"), content)) != null) {
                throw new IllegalArgumentException("added token '" + content + "' stands twice");
            }
        }
        return ids;
    }

    /// All tokens by id: those of the model and the added ones, which may or may not stand in the model as well.
    private static List<String> tokens(ObjectNode vocab, Map<String, Integer> added) {
        Map<String, Integer> ids = HashMap.newHashMap(vocab.size() + added.size());
        vocab.properties().forEach(entry -> ids.put(entry.getKey(), id(entry.getValue(), entry.getKey())));
        added.forEach((token, id) -> {
            Integer other = ids.put(token, id);
            if (other != null && !other.equals(id)) {
                throw new IllegalArgumentException("token '" + token + "' has two ids, " + other + " and " + id);
            }
        });
        String[] tokens = new String[ids.size()];
        ids.forEach((token, id) -> {
            if (id >= tokens.length) {
                throw new IllegalArgumentException("token '" + token + "' has id " + id + " in a vocabulary of "
                        + tokens.length + " tokens: ids must run from 0 without holes or duplicates");
            }
            if (tokens[id] != null) {
                throw new IllegalArgumentException("tokens '" + tokens[id] + "' and '" + token + "' share id " + id);
            }
            tokens[id] = token;
        });
        return Arrays.asList(tokens);
    }

    /// Merges in either form: `["a", "b"]`, or `"a b"` as files up to 2024 have it.
    private static List<BpeVocabulary.Merge> merges(JsonNode list, Map<String, Integer> ids) {
        List<BpeVocabulary.Merge> merges = new ArrayList<>(list.size());
        for (JsonNode merge : array(list, "model.merges")) {
            String what = "merge " + merges.size() + " (" + merge + ")";
            String left;
            String right;
            if (merge.isString()) {
                String both = merge.stringValue();
                int space = both.indexOf(' ');
                if (space < 0 || space != both.lastIndexOf(' ')) {
                    throw new IllegalArgumentException(what + " is not two tokens with one space between them");
                }
                left = both.substring(0, space);
                right = both.substring(space + 1);
            } else if (merge.isArray() && merge.size() == 2) {
                left = string(merge.get(0), what);
                right = string(merge.get(1), what);
            } else {
                throw new IllegalArgumentException(what + " is neither \"a b\" nor [\"a\", \"b\"]");
            }
            merges.add(new BpeVocabulary.Merge(known(left, ids, what), known(right, ids, what)));
        }
        return merges;
    }

    private static int known(String token, Map<String, Integer> ids, String what) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException(what + " names '" + token + "', which is not in the vocabulary");
        }
        return id;
    }

    private static int id(JsonNode node, String token) {
        if (!node.isInt() || node.intValue() < 0) {
            throw new IllegalArgumentException("id of token '" + token + "' is " + node + ", not a number from 0 on");
        }
        return node.intValue();
    }

    /// @param cutsText whether the component decides where words end; decoding and offsets do not use those
    ///     settings
    private static void requireByteLevel(ObjectNode root, String name, boolean cutsText) {
        ObjectNode component = object(root, name);
        if (!"ByteLevel".equals(component.path("type").asString(""))) {
            throw new IllegalArgumentException(name + " is " + component.get("type") + ", only \"ByteLevel\" is known");
        }
        requireKeys(component, BYTE_LEVEL_KEYS, name);
        if (cutsText) {
            requireFlag(component, "add_prefix_space", false, name);
            requireFlag(component, "use_regex", true, name);
        }
    }

    private static void requireFlag(ObjectNode parent, String key, boolean wanted, String where) {
        // Absent is what the library takes as the wanted value for every flag but add_prefix_space, which it
        // requires.
        boolean absent = !parent.has(key) && !key.equals("add_prefix_space");
        if (!absent && !(parent.path(key).isBoolean() && parent.path(key).booleanValue() == wanted)) {
            throw new IllegalArgumentException(
                    where + "." + key + " is " + parent.get(key) + ", only " + wanted + " is supported");
        }
    }

    /// An empty string counts as null: GPT-2's own file has empty prefixes and suffixes.
    private static void requireNull(ObjectNode parent, String key, String what) {
        JsonNode node = parent.path(key);
        boolean nothing = node.isMissingNode()
                || node.isNull()
                || (node.isString() && node.stringValue().isEmpty());
        if (!nothing) {
            throw new IllegalArgumentException(what + " is " + shortened(node) + ", only null is supported");
        }
    }

    private static void requireKeys(ObjectNode parent, Set<String> known, String where) {
        for (String key : parent.propertyNames()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(where + " has the unknown key '" + key + "'");
            }
        }
    }

    private static ObjectNode object(ObjectNode parent, String key) {
        if (parent.get(key) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException(key + " is " + shortened(parent.path(key)) + ", not an object");
    }

    private static ArrayNode array(JsonNode node, String what) {
        if (node instanceof ArrayNode array) {
            return array;
        }
        throw new IllegalArgumentException(what + " is " + shortened(node) + ", not a list");
    }

    private static String string(JsonNode node, String what) {
        if (node.isString()) {
            return node.stringValue();
        }
        throw new IllegalArgumentException(what + " is " + shortened(node) + ", not a string");
    }

    private static String shortened(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
