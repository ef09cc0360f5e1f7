package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Takes strings apart, as Python's methods of strings do. Parts keep the origins of their characters.
final class Splitting {
    private final Budget budget;

    Splitting(Budget budget) {
        this.budget = budget;
    }

    /// Without the characters of a set at the ends, or without white space when the set is empty.
    Text strip(Text text, Optional<Text> set, boolean start, boolean end) {
        String chars = text.chars();
        int from = 0;
        int to = chars.length();
        var stripped = new BitSet();
        set.ifPresent(characters -> characters.chars().codePoints().forEach(stripped::set));
        while (start && from < to && isIn(chars.codePointAt(from), set.isPresent(), stripped)) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (end && to > from && isIn(chars.codePointBefore(to), set.isPresent(), stripped)) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        return part(text, from, to);
    }

    private static boolean isIn(int c, boolean set, BitSet stripped) {
        return set ? stripped.get(c) : Characters.isSpace(c);
    }

    private Text part(Text text, int from, int to) {
        budget.characters(to - from, to - from);
        return text.slice(from, to);
    }

    /// At white space, at most `limit` times from the left when it is not negative.
    List<Value> words(Text text, long limit) {
        List<Value> parts = new ArrayList<>();
        String chars = text.chars();
        int at = skip(chars, 0, true);
        while (at < chars.length()) {
            int end = limit >= 0 && parts.size() >= limit ? chars.length() : skip(chars, at, false);
            add(parts, part(text, at, end));
            at = skip(chars, end, true);
        }
        return parts;
    }

    private static int skip(String chars, int from, boolean space) {
        int at = from;
        while (at < chars.length() && Characters.isSpace(chars.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    /// At white space, at most `limit` times from the right when it is not negative.
    List<Value> lastWords(Text text, long limit) {
        if (limit < 0) {
            return words(text, limit);
        }
        List<Value> parts = new ArrayList<>();
        String chars = text.chars();
        int end = Characters.stripEnd(chars, 0, chars.length());
        while (end > 0) {
            int from = end;
            while (from > 0 && (parts.size() >= limit || !Characters.isSpace(chars.charAt(from - 1)))) {
                from--;
            }
            add(parts, part(text, from, end));
            end = Characters.stripEnd(chars, 0, from);
        }
        Collections.reverse(parts);
        return parts;
    }

    /// At a separator, at most `limit` times from the left when it is not negative.
    List<Value> at(Text text, Text separator, long limit) {
        Search search = search(separator);
        List<Value> parts = new ArrayList<>();
        int from = 0;
        while (limit < 0 || parts.size() < limit) {
            int found = search.next(text.chars(), from);
            if (found == text.length()) {
                break;
            }
            add(parts, part(text, from, found));
            from = found + search.length();
        }
        add(parts, part(text, from, text.length()));
        return parts;
    }

    /// At a separator, at most `limit` times from the right when it is not negative.
    List<Value> lastAt(Text text, Text separator, long limit) {
        String backwards = reversed(text.chars());
        Search search = search(Text.literal(reversed(separator.chars())));
        List<Value> parts = new ArrayList<>();
        int length = text.length();
        int from = 0; // counted from the end
        while (limit < 0 || parts.size() < limit) {
            int found = search.next(backwards, from);
            if (found == length) {
                break;
            }
            add(parts, part(text, length - found, length - from));
            from = found + search.length();
        }
        add(parts, part(text, 0, length - from));
        Collections.reverse(parts);
        return parts;
    }

    /// Unlike StringBuilder's, leaves no pair of surrogates in order.
    String reversed(String text) {
        budget.steps(1 + text.length() / 4);
        char[] chars = text.toCharArray();
        for (int i = 0, j = chars.length - 1; i < j; i++, j--) {
            char swapped = chars[i];
            chars[i] = chars[j];
            chars[j] = swapped;
        }
        return new String(chars);
    }

    private Search search(Text separator) {
        if (separator.length() == 0) {
            throw new TemplateException("empty separator");
        }
        return new Search(budget, separator.chars());
    }

    List<Value> lines(Text text, boolean keepEnds) {
        List<Value> lines = new ArrayList<>();
        String chars = text.chars();
        int from = 0;
        for (int i = 0; i < chars.length(); i++) {
            if (Characters.isLineEnd(chars.charAt(i))) {
                int end = chars.charAt(i) == '\r' && i + 1 < chars.length() && chars.charAt(i + 1) == '\n'
                        ? i + 2
                        : i + 1;
                add(lines, part(text, from, keepEnds ? end : i));
                from = end;
                i = end - 1;
            }
        }
        if (from < chars.length()) {
            add(lines, part(text, from, chars.length()));
        }
        return lines;
    }

    private void add(List<Value> parts, Text part) {
        budget.steps(8);
        parts.add(part);
    }

    /// With each occurrence of a string, at most `limit` when it is not negative, replaced by another.
    Text replace(Text text, Text old, Text replacement, long limit) {
        var out = new TextBuilder(budget);
        int from = 0;
        long left = limit < 0 ? Long.MAX_VALUE : limit;
        if (old.length() == 0) { // between all characters, and at both ends
            while (left-- > 0) {
                out.append(replacement);
                if (from == text.length()) {
                    return out.build();
                }
                int next = text.chars().offsetByCodePoints(from, 1);
                out.append(text, from, next);
                from = next;
            }
            return out.append(text, from, text.length()).build();
        }
        var search = new Search(budget, old.chars());
        while (left-- > 0) {
            int found = search.next(text.chars(), from);
            if (found == text.length()) {
                break;
            }
            out.append(text, from, found).append(replacement);
            from = found + search.length();
        }
        return from == 0 ? text : out.append(text, from, text.length()).build();
    }
}
