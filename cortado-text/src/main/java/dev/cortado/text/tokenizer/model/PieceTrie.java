package dev.cortado.text.tokenizer.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;

/// The tokens of a vocabulary as a tree of their characters, to be walked along a text without cutting strings out of
/// it. A double array (Aoe 1989, "An efficient digital search algorithm by using a double-array structure"): a step is
/// one addition and one comparison, and the whole tree is three flat arrays.
///
/// A character below U+0080 is one label; any other UTF-16 unit is two, its high and its low byte, so that no node has
/// more than 384 children.
final class PieceTrie {
    /// The node before any character.
    static final int ROOT = 1;
    /// The node of everything that begins no token; steps from it lead to it.
    static final int NOWHERE = 0;
    /// What [#id] gives for a node that is no token.
    static final int NO_ID = -1;

    private static final int ASCII = 0x80;
    private static final int LABELS = ASCII + 0x100;
    private static final int NO_PARENT = -1;
    private static final int TRIES = 64; // a wide node is not worth a longer search among the holes

    private final BitSet used = new BitSet();
    private int[] base = new int[2 * LABELS]; // by node: label l leads to node base + l, if that is its child
    private int[] parent = new int[2 * LABELS]; // by node
    private int[] id = new int[2 * LABELS]; // by node

    /// The tree of some tokens, none of which is empty.
    PieceTrie(Map<String, Integer> ids) {
        Arrays.fill(parent, NO_PARENT);
        Arrays.fill(id, NO_ID);
        used.set(NOWHERE);
        used.set(ROOT);
        Entry[] entries = ids.entrySet().stream()
                .map(entry -> new Entry(labels(entry.getKey()), entry.getValue()))
                .sorted(Comparator.comparing(Entry::labels))
                .toArray(Entry[]::new);
        build(entries);
        int size = used.length() + LABELS; // any label added to any base stays inside
        base = Arrays.copyOf(base, size);
        parent = grown(parent, size, NO_PARENT);
        id = grown(id, size, NO_ID);
    }

    /// The node one character further.
    int step(int node, char character) {
        if (character < ASCII) {
            return child(node, character);
        }
        return child(child(node, ASCII + (character >> 8)), character & 0xFF);
    }

    /// The node some characters further.
    int walk(int node, CharSequence text, int start, int end) {
        int now = node;
        for (int i = start; i < end && now != NOWHERE; i++) {
            now = step(now, text.charAt(i));
        }
        return now;
    }

    /// The id of the token a node completes, or [#NO_ID].
    int id(int node) {
        return id[node];
    }

    private int child(int node, int label) {
        int next = base[node] + label;
        return parent[next] == node ? next : NOWHERE;
    }

    /// A token and its labels as the characters of a string, which sorts as they do.
    private record Entry(String labels, int id) {}

    private static String labels(String token) {
        var labels = new StringBuilder(token.length());
        for (int i = 0; i < token.length(); i++) {
            char character = token.charAt(i);
            if (character < ASCII) {
                labels.append(character);
            } else {
                labels.append((char) (ASCII + (character >> 8))).append((char) (character & 0xFF));
            }
        }
        return labels.toString();
    }

    /// Breadth first, without recursion: a token may be as long as the file it came from. The wide nodes near the
    /// root take their places first, the many narrow ones fill the holes between them.
    private void build(Entry[] entries) {
        var level = new Nodes(); // nodes of one depth, each with the sorted entries that pass through it
        level.add(ROOT, 0, entries.length);
        char[] children = new char[LABELS];
        int[] firsts = new int[LABELS + 1];
        int firstHole = 0;
        for (int depth = 0; level.size > 0; depth++) {
            var deeper = new Nodes();
            for (int n = 0; n < level.size; n++) {
                int node = level.node[n];
                int from = level.from[n];
                int to = level.to[n];
                if (from < to && entries[from].labels().length() == depth) {
                    id[node] = entries[from++].id();
                }
                int count = 0;
                for (int i = from; i < to; i++) {
                    char label = entries[i].labels().charAt(depth);
                    if (count == 0 || children[count - 1] != label) {
                        firsts[count] = i;
                        children[count++] = label;
                    }
                }
                if (count == 0) {
                    continue;
                }
                firsts[count] = to;
                firstHole = used.nextClearBit(firstHole);
                int first = place(children, count, firstHole); // before `base` is looked up: it may be replaced
                base[node] = first;
                for (int c = 0; c < count; c++) {
                    int child = first + children[c];
                    used.set(child);
                    parent[child] = node;
                    deeper.add(child, firsts[c], firsts[c + 1]);
                }
            }
            level = deeper;
        }
    }

    /// Where children with some ascending labels find room: a base such that all their nodes are free.
    private int place(char[] labels, int count, int firstHole) {
        int first = used.nextClearBit(Math.max(firstHole, labels[0]));
        for (int tries = 1; !free(first - labels[0], labels, count); tries++) {
            first = tries < TRIES ? used.nextClearBit(first + 1) : Math.max(used.length(), labels[0]);
        }
        int needed = first - labels[0] + LABELS;
        if (needed > base.length) {
            int size = Math.max(needed, base.length + (base.length >> 1));
            base = Arrays.copyOf(base, size);
            parent = grown(parent, size, NO_PARENT);
            id = grown(id, size, NO_ID);
        }
        return first - labels[0];
    }

    private boolean free(int base, char[] labels, int count) {
        for (int c = 1; c < count; c++) {
            if (used.get(base + labels[c])) {
                return false;
            }
        }
        return true;
    }

    private static int[] grown(int[] array, int size, int filler) {
        int[] larger = Arrays.copyOf(array, size);
        if (size > array.length) {
            Arrays.fill(larger, array.length, size, filler);
        }
        return larger;
    }

    private static final class Nodes {
        private int[] node = new int[16];
        private int[] from = new int[16];
        private int[] to = new int[16];
        private int size;

        void add(int newNode, int newFrom, int newTo) {
            if (size == node.length) {
                node = Arrays.copyOf(node, 2 * size);
                from = Arrays.copyOf(from, 2 * size);
                to = Arrays.copyOf(to, 2 * size);
            }
            node[size] = newNode;
            from[size] = newFrom;
            to[size++] = newTo;
        }
    }
}
