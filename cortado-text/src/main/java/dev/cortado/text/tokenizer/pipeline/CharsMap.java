package dev.cortado.text.tokenizer.pipeline;

/// SentencePiece's `precompiled_charsmap`: a double-array trie from byte sequences to replacements.
public final class CharsMap {
    private final byte[] blob;

    /// @param blob as the files hold it
    public CharsMap(byte[] blob) {
        this.blob = blob.clone();
    }

    /// As the files hold it, a fresh array.
    public byte[] blob() {
        return blob.clone();
    }
}
