package dev.cortado.model.gguf;

import java.util.List;

/// How the elements of a tensor lie in a GGUF file, relative to the tensor of Hugging Face's name. Shapes are in
/// Hugging Face's order, the last extent fastest.
sealed interface Arrangement {
    /// As they are.
    record Same() implements Arrangement {}

    /// Rows of queries or keys in the order of neighbouring rotary pairs: with C channels per head, row (h, j,
    /// i) of [H, 2, C/2] is row (h, i, j) of the file's [H, C/2, 2]. Biases alike.
    record RotaryRows(long heads) implements Arrangement {}

    /// Rows of queries, keys and values that are joined head by head: row (h, t, c) of [H, 3, C] is row (t, h,
    /// c) of the file's [3, H, C]. Biases alike.
    record JoinedRows(long heads) implements Arrangement {}

    /// A matrix `[in, out]` that the file has as `[out, in]`.
    record Transposed() implements Arrangement {}

    /// Numbers that the file has one greater: Gemma's norms, which multiply with 1 + weight.
    record Shifted() implements Arrangement {}

    /// A matrix `[1, in]` that the file has as `[in]`.
    record SingleRow() implements Arrangement {}

    /// A matrix that is number `expert` of those stacked in the file's tensor.
    record Expert(int expert) implements Arrangement {}

    /// Which row of the file a row is.
    default long row(long row, long rows) {
        return switch (this) {
            case RotaryRows(long heads) -> {
                long channels = rows / heads;
                long inHead = row % channels;
                yield row - inHead + inHead % (channels / 2) * 2 + inHead / (channels / 2);
            }
            case JoinedRows(long heads) -> {
                long channels = rows / (3 * heads);
                yield row / channels % 3 * heads * channels + row / (3 * channels) * channels + row % channels;
            }
            default -> row;
        };
    }

    /// Which row is a row of the file: the way back of [#row].
    default long rowOfFile(long row, long rows) {
        return switch (this) {
            case RotaryRows(long heads) -> {
                long channels = rows / heads;
                long inHead = row % channels;
                yield row - inHead + inHead % 2 * (channels / 2) + inHead / 2;
            }
            case JoinedRows(long heads) -> {
                long channels = rows / (3 * heads);
                yield row / channels % heads * 3 * channels + row / (heads * channels) * channels + row % channels;
            }
            default -> row;
        };
    }

    /// Whether elements lie in the same order, so that bytes of the file can be handed out.
    default boolean inOrder() {
        return switch (this) {
            case Same _, Expert _, SingleRow _ -> true;
            case RotaryRows _, JoinedRows _, Transposed _, Shifted _ -> false;
        };
    }

    /// Whether rows of this number can be arranged so.
    default boolean fits(List<Long> shape) {
        return switch (this) {
            case Same _ -> true;
            case RotaryRows(long heads) -> !shape.isEmpty() && shape.getFirst() % (2 * heads) == 0;
            case JoinedRows(long heads) -> !shape.isEmpty() && shape.getFirst() % (3 * heads) == 0;
            case Transposed _ -> shape.size() == 2;
            case Shifted _ -> shape.size() == 1;
            case SingleRow _ -> shape.size() == 2 && shape.getFirst() == 1;
            case Expert _ -> shape.size() == 2;
        };
    }

    /// The shape of the tensor that the file has in the shape `stored`; of an expert, its own.
    default List<Long> shape(List<Long> stored) {
        return switch (this) {
            case Transposed _ -> stored.reversed();
            case SingleRow _ -> stored.size() == 1 ? List.of(1L, stored.getFirst()) : stored;
            case Same _, RotaryRows _, JoinedRows _, Shifted _, Expert _ -> stored;
        };
    }
}
