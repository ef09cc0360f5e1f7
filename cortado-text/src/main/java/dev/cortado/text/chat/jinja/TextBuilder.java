package dev.cortado.text.chat.jinja;

import java.util.Arrays;

/// Puts a [Text] together, character origins and all, within the budget.
final class TextBuilder {
    private final Budget budget;
    private final StringBuilder chars = new StringBuilder();
    private int[] ends = new int[8];
    private Origin[] origins = new Origin[8];
    private int runs;
    private boolean generating;

    TextBuilder(Budget budget) {
        this.budget = budget;
    }

    /// Whether what is appended from now on counts as generated.
    void generating(boolean generating) {
        this.generating = generating;
    }

    boolean generating() {
        return generating;
    }

    int length() {
        return chars.length();
    }

    TextBuilder append(Text text) {
        return append(text, 0, text.length());
    }

    /// Appends a part, given by UTF-16 indices.
    TextBuilder append(Text text, int from, int to) {
        if (from < to) {
            budget.characters((long) chars.length() + to - from, to - from);
            int base = chars.length() - from;
            chars.append(text.chars(), from, to);
            for (int run = text.runAt(from); run < text.runs() && (run == 0 || text.runEnd(run - 1) < to); run++) {
                run(base + Math.min(text.runEnd(run), to), text.runOrigin(run));
            }
        }
        return this;
    }

    TextBuilder append(String text, Origin origin) {
        if (!text.isEmpty()) {
            budget.characters((long) chars.length() + text.length(), text.length());
            chars.append(text);
            run(chars.length(), origin);
        }
        return this;
    }

    /// Appends the same many times over.
    TextBuilder repeat(Text text, long times) {
        if (text.length() > 0 && times > 0) {
            long length = Math.multiplyHigh(times, text.length()) == 0 ? times * text.length() : -1;
            budget.characters(length < 0 ? -1 : chars.length() + length, 0); // refuse before work starts
            for (long i = 0; i < times; i++) {
                append(text);
            }
        }
        return this;
    }

    TextBuilder codePoint(int codePoint, Origin origin) {
        return append(Character.toString(codePoint), origin);
    }

    private void run(int end, Origin origin) {
        Origin kept = generating ? origin.inGeneration() : origin;
        if (runs > 0 && origins[runs - 1].equals(kept)) {
            ends[runs - 1] = end;
            return;
        }
        if (runs == ends.length) {
            ends = Arrays.copyOf(ends, 2 * runs);
            origins = Arrays.copyOf(origins, 2 * runs);
        }
        ends[runs] = end;
        origins[runs++] = kept;
    }

    Text build() {
        return chars.isEmpty()
                ? Text.EMPTY
                : new Text(chars.toString(), Arrays.copyOf(ends, runs), Arrays.copyOf(origins, runs));
    }
}
