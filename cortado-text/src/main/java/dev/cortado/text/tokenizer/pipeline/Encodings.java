package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// How encodings are changed and joined, overflow included.
final class Encodings {
    /// Tokens that truncation, joining and padding may make of one input. Overflow pieces of a pair multiply, and
    /// pieces may share nearly all their tokens: without a limit a short file and a long text fill any memory.
    static final int MOST_TOKENS = 1 << 24;

    private Encodings() {}

    /// Other tokens, the same overflow.
    static Encoding map(Encoding encoding, UnaryOperator<Token> change) {
        return new Encoding(encoding.tokens().stream().map(change).toList(), encoding.overflow());
    }

    /// The same tokens, other overflow.
    static Encoding mapOverflow(Encoding encoding, UnaryOperator<Encoding> change) {
        return encoding.overflow().isEmpty()
                ? encoding
                : new Encoding(
                        encoding.tokens(),
                        encoding.overflow().stream().map(change).toList());
    }

    /// Tokens of one sequence marked as those of the first or second of a pair, in overflow also; segments of
    /// overflow stay.
    static Encoding ofSequence(Encoding encoding, int sequence) {
        Encoding typed = map(encoding, token -> token.typeId() == sequence ? token : token.withTypeId(sequence));
        return mapOverflow(
                map(typed, token -> inSequence(token, sequence)),
                piece -> map(piece, token -> inSequence(token, sequence)));
    }

    private static Token inSequence(Token token, int sequence) {
        return token.sequence().isPresent() && token.sequence().getAsInt() == sequence
                ? token
                : token.withSequence(sequence);
    }

    /// Encodings one after the other. Each overflow piece of one is joined with the others and with each of their
    /// overflow pieces, in the order and with the nesting of Hugging Face's `Encoding::merge_with`.
    ///
    /// @throws IllegalArgumentException when that makes more than [#MOST_TOKENS]
    static Encoding join(List<Encoding> encodings) {
        if (encodings.size() == 1) {
            return encodings.getFirst();
        }
        if (encodings.stream().allMatch(encoding -> encoding.overflow().isEmpty())) {
            List<Token> tokens = new ArrayList<>();
            encodings.forEach(encoding -> tokens.addAll(encoding.tokens()));
            return Encoding.of(tokens);
        }
        Encoding joined = Encoding.of(List.of());
        for (Encoding encoding : encodings) {
            joined = new Joiner().join(joined, encoding);
        }
        return joined;
    }

    private static final class Joiner {
        private long made;

        Encoding join(Encoding first, Encoding second) {
            made += first.size() + second.size() + 1L;
            if (made > MOST_TOKENS) {
                throw tooMany();
            }
            List<Encoding> overflow = new ArrayList<>();
            for (Encoding left : first.overflow()) {
                overflow.add(join(left, second));
                for (Encoding right : second.overflow()) {
                    overflow.add(join(left, right));
                }
            }
            for (Encoding right : second.overflow()) {
                overflow.add(join(first, right));
            }
            List<Token> tokens = new ArrayList<>(first.size() + second.size());
            tokens.addAll(first.tokens());
            tokens.addAll(second.tokens());
            return new Encoding(tokens, overflow);
        }
    }

    static IllegalArgumentException tooMany() {
        return new IllegalArgumentException("truncation makes overflow pieces of more than " + MOST_TOKENS
                + " tokens of this input; cut the text before, or use a larger max_length or a smaller stride");
    }
}
