package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.List;

/// How too long encodings are cut (`truncation` of a `tokenizer.json`).
///
/// @param fromLeft  whether the beginning is cut off, not the end
/// @param maxLength tokens at most, special ones included
/// @param stride    tokens that neighbouring overflow pieces share
public record Truncation(boolean fromLeft, int maxLength, Strategy strategy, int stride) {
    /// Which of a pair is cut.
    public enum Strategy {
        LONGEST_FIRST,
        ONLY_FIRST,
        ONLY_SECOND
    }

    /// @throws IllegalArgumentException when a number is negative
    public Truncation {
        if (maxLength < 0 || stride < 0) {
            throw new IllegalArgumentException(
                    "truncation to " + maxLength + " tokens with a stride of " + stride + ": both must be 0 or more");
        }
    }

    /// One text or a pair, cut so that together with what is added later it is short enough; what was cut off is
    /// its overflow.
    ///
    /// @param reserved how many tokens are added later
    /// @throws IllegalArgumentException when that cannot be done
    List<Encoding> apply(List<Encoding> sequences, int reserved) {
        if (reserved > maxLength) {
            throw new IllegalArgumentException("truncation to " + maxLength + " tokens leaves no room for the "
                    + reserved + " special tokens that are added");
        }
        int most = maxLength - reserved;
        int total = sequences.stream().mapToInt(Encoding::size).sum();
        if (total <= most) {
            return sequences;
        }
        if (most == 0) {
            return sequences.stream().map(sequence -> cut(sequence, 0)).toList();
        }
        return switch (strategy) {
            case LONGEST_FIRST -> longestFirst(sequences, most);
            case ONLY_FIRST -> only(0, sequences, total - most);
            case ONLY_SECOND -> only(1, sequences, total - most);
        };
    }

    private List<Encoding> longestFirst(List<Encoding> sequences, int most) {
        if (sequences.size() == 1) {
            return List.of(cut(sequences.getFirst(), most));
        }
        int first = sequences.get(0).size();
        int second = sequences.get(1).size();
        int lesser = Math.min(first, second);
        int greater = Math.max(lesser, most - lesser); // the longer one alone is cut, if that is enough
        if (lesser + greater > most) {
            lesser = most / 2;
            greater = lesser + most % 2;
        }
        return List.of(
                cut(sequences.get(0), first > second ? greater : lesser),
                cut(sequences.get(1), first > second ? lesser : greater));
    }

    private List<Encoding> only(int which, List<Encoding> sequences, int remove) {
        if (which >= sequences.size()) {
            throw new IllegalArgumentException("truncation is to cut only the second text of a pair, but there is one");
        }
        int size = sequences.get(which).size();
        if (size <= remove) {
            throw new IllegalArgumentException("truncation to " + maxLength + " tokens would have to cut " + remove
                    + " tokens from the " + (which == 0 ? "first" : "second") + " text alone, which has " + size);
        }
        List<Encoding> cut = new ArrayList<>(sequences);
        cut.set(which, cut(sequences.get(which), size - remove));
        return cut;
    }

    /// The first `most` tokens (the last, from the left), with pieces of as many as overflow. Each piece begins
    /// `most − stride` tokens farther on.
    private Encoding cut(Encoding encoding, int most) {
        int size = encoding.size();
        if (most >= size) {
            return encoding;
        }
        if (most == 0) {
            return new Encoding(List.of(), List.of(encoding));
        }
        if (stride >= most) {
            throw new IllegalArgumentException("truncation with a stride of " + stride + " to " + most
                    + " tokens makes no progress: the stride must be smaller");
        }
        int step = most - stride;
        if ((long) (size / step + 1) * most > Encodings.MOST_TOKENS) {
            throw Encodings.tooMany();
        }
        List<Encoding> pieces = new ArrayList<>();
        for (int begin = 0; ; begin += step) {
            int end = Math.min(begin + most, size);
            int from = fromLeft ? size - end : begin;
            int to = fromLeft ? size - begin : end;
            pieces.add(Encoding.of(encoding.tokens().subList(from, to)));
            if (end == size) {
                return new Encoding(pieces.getFirst().tokens(), pieces.subList(1, pieces.size()));
            }
        }
    }
}
