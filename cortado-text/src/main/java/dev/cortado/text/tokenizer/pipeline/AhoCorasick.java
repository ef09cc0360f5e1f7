package dev.cortado.text.tokenizer.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// Finds where patterns begin in a text, all of them at once and in time linear in the text, whatever it holds (Aho
/// and Corasick 1975, *Efficient string matching*).
///
/// The automaton is that of the reversed patterns, run from the end of the text to its beginning: the state it is in
/// at a place then stands for all patterns that begin there, the longest first. With that, the leftmost-longest
/// matches, one after the other, need no second look at any character.
final class AhoCorasick {
    private static final int ROOT = 0;
    private static final int NONE = -1;
    private static final int FEW = 4;

    private final int[] patterns; // by state: number of the pattern that is spelled there, or NONE
    private final int[] shorter; // by state: the state of the longest pattern that is a true suffix, or NONE
    private final int[] fail; // by state: the state of the longest true suffix
    private final int[] children; // by state: its first child; children lie side by side, up to the next state's
    private final char[] labels; // by state: the character that leads to it from its parent
    private final boolean[] isEnd; // by character: whether it ends a pattern; all others can be stepped over

    private final boolean manyEnds;
    private final char[] fewEnds; // the same characters when they are not many

    /// Where patterns begin in a text, the last place of the text first.
    static final class Hits {
        private int[] places = {};
        private int[] states = {};
        private int size;

        private void add(int place, int state) {
            if (size == places.length) {
                places = Arrays.copyOf(places, Math.max(16, 2 * size));
                states = Arrays.copyOf(states, Math.max(16, 2 * size));
            }
            places[size] = place;
            states[size++] = state;
        }

        int size() {
            return size;
        }

        /// Index in the text.
        int place(int index) {
            return places[index];
        }

        /// The state that stands for the patterns which begin there.
        int state(int index) {
            return states[index];
        }
    }

    /// @param patterns what to look for; empty ones are never found, and of equal ones the first counts
    AhoCorasick(List<String> patterns) {
        List<Entry> entries = new ArrayList<>();
        int letters = 0;
        for (int i = 0; i < patterns.size(); i++) {
            if (!patterns.get(i).isEmpty()) {
                entries.add(new Entry(reversed(patterns.get(i)), i));
                letters += patterns.get(i).length();
            }
        }
        entries.sort(Comparator.comparing(Entry::reversed)); // stable: of equal ones the first stays first
        int most = letters + 1;
        this.patterns = new int[most];
        int[] parents = new int[most];
        labels = new char[most];
        children = new int[most + 1];
        int states = build(entries, parents);
        fail = new int[states];
        shorter = new int[states];
        var ends = new BitSet();
        link(states, parents, ends);
        isEnd = new boolean[ends.isEmpty() ? 0 : Character.MAX_VALUE + 1];
        ends.stream().forEach(end -> isEnd[end] = true);
        manyEnds = ends.cardinality() > FEW;
        int[] all = ends.stream().toArray();
        fewEnds = new char[manyEnds ? 0 : all.length];
        for (int i = 0; i < fewEnds.length; i++) {
            fewEnds[i] = (char) all[i];
        }
    }

    private record Entry(String reversed, int pattern) {}

    /// Unit by unit: [StringBuilder#reverse] would keep the halves of surrogate pairs in order.
    private static String reversed(String pattern) {
        char[] units = new char[pattern.length()];
        for (int i = 0; i < units.length; i++) {
            units[i] = pattern.charAt(units.length - 1 - i);
        }
        return new String(units);
    }

    /// Numbers states breadth first, so that children lie side by side and suffixes come before what they end.
    private int build(List<Entry> entries, int[] parents) {
        record Range(int from, int to, int depth) {}
        var queue = new ArrayDeque<Range>();
        queue.add(new Range(0, entries.size(), 0));
        int states = 1;
        for (int state = 0; !queue.isEmpty(); state++) {
            Range range = queue.remove();
            int from = range.from;
            patterns[state] = NONE;
            for (; from < range.to && entries.get(from).reversed.length() == range.depth; from++) {
                if (patterns[state] == NONE) {
                    patterns[state] = entries.get(from).pattern;
                }
            }
            children[state] = states;
            while (from < range.to) {
                char label = entries.get(from).reversed.charAt(range.depth);
                int to = from + 1;
                while (to < range.to && entries.get(to).reversed.charAt(range.depth) == label) {
                    to++;
                }
                labels[states] = label;
                parents[states++] = state;
                queue.add(new Range(from, to, range.depth + 1));
                from = to;
            }
            children[state + 1] = states;
        }
        return states;
    }

    private void link(int states, int[] parents, BitSet ends) {
        Arrays.fill(shorter, NONE);
        for (int state = 1; state < states; state++) {
            fail[state] = parents[state] == ROOT ? ROOT : next(fail[parents[state]], labels[state]);
            shorter[state] = patterns[fail[state]] == NONE ? shorter[fail[state]] : fail[state];
            if (parents[state] == ROOT) {
                ends.set(labels[state]);
            }
        }
    }

    private int child(int state, char label) {
        int found = Arrays.binarySearch(labels, children[state], children[state + 1], label);
        return found < 0 ? NONE : found;
    }

    private int next(int state, char label) {
        int from = state;
        while (true) {
            int child = child(from, label);
            if (child != NONE) {
                return child;
            }
            if (from == ROOT) {
                return ROOT;
            }
            from = fail[from];
        }
    }

    /// All places of a text where a pattern begins.
    Hits hits(String text) {
        var hits = new Hits();
        if (!mayHit(text)) {
            return hits;
        }
        int state = ROOT;
        for (int i = text.length() - 1; i >= 0; i--) {
            if (state == ROOT) {
                i = lastEnd(text, i);
                if (i < 0) {
                    break;
                }
            }
            state = next(state, text.charAt(i));
            int longest = patterns[state] == NONE ? shorter[state] : state;
            if (longest != NONE) {
                hits.add(i, longest);
            }
        }
        return hits;
    }

    /// The last character up to a place that ends a pattern; −1 when there is none.
    private int lastEnd(String text, int place) {
        int i = place;
        while (i >= 0 && !isEnd[text.charAt(i)]) {
            i--;
        }
        return i;
    }

    /// Where only a few characters end a pattern, looking for those is much faster than running the automaton.
    private boolean mayHit(String text) {
        for (char end : fewEnds) {
            if (text.indexOf(end) >= 0) {
                return true;
            }
        }
        return manyEnds;
    }

    /// The number of the pattern a hit's state stands for: the longest one.
    int pattern(int state) {
        return patterns[state];
    }

    /// The state of the next shorter pattern that begins at the same place; negative when there is none.
    int shorter(int state) {
        return shorter[state];
    }
}
