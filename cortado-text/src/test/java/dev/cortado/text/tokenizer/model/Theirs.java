package dev.cortado.text.tokenizer.model;

import dev.cortado.text.tokenizer.pipeline.Oracle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Hugging Face's library with a tokenizer made of one model and one decoder.
public final class Theirs implements AutoCloseable {
    private final Oracle oracle;

    /// A token and the range it covers, in code points.
    public record Token(int id, int start, int end) {}

    /// @param model   as in a `tokenizer.json`
    /// @param decoder as there; an empty map for none
    public Theirs(Map<String, ?> model, Map<String, ?> decoder) {
        var file = new LinkedHashMap<String, Object>();
        file.put("version", "1.0");
        file.put("added_tokens", List.of());
        file.put("model", model);
        if (!decoder.isEmpty()) {
            file.put("decoder", decoder);
        }
        oracle = new Oracle(JsonMapper.shared().writeValueAsString(file));
    }

    public List<Token> encode(String text) {
        return oracle.seen(text, false).stream()
                .map(token -> new Token(token.id(), token.start(), token.end()))
                .toList();
    }

    public String decode(int[] ids) {
        return oracle.decode(ids, false);
    }

    @Override
    public void close() {
        oracle.close();
    }
}
