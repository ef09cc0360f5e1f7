package dev.cortado.text.tokenizer.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/// Hugging Face's library with a tokenizer made of one model and one decoder.
public final class Theirs implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    /// A token and the range it covers, in code points.
    public record Token(int id, int start, int end) {}

    private Theirs(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// @param folder  for the file, and for the natives of the library
    /// @param model   as in the file
    /// @param decoder as in the file; an empty map for none
    public static Theirs of(Path folder, Map<String, ?> model, Map<String, ?> decoder) throws IOException {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        if (System.getProperty("ENGINE_CACHE_DIR") == null) {
            System.setProperty("ENGINE_CACHE_DIR", folder.toString());
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("version", "1.0");
        file.put("added_tokens", List.of());
        file.put("model", model);
        if (!decoder.isEmpty()) {
            file.put("decoder", decoder);
        }
        Path path = Files.createTempFile(folder, "tokenizer", ".json");
        Files.write(path, JsonMapper.shared().writeValueAsBytes(file));
        try {
            return new Theirs(HuggingFaceTokenizer.newInstance(path, Map.of("truncation", "false")));
        } finally {
            Files.delete(path);
        }
    }

    public List<Token> encode(String text) {
        Encoding encoding = tokenizer.encode(text, false, false);
        CharSpan[] spans = encoding.getCharTokenSpans();
        long[] ids = encoding.getIds();
        Token[] tokens = new Token[ids.length];
        Arrays.setAll(tokens, i -> {
            CharSpan span = Objects.requireNonNull(spans[i]);
            return new Token((int) ids[i], span.getStart(), span.getEnd());
        });
        return List.of(tokens);
    }

    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
