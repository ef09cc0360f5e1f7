package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.IdBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers the ids of the parts that a [Continuation] cuts a text into: mostly a word with the space before it.
/// What it does not know yet goes through every stage.
final class WordCacheEncoder implements SegmentEncoder {
    /// Words remembered; a power of two.
    private static final int SLOTS = 1 << 16;

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
        // What a text begins with can be marked, and otherwise than what a later segment begins with.
        encodePart(segment, 0, at, start, start == 0 ? Place.TEXT : Place.SEGMENT, out);
        while (at < segment.length()) {
            int end = Continuation.nextCut(segment, at);
            encodePart(segment, at, end, start, Place.MIDDLE, out);
            at = end;
        }
    }

    @Override
    public Optional<WordCacheEncoder> continued() {
        return Optional.of(new WordCacheEncoder(continuation, continuation));
    }

    /// What a part is the beginning of.
    private enum Place {
        TEXT,
        SEGMENT,
        MIDDLE
    }

    private void encodePart(String segment, int from, int to, int start, Place place, IdBuffer out) {
        int length = to - from;
        if (length > LONGEST_REMEMBERED) {
            encodePlainly(segment.substring(from, to), start + from, place, out);
            return;
        }
        int hash = place == Place.MIDDLE ? length : -length;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + segment.charAt(i);
        }
        int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
        Word known = words[slot];
        if (known != null && known.is(hash, place, length, segment, from)) {
            out.addAll(known.ids);
            return;
        }
        String text = segment.substring(from, to);
        int before = out.size();
        encodePlainly(text, start + from, place, out);
        words[slot] = new Word(hash, place, text, Arrays.copyOfRange(out.room(0), before, out.size()));
    }

    private void encodePlainly(String part, int start, Place place, IdBuffer out) {
        (place == Place.MIDDLE ? continuation : beginning).encode(part, start, out);
    }

    private static final class Word {
        private final int hash;
        private final Place place;
        private final String text;
        private final int[] ids;

        Word(int hash, Place place, String text, int[] ids) {
            this.hash = hash;
            this.place = place;
            this.text = text;
            this.ids = ids;
        }

        boolean is(int itsHash, Place itsPlace, int length, String segment, int from) {
            return hash == itsHash && place == itsPlace && text.length() == length && segment.startsWith(text, from);
        }
    }
}
