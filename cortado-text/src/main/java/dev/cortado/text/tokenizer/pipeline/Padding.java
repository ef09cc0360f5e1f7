package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/// How encodings are filled up to one length (`padding` of a `tokenizer.json`).
///
/// @param length     the length; empty: that of the longest encoding of the batch
/// @param multipleOf the length is rounded up to a multiple of this; 0 is as if it were empty
/// @param left       whether the filling stands before the text
public record Padding(
        OptionalInt length, boolean left, OptionalInt multipleOf, int padId, int padTypeId, String padToken) {
    /// @throws IllegalArgumentException when a number is negative or absurdly large
    public Padding {
        requireSensible(length.orElse(0));
        requireSensible(multipleOf.orElse(0));
        if (padId < 0 || padTypeId < 0) {
            throw new IllegalArgumentException(
                    "padding with id " + padId + " and type id " + padTypeId + ": both must be 0 or more");
        }
    }

    private static void requireSensible(int length) {
        if (length < 0 || length > Encodings.MOST_TOKENS) {
            throw new IllegalArgumentException(
                    "padding to " + length + " tokens: from 0 to " + Encodings.MOST_TOKENS + " are possible");
        }
    }

    /// A batch, each encoding and its overflow filled up; longer ones stay as they are.
    List<Encoding> apply(List<Encoding> batch) {
        int target = length.orElse(batch.stream().mapToInt(Encoding::size).max().orElse(0));
        int unit = Math.max(1, multipleOf.orElse(1));
        int rounded = Math.ceilDiv(target, unit) * unit;
        return batch.stream().map(encoding -> fill(encoding, rounded)).toList();
    }

    private Encoding fill(Encoding encoding, int target) {
        if (!encoding.overflow().isEmpty() && (long) pieces(encoding) * target > Encodings.MOST_TOKENS) {
            throw Encodings.tooMany();
        }
        List<Encoding> overflow =
                encoding.overflow().stream().map(piece -> fill(piece, target)).toList();
        int missing = target - encoding.size();
        if (missing <= 0) {
            return new Encoding(encoding.tokens(), overflow);
        }
        List<Token> filling = Collections.nCopies(
                missing,
                new Token(padId, padToken, 0, 0, padTypeId, OptionalInt.empty(), OptionalInt.empty(), true, true));
        List<Token> tokens = new ArrayList<>(target);
        tokens.addAll(left ? filling : encoding.tokens());
        tokens.addAll(left ? encoding.tokens() : filling);
        return new Encoding(tokens, overflow);
    }

    private static int pieces(Encoding encoding) {
        return 1 + encoding.overflow().stream().mapToInt(Padding::pieces).sum();
    }
}
