package dev.cortado.text.tokenizer.train;

import java.util.Arrays;

/// The pieces that begin at a position: a trie whose nodes are numbered level by level, so that the children of a node
/// lie side by side, in the order of their symbols. Immutable.
final class SymbolTrie {
    static final int ABSENT = -1;
    static final int ROOT = 0;

    private int[] labels = new int[1 << 10]; // symbol that leads to the node
    private int[] pieces = new int[1 << 10]; // piece that ends in the node, or ABSENT
    private int[] children = new int[1 << 10]; // first child; the last one is before the next node's first
    private int size = 1;
    private final int[] roots; // children of the root by symbol

    /// @param pieces sorted by their symbols
    SymbolTrie(Pieces pieces, Segments segments) {
        int[] symbols = segments.symbols;
        int[] firsts = new int[1 << 10]; // pieces below each node: from here …
        int[] ends = new int[1 << 10]; // … to before here
        ends[ROOT] = pieces.size();
        int depth = 0;
        int level = 1; // end of the nodes of this depth
        int node = ROOT;
        for (; node < size; node++) {
            if (node == level) {
                depth++;
                level = size;
            }
            int piece = firsts[node];
            this.pieces[node] = ABSENT;
            if (piece < ends[node] && pieces.lengths()[piece] == depth) {
                this.pieces[node] = piece++;
            }
            children[node] = size;
            while (piece < ends[node]) {
                int symbol = symbols[pieces.at()[piece] + depth];
                int first = piece;
                while (piece < ends[node] && symbols[pieces.at()[piece] + depth] == symbol) {
                    piece++;
                }
                if (size + 1 == labels.length) {
                    labels = Arrays.copyOf(labels, 2 * labels.length);
                    this.pieces = Arrays.copyOf(this.pieces, labels.length);
                    children = Arrays.copyOf(children, labels.length);
                    firsts = Arrays.copyOf(firsts, labels.length);
                    ends = Arrays.copyOf(ends, labels.length);
                }
                labels[size] = symbol;
                firsts[size] = first;
                ends[size++] = piece;
            }
        }
        children[size] = size;
        roots = new int[Arrays.stream(symbols).max().orElse(0) + 1];
        Arrays.fill(roots, ABSENT);
        for (int child = children[ROOT]; child < children[ROOT + 1]; child++) {
            roots[labels[child]] = child;
        }
    }

    /// The node a symbol leads to, or [#ABSENT].
    int child(int node, int symbol) {
        if (node == ROOT) {
            return roots[symbol];
        }
        int from = children[node];
        int to = children[node + 1];
        while (to - from > 8) {
            int middle = (from + to) >>> 1;
            if (labels[middle] <= symbol) {
                from = middle;
            } else {
                to = middle;
            }
        }
        for (int child = from; child < to; child++) {
            if (labels[child] == symbol) {
                return child;
            }
        }
        return ABSENT;
    }

    /// The piece that ends in a node, or [#ABSENT].
    int piece(int node) {
        return pieces[node];
    }
}
