package dev.cortado.text.chat.jinja;

import java.util.Arrays;

/// A string whose every character knows its origin. Immutable; equality is that of the characters alone, as templates
/// compare them.
public final class Text implements Value {
    /// The string without characters.
    public static final Text EMPTY = new Text("", new int[0], new Origin[0]);

    private final String chars;
    // Run i ends (exclusive, UTF-16) at ends[i]; neighbours differ in origin; the last one ends with the string.
    private final int[] ends;
    private final Origin[] origins;
    private final boolean supplementary;

    Text(String chars, int[] ends, Origin[] origins) {
        this.chars = chars;
        this.ends = ends;
        this.origins = origins;
        this.supplementary = chars.codePointCount(0, chars.length()) != chars.length();
    }

    /// Characters of one origin.
    public static Text of(String chars, Origin origin) {
        return chars.isEmpty() ? EMPTY : new Text(chars, new int[] {chars.length()}, new Origin[] {origin});
    }

    /// Characters the interpreter itself makes up.
    static Text literal(String chars) {
        return of(chars, Origin.TEMPLATE);
    }

    /// The characters alone.
    public String chars() {
        return chars;
    }

    /// UTF-16 units.
    public int length() {
        return chars.length();
    }

    /// Unicode characters, which templates count and index by.
    public int codePoints() {
        return supplementary ? chars.codePointCount(0, chars.length()) : chars.length();
    }

    /// Index in UTF-16 of the n-th Unicode character.
    int offset(int codePoint) {
        return supplementary ? chars.offsetByCodePoints(0, codePoint) : codePoint;
    }

    /// The n-th Unicode character from a UTF-16 index.
    int codePointsBefore(int index) {
        return supplementary ? chars.codePointCount(0, index) : index;
    }

    /// Number of runs of one origin.
    public int runs() {
        return ends.length;
    }

    /// Where run `i` ends, exclusive, in UTF-16 units; it begins where the one before ends.
    public int runEnd(int i) {
        return ends[i];
    }

    /// The origin of run `i`.
    public Origin runOrigin(int i) {
        return origins[i];
    }

    /// The run that holds a UTF-16 index.
    int runAt(int index) {
        int found = Arrays.binarySearch(ends, index + 1);
        return found >= 0 ? found : -found - 1;
    }

    /// The origin of the character at a UTF-16 index.
    public Origin originAt(int index) {
        return origins[runAt(index)];
    }

    /// The origins of all characters mixed.
    @Override
    public Origin origin() {
        if (origins.length == 0) {
            return Origin.TEMPLATE;
        }
        Origin mixed = origins[0];
        for (int i = 1; i < origins.length; i++) {
            mixed = mixed.mix(origins[i]);
        }
        return mixed;
    }

    /// The part from one UTF-16 index up to another.
    public Text slice(int from, int to) {
        if (from == 0 && to == chars.length()) {
            return this;
        }
        if (from >= to) {
            return EMPTY;
        }
        int first = runAt(from);
        int last = runAt(to - 1);
        int[] ends = Arrays.copyOfRange(this.ends, first, last + 1);
        for (int i = 0; i < ends.length; i++) {
            ends[i] = Math.min(ends[i], to) - from;
        }
        return new Text(chars.substring(from, to), ends, Arrays.copyOfRange(origins, first, last + 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
