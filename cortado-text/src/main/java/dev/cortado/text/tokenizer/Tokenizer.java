package dev.cortado.text.tokenizer;

import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;

/// Text to token ids and back. Implementations are immutable and may be used by many threads at once.
///
/// Ids are `0 … vocabSize() − 1`, without holes. What a sequence of ids stands for is the concatenation of its
/// tokens' bytes; [#decode] reads those as UTF-8.
public interface Tokenizer {
    /// Number of ids, special tokens included.
    int vocabSize();

    /// The ids of a text. Never yields a special token: text that looks like one (`<|endoftext|>`) is ordinary
    /// text, so that what users, tools and documents write cannot forge structure. Callers insert special tokens by
    /// id.
    ///
    /// @param text an unpaired surrogate in it, which UTF-8 cannot express, is read as `?`
    int[] encode(String text);

    /// The bytes one token stands for, a fresh array; for a special token the UTF-8 of its name.
    ///
    /// @throws IllegalArgumentException when `id` is outside the vocabulary
    byte[] bytes(int id);

    /// The text of some ids; bytes that are not UTF-8 become U+FFFD, one for each maximal malformed piece
    /// (Unicode 16, section 3.9).
    ///
    /// @throws IllegalArgumentException when an id is outside the vocabulary
    default String decode(int[] ids) {
        var bytes = new ByteArrayOutputStream(4 * ids.length);
        for (int id : ids) {
            bytes.writeBytes(bytes(id));
        }
        return Utf8.decode(bytes.toByteArray());
    }

    /// The id of a token as the tokenizer's file spells it (byte-level BPE writes a leading space as `Ġ`), special
    /// tokens included.
    OptionalInt id(String token);

    /// The tokens that no text encodes to.
    Specials specials();
}
