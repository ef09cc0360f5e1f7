package dev.cortado.text.tokenizer.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// SentencePiece's own normalizer (`normalizer.cc`; Kudo and Richardson 2018, arXiv:1808.06226): from left to right
/// the longest prefix that has a rule is replaced, runs of spaces become one, spaces become `▁`, and a text begins
/// with one.
///
/// No composition of a `tokenizer.json`'s normalizers is equal to it: `Precompiled` looks at one grapheme at a time,
/// and none lets user-defined symbols alone.
public final class SentencePieceRules {
    private static final char ESCAPED = '\u2581';

    private final Optional<CharsMap> charsMap;
    private final Whitespace whitespace;
    private final Set<String> symbols;
    private final int[] symbolLengths; // which occur, descending
    private final BitSet symbolFirsts = new BitSet(); // characters they begin with

    /// What happens to spaces.
    ///
    /// @param addDummyPrefix whether a text that does not begin with a space is given one
    /// @param removeExtra    whether spaces at the ends are dropped and runs become one
    /// @param escape         whether a space becomes `▁`
    /// @param asSuffix       whether the one that is given stands at the end
    public record Whitespace(boolean addDummyPrefix, boolean removeExtra, boolean escape, boolean asSuffix) {}

    /// @param charsMap compiled rules
    /// @param symbols  user-defined symbols, which no rule changes; none is empty
    public SentencePieceRules(Optional<CharsMap> charsMap, Whitespace whitespace, Set<String> symbols) {
        this.charsMap = charsMap;
        this.whitespace = whitespace;
        this.symbols = Set.copyOf(symbols);
        symbolLengths = symbols.stream()
                .map(String::length)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .mapToInt(Integer::intValue)
                .toArray();
        symbols.forEach(symbol -> symbolFirsts.set(symbol.charAt(0)));
    }

    /// The compiled rules.
    public Optional<CharsMap> charsMap() {
        return charsMap;
    }

    /// What happens to spaces.
    public Whitespace whitespace() {
        return whitespace;
    }

    /// The user-defined symbols, which no rule changes.
    public Set<String> symbols() {
        return symbols;
    }

    /// The normalized text. What a prefix becomes has the range of the prefix; the dummy space has an empty one.
    AlignedText apply(AlignedText input) {
        var out = new Output(input);
        int at = 0;
        boolean afterSpace = whitespace.removeExtra;
        boolean begun = false;
        while (at < input.length()) {
            CharsMap.Rule prefix = longest(input.text(), at);
            if (begun || !whitespace.removeExtra || !prefix.replacement().equals(" ")) {
                if (!begun && whitespace.addDummyPrefix && !whitespace.asSuffix) {
                    out.space(at, at);
                }
                begun = true;
                for (int i = 0; i < prefix.replacement().length(); i++) {
                    char c = prefix.replacement().charAt(i);
                    if (c != ' ') {
                        afterSpace = false;
                        out.add(c, at, prefix.end());
                    } else if (!afterSpace) { // true only for the spaces a prefix begins with
                        out.space(at, prefix.end());
                    }
                }
                afterSpace = whitespace.removeExtra
                        && (prefix.replacement().isEmpty()
                                ? afterSpace
                                : prefix.replacement().endsWith(" "));
            }
            at = prefix.end();
        }
        if (whitespace.removeExtra) {
            out.dropSpacesAtEnd();
        }
        if (begun && whitespace.addDummyPrefix && whitespace.asSuffix) {
            out.space(at, at);
        }
        return out.finish();
    }

    /// What the longest prefix of the rest becomes that is a symbol or has a rule; else its first character.
    private CharsMap.Rule longest(String text, int at) {
        if (symbolFirsts.get(text.charAt(at))) {
            for (int length : symbolLengths) {
                if (at + length <= text.length() && symbols.contains(text.substring(at, at + length))) {
                    return new CharsMap.Rule(text.substring(at, at + length), at + length);
                }
            }
        }
        return charsMap.flatMap(rules -> rules.longest(text, at)).orElseGet(() -> {
            int character = text.codePointAt(at);
            boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            return new CharsMap.Rule(
                    Character.toString(half ? 0xFFFD : character), at + Character.charCount(character));
        });
    }

    private final class Output {
        private final AlignedText input;
        private final StringBuilder text = new StringBuilder();
        private int[] starts;
        private int[] ends;

        Output(AlignedText input) {
            this.input = input;
            starts = new int[input.length() + 16];
            ends = new int[input.length() + 16];
        }

        void space(int from, int to) {
            add(whitespace.escape ? ESCAPED : ' ', from, to);
        }

        /// Adds a character that comes from the characters `[from, to)`.
        void add(char c, int from, int to) {
            int at = text.length();
            if (at == starts.length) {
                starts = Arrays.copyOf(starts, 2 * at);
                ends = Arrays.copyOf(ends, 2 * at);
            }
            boolean inside = from < input.length();
            int start = inside ? input.start(from) : at == 0 ? input.originalStart() : ends[at - 1];
            starts[at] = start;
            ends[at] = from == to ? start : input.end(to - 1);
            text.append(c);
        }

        void dropSpacesAtEnd() {
            int end = text.length();
            while (end > 0 && text.charAt(end - 1) == (whitespace.escape ? ESCAPED : ' ')) {
                end--;
            }
            text.setLength(end);
        }

        AlignedText finish() {
            int length = text.length();
            return new AlignedText(
                    text.toString(), Arrays.copyOf(starts, length), Arrays.copyOf(ends, length), input.originalStart());
        }
    }

    /// The same rules for what follows a cut before a single space, where text does not begin; empty when that
    /// cannot be said.
    Optional<SentencePieceRules> continued() {
        return whitespace.removeExtra || whitespace.asSuffix
                ? Optional.empty()
                : Optional.of(new SentencePieceRules(
                        charsMap, new Whitespace(false, false, whitespace.escape, false), symbols));
    }

    /// How the converters of Hugging Face's Transformers say nearly the same with the components of a
    /// `tokenizer.json`.
    public Normalizer approximation() {
        var steps = new ArrayList<Normalizer>();
        charsMap.ifPresent(rules -> steps.add(new Normalizer.Precompiled(rules)));
        if (whitespace.removeExtra) {
            steps.add(new Normalizer.Strip(true, true));
            steps.add(new Normalizer.Replace(new TextPattern.Regex(" {2,}"), " "));
        }
        if (whitespace.addDummyPrefix && !whitespace.asSuffix) {
            steps.add(new Normalizer.Prepend(whitespace.escape ? "\u2581" : " "));
        }
        if (whitespace.escape) {
            steps.add(new Normalizer.Replace(new TextPattern.Literal(" "), "\u2581"));
        }
        return new Normalizer.Sequence(List.copyOf(steps));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SentencePieceRules rules
                && charsMap.equals(rules.charsMap)
                && whitespace.equals(rules.whitespace)
                && symbols.equals(rules.symbols);
    }

    @Override
    public int hashCode() {
        return 31 * charsMap.hashCode() + whitespace.hashCode();
    }
}
