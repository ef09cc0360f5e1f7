package dev.cortado.text.chat.jinja;

import java.util.Locale;

/// Upper, lower and title case, character by character with its origin.
final class Casing {
    private final Budget budget;

    Casing(Budget budget) {
        this.budget = budget;
    }

    Text upper(Text text) {
        return mapped(text, text.chars().toUpperCase(Locale.ROOT), true);
    }

    Text lower(Text text) {
        return mapped(text, text.chars().toLowerCase(Locale.ROOT), false);
    }

    /// Where the mapping of the whole is as long as that of its characters alone, the whole is right: a sigma at the
    /// end of a word has a form of its own.
    private Text mapped(Text text, String whole, boolean upper) {
        var out = new TextBuilder(budget);
        if (text.runs() <= 1) {
            return text.length() == 0
                    ? text
                    : out.append(whole, text.runOrigin(0)).build();
        }
        int start = 0;
        for (int run = 0; run < text.runs(); run++) {
            String part = text.chars().substring(start, text.runEnd(run));
            String alone = upper ? part.toUpperCase(Locale.ROOT) : part.toLowerCase(Locale.ROOT);
            int from = out.length();
            boolean fits = from + alone.length() <= whole.length();
            out.append(fits ? whole.substring(from, from + alone.length()) : alone, text.runOrigin(run));
            start = text.runEnd(run);
        }
        return out.build();
    }

    /// Python's `str.capitalize`.
    Text capitalize(Text text) {
        if (text.length() == 0) {
            return text;
        }
        int first = text.chars().offsetByCodePoints(0, 1);
        return new TextBuilder(budget)
                .append(titled(text.slice(0, first)))
                .append(lower(text.slice(first, text.length())))
                .build();
    }

    /// Python's `str.title`: a letter after one that has a case is small, any other is large.
    Text title(Text text) {
        var out = new TextBuilder(budget);
        boolean inside = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.chars().codePointAt(i);
            int end = i + Character.charCount(c);
            Text letter = text.slice(i, end);
            out.append(inside ? lower(letter) : titled(letter));
            inside = Characters.isCased(c);
            i = end;
        }
        return out.build();
    }

    /// Jinja's filter `title`: a letter after white space, `-`, `(`, `{`, `[` or `<` is large, any other is small.
    Text words(Text text) {
        var out = new TextBuilder(budget);
        boolean inside = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.chars().codePointAt(i);
            int end = i + Character.charCount(c);
            Text letter = text.slice(i, end);
            out.append(inside ? lower(letter) : upper(letter));
            inside = !Characters.isSpace(c) && "-({[<".indexOf(c) < 0;
            i = end;
        }
        return out.build();
    }

    Text swapped(Text text) {
        var out = new TextBuilder(budget);
        for (int i = 0; i < text.length(); ) {
            int c = text.chars().codePointAt(i);
            int end = i + Character.charCount(c);
            Text letter = text.slice(i, end);
            out.append(Character.isUpperCase(c) ? lower(letter) : upper(letter));
            i = end;
        }
        return out.build();
    }

    private Text titled(Text letter) {
        int c = letter.chars().codePointAt(0);
        int title = Character.toTitleCase(c);
        return title == c ? upperOrSelf(letter, c) : Text.of(Character.toString(title), letter.origin());
    }

    private Text upperOrSelf(Text letter, int c) {
        return Character.isTitleCase(c) ? letter : upper(letter);
    }
}
