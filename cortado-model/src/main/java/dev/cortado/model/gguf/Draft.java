package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Metadata of a file to be, and the small tensors that say what metadata cannot.
///
/// @param architecture GGUF's name, which keys begin with
/// @param metadata     full keys
/// @param tensors      vectors by GGUF's names
record Draft(String architecture, SequencedMap<String, GgufValue> metadata, SequencedMap<String, float[]> tensors) {
    static Draft of(String architecture) {
        var draft = new Draft(architecture, new LinkedHashMap<>(), new LinkedHashMap<>());
        draft.metadata.put(Facts.ARCHITECTURE, new GgufValue.Text(architecture));
        return draft;
    }

    /// Puts a key of the architecture.
    void put(String key, GgufValue value) {
        metadata.put(architecture + "." + key, value);
    }
}
