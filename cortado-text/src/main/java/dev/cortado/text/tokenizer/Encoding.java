package dev.cortado.text.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A text, or a pair of texts, as tokens with everything a model's input can need.
///
/// @param tokens   the tokens in order
/// @param overflow what truncation cut off, as further encodings of at most the same length; empty without truncation.
/// Where both texts of a pair were cut, the pieces of one have those of the other as their own overflow
public record Encoding(List<Token> tokens, List<Encoding> overflow) {
    /// One token.
    ///
    /// @param id       its number in the vocabulary
    /// @param text     how the vocabulary spells it; of an added token, what stands in the text, the white space it
    /// swallowed included
    /// @param start    where in the original text it begins, in UTF-16 units, as [String#substring] takes them;
    /// 0 for a token that no text gave
    /// @param end      where it ends
    /// @param typeId   the segment a BERT-like model is told it belongs to
    /// @param word     number of the word, as the pre-tokenizer cuts them, it is part of; empty when no text
    /// gave it
    /// @param sequence which text of a pair it is from: 0 or 1; empty when no text gave it
    /// @param special  whether it stands for no text: the post-processor put it in, or it is padding
    /// @param padding  whether it only fills up a batch: the attention mask is 0 there and 1 elsewhere
    public record Token(
            int id,
            String text,
            int start,
            int end,
            int typeId,
            OptionalInt word,
            OptionalInt sequence,
            boolean special,
            boolean padding) {
        /// A token that no text gave, in a segment.
        public static Token inserted(int id, String text, int typeId) {
            return new Token(id, text, 0, 0, typeId, OptionalInt.empty(), OptionalInt.empty(), true, false);
        }

        /// The same token in another segment.
        public Token withTypeId(int other) {
            return new Token(id, text, start, end, other, word, sequence, special, padding);
        }

        /// The same token from another text of a pair.
        public Token withSequence(int other) {
            return new Token(id, text, start, end, typeId, word, OptionalInt.of(other), special, padding);
        }

        /// The same token over another range of the original text.
        public Token withRange(int from, int to) {
            return new Token(id, text, from, to, typeId, word, sequence, special, padding);
        }
    }

    /// Copies both lists.
    public Encoding {
        tokens = List.copyOf(tokens);
        overflow = List.copyOf(overflow);
    }

    /// Tokens without overflow.
    public static Encoding of(List<Token> tokens) {
        return new Encoding(tokens, List.of());
    }

    /// The number of tokens.
    public int size() {
        return tokens.size();
    }

    /// The ids alone.
    public int[] ids() {
        return tokens.stream().mapToInt(Token::id).toArray();
    }

    /// The segment of each token.
    public int[] typeIds() {
        return tokens.stream().mapToInt(Token::typeId).toArray();
    }

    /// 1 for each token that stands for no text, 0 for the others.
    public int[] specialMask() {
        return tokens.stream().mapToInt(token -> token.special() ? 1 : 0).toArray();
    }

    /// 1 for each token, 0 for padding.
    public int[] attentionMask() {
        return tokens.stream().mapToInt(token -> token.padding() ? 0 : 1).toArray();
    }

    /// Each token's range of the original text as code points, the unit of Python and of the Hugging Face
    /// libraries.
    ///
    /// @param texts the text that was encoded, or both of a pair; the range of a token from neither is (0, 0)
    public List<int[]> codePointRanges(String... texts) {
        var points = new ArrayList<int[]>();
        for (String text : texts) {
            points.add(codePointsBefore(text));
        }
        return tokens.stream()
                .map(token -> {
                    if (token.sequence().isEmpty()) {
                        return new int[] {token.start(), token.end()};
                    }
                    int[] before = points.get(token.sequence().getAsInt());
                    return new int[] {before[token.start()], before[token.end()]};
                })
                .toList();
    }

    private static int[] codePointsBefore(String text) {
        int[] before = new int[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            boolean second = i > 0 && Character.isSurrogatePair(text.charAt(i - 1), text.charAt(i));
            before[i + 1] = before[i] + (second ? 0 : 1);
        }
        return before;
    }
}
