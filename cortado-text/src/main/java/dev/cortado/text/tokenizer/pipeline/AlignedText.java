package dev.cortado.text.tokenizer.pipeline;

import java.util.Arrays;

/// Text that remembers, for each of its characters (UTF-16 units), which range of the original text it came from.
/// Immutable; what normalizers and pre-tokenizers pass on.
///
/// A piece cut out keeps ranges of the whole original. Both units of a surrogate pair have the range of the pair.
public final class AlignedText {
    private final String text;
    private final int[] starts; // by char
    private final int[] ends;
    private final int originalStart; // where the piece begins in the original, known even when nothing is left of it

    AlignedText(String text, int[] starts, int[] ends, int originalStart) {
        if (starts.length != text.length() || ends.length != text.length()) {
            throw new IllegalArgumentException("a text of " + text.length() + " characters needs as many ranges, not "
                    + starts.length + " and " + ends.length);
        }
        this.text = text;
        this.starts = starts;
        this.ends = ends;
        this.originalStart = originalStart;
    }

    /// A text nothing has been done to yet.
    public static AlignedText of(String original) {
        int[] starts = new int[original.length()];
        int[] ends = new int[original.length()];
        for (int i = 0; i < starts.length; i++) {
            int width = Character.charCount(original.codePointAt(i));
            for (int j = i; j < i + width; j++) {
                starts[j] = i;
                ends[j] = i + width;
            }
            i += width - 1;
        }
        return new AlignedText(original, starts, ends, 0);
    }

    /// The text as it is now.
    public String text() {
        return text;
    }

    /// How many characters (UTF-16 units) it has now.
    public int length() {
        return text.length();
    }

    /// Whether nothing is left of it.
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /// Where in the original the piece begins. For a piece cut out it is where its first character came from: a
    /// text whose leading spaces were stripped before it was cut does not begin at 0.
    public int originalStart() {
        return originalStart;
    }

    /// Where in the original the character at `index` begins.
    public int start(int index) {
        return starts[index];
    }

    /// Where in the original the character at `index` ends.
    public int end(int index) {
        return ends[index];
    }

    /// The characters `[from, to)`.
    public AlignedText slice(int from, int to) {
        boolean whole = from == 0 && to == text.length();
        if (whole && (to == 0 || starts[0] == originalStart)) {
            return this;
        }
        return new AlignedText(
                text.substring(from, to),
                Arrays.copyOfRange(starts, from, to),
                Arrays.copyOfRange(ends, from, to),
                from < starts.length ? starts[from] : originalStart);
    }

    /// Begins a rewriting of this text.
    TextEdit edit() {
        return new TextEdit(this);
    }
}
