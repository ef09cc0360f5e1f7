package dev.cortado.text.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns ids into text one at a time, as a model generates them, never showing half a character: bytes that may still
/// become one wait for the next token. All the returned pieces together equal [Tokenizer#decode] of all the ids, bytes
/// that are not UTF-8 included. For one sequence, by one thread.
public final class StreamDecoder {
    private final Tokenizer tokenizer;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] waiting = new byte[0]; // the beginning of one character: at most three bytes

    /// A decoder at the beginning of a sequence.
    public StreamDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// The text that is complete now that one more token is there; often, but not always, that token's.
    ///
    /// @throws IllegalArgumentException when `id` is outside the vocabulary; the decoder stays as it was
    public String push(int id) {
        byte[] token = tokenizer.bytes(id);
        ByteBuffer in = ByteBuffer.allocate(waiting.length + token.length);
        in.put(waiting).put(token).flip();
        Utf8.splitSurrogates(in.array());
        String text = decode(in, false);
        waiting = new byte[in.remaining()];
        in.get(waiting);
        return text;
    }

    /// What is left at the end of the sequence: U+FFFD for the beginning of a character that never got complete.
    /// The decoder is then ready for another sequence.
    public String finish() {
        String text = decode(ByteBuffer.wrap(waiting), true);
        waiting = new byte[0];
        return text;
    }

    private String decode(ByteBuffer in, boolean last) {
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1); // a byte becomes at most one char
        utf8.reset();
        utf8.decode(in, out, last);
        if (last) {
            utf8.flush(out);
        }
        return out.flip().toString();
    }
}
