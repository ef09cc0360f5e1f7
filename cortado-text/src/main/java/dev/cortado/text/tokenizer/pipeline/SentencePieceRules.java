package dev.cortado.text.tokenizer.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// SentencePiece's own normalizer (`normalizer.cc`; Kudo and Richardson 2018, arXiv:1808.06226): from left to right the
/// longest prefix that has a rule is replaced, runs of spaces become one, spaces become `▁`, and a text begins with one.
///
/// No composition of a `tokenizer.json`'s normalizers is equal to it: `Precompiled` looks at one grapheme at a time, and
/// none lets user-defined symbols alone.
public final class SentencePieceRules {
    private static final char ESCAPED = '\u2581';

    private final byte[] charsMap;
    private final int[] trie; // units of a double array (Darts-clone); empty: no rules
    private final int replacements; // where they begin in charsMap, each ended by a zero byte
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

    /// @param charsMap compiled rules as the files hold them; empty: none
    /// @param symbols  user-defined symbols, which no rule changes
    /// @throws IllegalArgumentException when the rules are damaged
    public SentencePieceRules(byte[] charsMap, Whitespace whitespace, Set<String> symbols) {
        this.charsMap = charsMap.clone();
        this.whitespace = whitespace;
        this.symbols = Set.copyOf(symbols);
        symbolLengths = symbols.stream()
                .map(String::length)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .mapToInt(Integer::intValue)
                .toArray();
        symbols.forEach(symbol -> symbolFirsts.set(symbol.charAt(0)));
        ByteBuffer blob = ByteBuffer.wrap(charsMap).order(ByteOrder.LITTLE_ENDIAN);
        int size = charsMap.length == 0 ? 0 : charsMap.length < 4 ? -1 : blob.getInt(0);
        if (size < 0 || size % 4 != 0 || size > Math.max(0, charsMap.length - 4)) {
            throw new IllegalArgumentException("the normalization rules are damaged: " + charsMap.length
                    + " bytes cannot hold a trie of " + size + " bytes");
        }
        trie = new int[size / 4];
        for (int i = 0; i < trie.length; i++) {
            trie[i] = blob.getInt(4 + 4 * i);
        }
        replacements = 4 + size;
    }

    /// The compiled rules as the files hold them, a fresh array; empty: none.
    public byte[] charsMap() {
        return charsMap.clone();
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
            Prefix prefix = longest(input.text(), at);
            if (begun || !whitespace.removeExtra || !prefix.text.equals(" ")) {
                if (!begun && whitespace.addDummyPrefix && !whitespace.asSuffix) {
                    out.space(at, at);
                }
                begun = true;
                for (int i = 0; i < prefix.text.length(); i++) {
                    char c = prefix.text.charAt(i);
                    if (c != ' ') {
                        afterSpace = false;
                        out.add(c, at, prefix.end);
                    } else if (!afterSpace) { // true only for the spaces a prefix begins with
                        out.space(at, prefix.end);
                    }
                }
                afterSpace = whitespace.removeExtra
                        && (prefix.text.isEmpty() ? afterSpace : prefix.text.endsWith(" "));
            }
            at = prefix.end;
        }
        if (whitespace.removeExtra) {
            out.dropSpacesAtEnd();
        }
        if (begun && whitespace.addDummyPrefix && whitespace.asSuffix) {
            out.space(at, at);
        }
        return out.finish();
    }

    /// What a prefix of the rest becomes, and where it ends.
    private record Prefix(String text, int end) {}

    private Prefix longest(String text, int at) {
        if (symbolFirsts.get(text.charAt(at))) {
            for (int length : symbolLengths) {
                if (at + length <= text.length() && symbols.contains(text.substring(at, at + length))) {
                    return new Prefix(text.substring(at, at + length), at + length);
                }
            }
        }
        return trie.length == 0 ? asItIs(text, at) : rule(text, at);
    }

    private static Prefix asItIs(String text, int at) {
        return new Prefix(Character.toString(scalar(text, at)), at + Character.charCount(text.codePointAt(at)));
    }

    /// The character at an index; what is half of one is U+FFFD, as in SentencePiece.
    private static int scalar(String text, int at) {
        int character = text.codePointAt(at);
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE ? 0xFFFD : character;
    }

    /// Walks the trie over the UTF-8 bytes of the text: a unit has a label, an offset to its children, and whether one of
    /// them is a leaf with a value.
    private Prefix rule(String text, int at) {
        Prefix longest = asItIs(text, at);
        int node = offset(trie[0]);
        for (int i = at; i < text.length(); ) {
            int character = scalar(text, i);
            i += Character.charCount(text.codePointAt(i));
            for (byte b : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                node ^= b & 0xFF;
                if (node < 0 || node >= trie.length || (trie[node] & 0x8000_00FF) != (b & 0xFF)) {
                    return longest;
                }
                boolean leaf = (trie[node] >>> 8 & 1) == 1;
                node ^= offset(trie[node]);
                if (leaf && node >= 0 && node < trie.length) {
                    longest = new Prefix(replacement(trie[node] & 0x7FFF_FFFF), i);
                }
            }
        }
        return longest;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
    }

    private String replacement(int value) {
        long from = Math.min((long) replacements + value, charsMap.length);
        int to = (int) from;
        while (to < charsMap.length && charsMap[to] != 0) {
            to++;
        }
        return new String(charsMap, (int) from, to - (int) from, StandardCharsets.UTF_8);
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

    /// How the converters of Hugging Face's Transformers say nearly the same with the components of a `tokenizer.json`.
    public Normalizer approximation() {
        var steps = new ArrayList<Normalizer>();
        if (charsMap.length > 0) {
            steps.add(new Normalizer.Precompiled(new CharsMap(charsMap)));
        }
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
                && Arrays.equals(charsMap, rules.charsMap)
                && whitespace.equals(rules.whitespace)
                && symbols.equals(rules.symbols);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(charsMap) + whitespace.hashCode();
    }
}
