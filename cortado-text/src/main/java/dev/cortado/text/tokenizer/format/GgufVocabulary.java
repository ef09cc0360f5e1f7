package dev.cortado.text.tokenizer.format;

import dev.cortado.text.gguf.GgufValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A tokenizer as GGUF has it.
///
/// @param metadata    the keys `tokenizer.ggml.*` and `tokenizer.chat_template`
/// @param differences what the format cannot say: texts that whoever reads the file encodes otherwise than the
///                    tokenizer itself, a clause each; empty when there are none
public record GgufVocabulary(SequencedMap<String, GgufValue> metadata, List<String> differences) {
    public GgufVocabulary {
        metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
        differences = List.copyOf(differences);
    }
}
