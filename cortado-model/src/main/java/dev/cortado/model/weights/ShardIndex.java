package dev.cortado.model.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `model.safetensors.index.json`: which tensor is in which file of a folder.
///
/// ```json
/// {"metadata": {"total_size": 256}, "weight_map": {"norm.weight": "model-00001-of-00002.safetensors"}}
/// ```
record ShardIndex(SequencedMap<String, String> weightMap) {
    static final String SINGLE = "model.safetensors";
    static final String FILE = "model.safetensors.index.json";

    // Plain names only: an index that came with a download must not reach outside its folder.
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+=@-]*");
    private static final String EXTENSION = ".safetensors";
    private static final Pattern OURS = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

    /// The name of a shard, counted from 1.
    static String shard(int number, int count) {
        return String.format("model-%05d-of-%05d.safetensors", number, count);
    }

    /// Whether a file is a shard by the usual naming, and so stale when no index names it.
    static boolean isShard(Path file) {
        return OURS.matcher(file.getFileName().toString()).matches();
    }

    /// Reads an index of safetensors files.
    static ShardIndex read(Path file) throws IOException {
        return read(file, EXTENSION);
    }

    /// Reads an index; `metadata` is informative only (its sizes are wrong in many published models), so it is
    /// ignored.
    ///
    /// @param extension how the names of the files must end: the index of another format has the same form
    static ShardIndex read(Path file, String extension) throws IOException {
        if (Files.size(file) > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException(file + ": " + Files.size(file) + " bytes are too many for an index");
        }
        var index = new ShardIndex(new LinkedHashMap<>());
        var text = new StrictJson(file, Files.readAllBytes(file));
        text.openObject("the index");
        while (text.nextKey()) {
            if (!text.key().equals("weight_map")) {
                text.skip();
                continue;
            }
            text.openObject("weight_map");
            while (text.nextKey()) {
                index.add(text, text.key(), extension);
            }
        }
        text.end();
        if (index.weightMap.isEmpty()) {
            throw text.wrong("no weight_map, or an empty one");
        }
        return index;
    }

    private void add(StrictJson text, String tensor, String extension) {
        String shard = text.string("the file of tensor " + StrictJson.quoted(tensor));
        if (!PLAIN.matcher(shard).matches() || !shard.endsWith(extension)) {
            throw text.wrong("tensor " + StrictJson.quoted(tensor) + " is said to be in " + StrictJson.quoted(shard)
                    + ", which is not a plain name of a " + extension + " file in the same folder");
        }
        if (weightMap.put(tensor, shard) != null) {
            throw text.wrong("duplicate tensor " + StrictJson.quoted(tensor));
        }
    }

    /// The index as a file's bytes, tensors by name.
    byte[] toJson(long totalSize) {
        var bytes = new ByteArrayOutputStream();
        var factory = new JsonFactory();
        try (JsonGenerator json = factory.createGenerator(new PrettyContext(), bytes)) {
            json.writeStartObject();
            json.writeName("metadata").writeStartObject();
            json.writeName("total_size").writeNumber(totalSize);
            json.writeEndObject();
            json.writeName("weight_map").writeStartObject();
            new TreeMap<>(weightMap)
                    .forEach((tensor, shard) -> json.writeName(tensor).writeString(shard));
            json.writeEndObject();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /// One entry a line, so that people can read and compare indexes.
    private static final class PrettyContext extends ObjectWriteContext.Base {
        @Override
        public DefaultPrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    }
}
