package dev.cortado.text.tokenizer.pipeline;

import java.util.OptionalInt;

/// How encodings are filled up to one length (`padding` of a `tokenizer.json`).
///
/// @param length     the length; empty: that of the longest encoding of the batch
/// @param multipleOf the length is rounded up to a multiple of this
/// @param left       whether the filling stands before the text
public record Padding(
        OptionalInt length, boolean left, OptionalInt multipleOf, int padId, int padTypeId, String padToken) {}
