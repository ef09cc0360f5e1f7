package dev.cortado.text.tokenizer;

import java.util.OptionalInt;

/// Text to token ids and back. Implementations are immutable and may be used by many threads at once.
public interface Tokenizer {
    /// One more than the largest id; below it there may be ids that no token has.
    int vocabSize();

    /// The ids of a text. Never yields a special token: text that looks like one (`<|endoftext|>`) is ordinary
    /// text, so that what users, tools and documents write cannot forge structure. Callers insert special tokens by
    /// id.
    ///
    /// @param text an unpaired surrogate in it, which UTF-8 cannot express, is read as `?`
    int[] encode(String text);

    /// The ids of a text that may spell special tokens, neither truncated nor padded.
    ///
    /// @param special    where text that spells a special token becomes it
    /// @param addSpecial whether the special tokens that the model wants around a text (bos, `[CLS]` …) are added
    int[] encode(String text, SpecialText special, boolean addSpecial);

    /// The tokens of a text with where each came from.
    ///
    /// @param special    where text that spells a special token becomes it
    /// @param addSpecial whether the special tokens that the model wants around a text are added
    Encoding encoding(String text, SpecialText special, boolean addSpecial);

    /// Whether `addSpecial` puts a token that begins a sequence before the text.
    boolean addsBos();

    /// The text of some ids; special tokens are spelled out, and bytes that are not UTF-8 become U+FFFD.
    ///
    /// @throws IllegalArgumentException when an id is outside the vocabulary
    String decode(int[] ids);

    /// A decoder at the beginning of a sequence, for ids that come one at a time.
    StreamDecoder stream();

    /// The bytes one token stands for in the middle of a text, a fresh array; for a special token the UTF-8 of its
    /// name.
    ///
    /// @throws IllegalArgumentException when `id` is outside the vocabulary
    byte[] bytes(int id);

    /// A token as the tokenizer's file spells it (byte-level BPE writes a leading space as `Ġ`).
    ///
    /// @throws IllegalArgumentException when no token has that id
    String token(int id);

    /// The id of a token as the tokenizer's file spells it, special tokens included.
    OptionalInt id(String token);

    /// The tokens that no text encodes to.
    Specials specials();
}
