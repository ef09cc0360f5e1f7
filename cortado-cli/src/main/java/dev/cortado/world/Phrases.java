package dev.cortado.world;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The patterns that sentences are made of: a context-free grammar with slots.
///
/// `[a|b|]` chooses, `<name>` includes a section, `{A.form}` speaks of an entity, `~verb` is a finite verb that
/// agrees with the last subject, `%verb` a past participle, `//` ends a sentence.
final class Phrases {
    /// One element of an expanded pattern.
    sealed interface Piece {}

    record Text(String text) implements Piece {}

    /// @param form empty for the plain mention, or `o p n a d b r k`; see [Narrator]
    record Slot(String name, String form) implements Piece {}

    record Verb(String lemma, boolean participle) implements Piece {}

    /// `~{W}`: a finite verb whose base form a slot holds.
    record BoundVerb(String slot) implements Piece {}

    /// End of a sentence inside a pattern.
    record Break() implements Piece {}

    private record Choice(List<List<Piece>> options) implements Piece {}

    private record Include(String section) implements Piece {}

    private final Map<String, List<List<Piece>>> sections = new HashMap<>();

    Phrases(Sections source) {
        source.entries()
                .forEach((name, lines) -> sections.put(
                        name,
                        lines.stream().map(line -> new Parser(line).pattern()).toList()));
        sections.values().forEach(patterns -> patterns.forEach(this::check));
    }

    boolean has(String section) {
        return sections.containsKey(section);
    }

    /// A random expansion of a section into texts, slots, verbs and breaks.
    ///
    /// @param used patterns of this document so far, which are avoided where there is a choice, and added to
    List<Piece> expand(String section, Dice dice, Set<Object> used) {
        List<List<Piece>> patterns = sections.get(section);
        if (patterns == null) {
            throw new IllegalStateException("the phrase files have no section '" + section + "'");
        }
        List<Piece> flat = new ArrayList<>();
        List<Piece> pattern = dice.pick(patterns);
        for (int attempt = 0; attempt < 4 && !used.add(pattern); attempt++) {
            pattern = dice.pick(patterns);
        }
        expand(pattern, dice, flat);
        return flat;
    }

    private void expand(List<Piece> pattern, Dice dice, List<Piece> into) {
        for (Piece piece : pattern) {
            switch (piece) {
                case Choice choice -> expand(dice.pick(choice.options()), dice, into);
                case Include include -> expand(dice.pick(sections.get(include.section())), dice, into);
                default -> into.add(piece);
            }
        }
    }

    private void check(List<Piece> pattern) {
        for (Piece piece : pattern) {
            switch (piece) {
                case Choice choice -> choice.options().forEach(this::check);
                case Include include
                when !sections.containsKey(include.section()) ->
                    throw new IllegalStateException(
                            "a pattern includes the missing section <" + include.section() + ">");
                default -> {}
            }
        }
    }

    /// Recursive descent over one line.
    private static final class Parser {
        private final String line;
        private int at;

        Parser(String line) {
            this.line = line;
        }

        List<Piece> pattern() {
            List<Piece> pieces = sequence();
            if (at < line.length()) {
                throw new IllegalStateException("stray '" + line.charAt(at) + "' in pattern: " + line);
            }
            return pieces;
        }

        private List<Piece> sequence() {
            List<Piece> pieces = new ArrayList<>();
            while (at < line.length() && line.charAt(at) != '|' && line.charAt(at) != ']') {
                pieces.add(piece());
            }
            return pieces;
        }

        private Piece piece() {
            return switch (line.charAt(at)) {
                case '[' -> choice();
                case '<' -> new Include(until('>'));
                case '{' -> slot(until('}'));
                case '~' -> verb();
                case '%' -> new Verb(word(), true);
                case '/' -> sentenceEnd();
                default -> text();
            };
        }

        private Piece verb() {
            if (at + 1 < line.length() && line.charAt(at + 1) == '{') {
                at++;
                return new BoundVerb(until('}'));
            }
            return new Verb(word(), false);
        }

        private Piece choice() {
            List<List<Piece>> options = new ArrayList<>();
            do {
                at++;
                options.add(sequence());
                if (at == line.length()) {
                    throw new IllegalStateException("unclosed '[' in pattern: " + line);
                }
            } while (line.charAt(at) == '|');
            at++;
            return new Choice(options);
        }

        private static Piece slot(String inside) {
            int dot = inside.indexOf('.');
            return dot < 0 ? new Slot(inside, "") : new Slot(inside.substring(0, dot), inside.substring(dot + 1));
        }

        private Piece sentenceEnd() {
            at += 2;
            return new Break();
        }

        private String until(char close) {
            int end = line.indexOf(close, at);
            if (end < 0) {
                throw new IllegalStateException("no '" + close + "' in pattern: " + line);
            }
            String inside = line.substring(at + 1, end);
            at = end + 1;
            return inside;
        }

        private String word() {
            int start = ++at;
            while (at < line.length() && Character.isLetter(line.charAt(at))) {
                at++;
            }
            return line.substring(start, at);
        }

        private Piece text() {
            int start = at;
            while (at < line.length() && "[]|<{~%/".indexOf(line.charAt(at)) < 0) {
                at++;
            }
            return new Text(line.substring(start, at));
        }
    }
}
