package dev.cortado.text.tokenizer.pipeline;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// Rewrites an [AlignedText] from left to right, one step at a time, as Hugging Face's `NormalizedString` does: what
/// replaces a character has its range, what is inserted has the range of the character before it in the old text, and
/// what is removed is gone.
///
/// An insertion before the first character has the empty range where the piece begins. Characters are code points
/// here: a surrogate pair is one step.
final class TextEdit {
    private final AlignedText source;
    private final String old;
    private final StringBuilder text;
    private int[] starts;
    private int[] ends;
    private int cursor; // in the old text
    private boolean changed;

    TextEdit(AlignedText source) {
        this.source = source;
        old = source.text();
        text = new StringBuilder(old.length() + 16);
        starts = new int[old.length() + 16];
        ends = new int[old.length() + 16];
    }

    /// Whether old characters are left.
    boolean hasNext() {
        return cursor < old.length();
    }

    /// The old character the next step is about.
    int next() {
        return old.codePointAt(cursor);
    }

    /// Replaces the next character; at the end of the old text, where none is left to be replaced, inserts.
    void replace(int codePoint) {
        if (!hasNext()) {
            insert(codePoint);
            return;
        }
        int replaced = next();
        append(codePoint, source.start(cursor), source.end(cursor));
        changed |= replaced != codePoint;
        cursor += Character.charCount(replaced);
    }

    /// Inserts a character before the next one.
    void insert(int codePoint) {
        if (cursor == 0) {
            append(codePoint, source.originalStart(), source.originalStart());
        } else {
            append(codePoint, source.start(cursor - 1), source.end(cursor - 1));
        }
        changed = true;
    }

    /// Inserts characters before the next one.
    void insert(String characters) {
        characters.codePoints().forEach(this::insert);
    }

    /// Removes the next characters, as far as there are any.
    void remove(int codePoints) {
        for (int i = 0; i < codePoints && hasNext(); i++) {
            cursor += Character.charCount(next());
            changed = true;
        }
    }

    /// Keeps all up to an index of the old text.
    void keepUntil(int end) {
        grow(end - cursor);
        int at = text.length();
        for (int i = cursor; i < end; i++) {
            starts[at] = source.start(i);
            ends[at++] = source.end(i);
        }
        text.append(old, cursor, end);
        cursor = end;
    }

    /// Removes all up to an index of the old text.
    void removeUntil(int end) {
        changed |= end > cursor;
        cursor = end;
    }

    /// A character and how it is made, as Unicode normalization and SentencePiece's rules tell it.
    ///
    /// @param change above 0: it is inserted; 0: it replaces one; below: it replaces one and as many more after it
    /// are removed
    void apply(int codePoint, int change) {
        if (change > 0) {
            insert(codePoint);
        } else {
            replace(codePoint);
            remove(-change);
        }
    }

    /// The new text; the old object when nothing was changed. What no step was about is dropped.
    AlignedText finish() {
        if (!changed && !hasNext()) {
            return source;
        }
        int length = text.length();
        return new AlignedText(
                text.toString(), Arrays.copyOf(starts, length), Arrays.copyOf(ends, length), source.originalStart());
    }

    /// Keeps the characters of a kind.
    static AlignedText filter(AlignedText source, IntPredicate kept) {
        TextEdit edit = source.edit();
        while (edit.hasNext()) {
            if (kept.test(edit.next())) {
                edit.replace(edit.next());
            } else {
                edit.remove(1);
            }
        }
        return edit.finish();
    }

    /// Replaces each character by another.
    static AlignedText map(AlignedText source, IntUnaryOperator replacement) {
        TextEdit edit = source.edit();
        while (edit.hasNext()) {
            edit.replace(replacement.applyAsInt(edit.next()));
        }
        return edit.finish();
    }

    private void append(int codePoint, int start, int end) {
        int width = Character.charCount(codePoint);
        grow(width);
        int at = text.length();
        Arrays.fill(starts, at, at + width, start);
        Arrays.fill(ends, at, at + width, end);
        text.appendCodePoint(codePoint);
    }

    private void grow(int more) {
        int needed = text.length() + more;
        if (needed > starts.length) {
            int size = Math.max(needed, starts.length + (starts.length >> 1));
            starts = Arrays.copyOf(starts, size);
            ends = Arrays.copyOf(ends, size);
        }
    }
}
