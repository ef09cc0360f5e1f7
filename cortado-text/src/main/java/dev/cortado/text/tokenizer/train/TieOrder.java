package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.List;

/// Which of two equally frequent pairs is merged first. Implementations of BPE differ in nothing else as much.
enum TieOrder {
    /// The pair of smaller ids, left, then right: Hugging Face's.
    SMALLER_IDS {
        @Override
        int compare(long a, long b, List<String> tokens) {
            return Long.compare(a, b);
        }
    },
    /// The pair of greater strings, left, then right: subword-nmt's.
    GREATER_STRINGS {
        @Override
        int compare(long a, long b, List<String> tokens) {
            int left = compareText(tokens.get(PairIndex.left(b)), tokens.get(PairIndex.left(a)));
            return left != 0 ? left : compareText(tokens.get(PairIndex.right(b)), tokens.get(PairIndex.right(a)));
        }
    },
    /// The pair that spells the shorter token, then the lesser: SentencePiece's.
    SHORTER_TOKEN {
        @Override
        int compare(long a, long b, List<String> tokens) {
            String first = tokens.get(PairIndex.left(a)) + tokens.get(PairIndex.right(a));
            String second = tokens.get(PairIndex.left(b)) + tokens.get(PairIndex.right(b));
            int length = first.codePointCount(0, first.length()) - second.codePointCount(0, second.length());
            int text = length != 0 ? length : compareText(first, second);
            return text != 0 ? text : Long.compare(a, b);
        }
    };

    /// Negative when pair `a` comes first.
    abstract int compare(long a, long b, List<String> tokens);

    /// By code points, which is also the order of the UTF-8 bytes; [String#compareTo] sorts surrogates too low.
    static int compareText(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean beyond = Character.isSurrogate(x);
                return beyond == Character.isSurrogate(y) ? Character.compare(x, y) : beyond ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }
}
