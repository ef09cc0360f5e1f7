package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.model.IdBuffer;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

/// Encodes text of any length in pieces of about a million characters, cut where cutting changes nothing
/// ([Continuation]). Memory holds one piece, or the longest stretch without a place to cut.
final class LongText {
    /// Characters read before a cut is looked for.
    static final int PIECE = 1 << 20;

    private static final int LONGEST_PIECE = 1 << 26;

    private final TextEncoder encoder;
    private final SpecialText special;
    private final Consumer<int[]> out;
    private final int pieceLength;
    private final IdBuffer ids = new IdBuffer(64);
    private final StringBuilder waiting = new StringBuilder();
    private boolean continued;

    /// @param special     all or nothing: places are not known in a text that is read in pieces
    /// @param pieceLength about how many characters are encoded at a time
    /// @param out         given the ids in order, a portion at a time
    LongText(TextEncoder encoder, SpecialText special, int pieceLength, Consumer<int[]> out) {
        this.encoder = encoder;
        this.special = special;
        this.pieceLength = pieceLength;
        this.out = out;
    }

    /// Encodes all there is to read.
    ///
    /// @throws IllegalArgumentException when the text has a stretch without a place to cut that is too long for
    /// memory
    void encode(Reader text) throws IOException {
        char[] chars = new char[Math.min(pieceLength, 1 << 16)];
        int wanted = pieceLength;
        for (int count; (count = text.read(chars)) >= 0; ) {
            waiting.append(chars, 0, count);
            if (waiting.length() < wanted) {
                continue;
            }
            int cut = encoder.lastCut(waiting, special);
            if (cut > 0) {
                piece(cut);
                continued = true;
                wanted = pieceLength;
            } else if (waiting.length() >= LONGEST_PIECE) {
                throw new IllegalArgumentException("a stretch of more than " + LONGEST_PIECE
                        + " characters has no place where this tokenizer could cut it: break the text into lines");
            } else {
                wanted = 2 * waiting.length(); // not searched again and again
            }
        }
        piece(waiting.length());
    }

    private void piece(int end) {
        String piece = waiting.substring(0, end);
        waiting.delete(0, end);
        ids.clear();
        encoder.encode(piece, continued, special, ids);
        out.accept(ids.toArray());
    }
}
