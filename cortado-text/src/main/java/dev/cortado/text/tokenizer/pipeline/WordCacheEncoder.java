package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.IdBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Remembers the ids of the parts that a [Continuation] cuts a text into: mostly a word with the space before it.
/// What it does not know yet goes through every stage.
final class WordCacheEncoder implements SegmentEncoder {
    /// Words remembered; a power of two.
    private static final int SLOTS = 1 << 15;

    private static final int LONGEST_REMEMBERED = 64;

    private final PlainEncoder beginning;
    private final PlainEncoder continuation;
    private final @Nullable Word[] words = new @Nullable Word[SLOTS]; // by hash; threads race without harm

    /// @param beginning    for what is before the first cut
    /// @param continuation for what is after a cut
    WordCacheEncoder(PlainEncoder beginning, PlainEncoder continuation) {
        this.beginning = beginning;
        this.continuation = continuation;
    }

    @Override
    public void encode(String segment, int start, IdBuffer out) {
        int at = Continuation.nextCut(segment, 0);
        beginning.encode(segment.substring(0, at), start, out);
        while (at < segment.length()) {
            int end = Continuation.nextCut(segment, at);
            encodeWord(segment, at, end, start, out);
            at = end;
        }
    }

    private void encodeWord(String segment, int from, int to, int start, IdBuffer out) {
        int length = to - from;
        if (length > LONGEST_REMEMBERED) {
            continuation.encode(segment.substring(from, to), start + from, out);
            return;
        }
        int hash = length;
        for (int i = from + 1; i < to; i++) {
            hash = 31 * hash + segment.charAt(i);
        }
        int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
        Word known = words[slot];
        if (known == null
                || known.hash != hash
                || !segment.startsWith(known.text, from)
                || known.text.length() != length) {
            String text = segment.substring(from, to);
            int before = out.size();
            continuation.encode(text, start + from, out);
            known = new Word(hash, text, Arrays.copyOfRange(out.room(0), before, out.size()));
            words[slot] = known;
        } else {
            out.addAll(known.ids);
        }
    }

    private static final class Word {
        private final int hash;
        private final String text;
        private final int[] ids;

        Word(int hash, String text, int[] ids) {
            this.hash = hash;
            this.text = text;
            this.ids = ids;
        }
    }
}
