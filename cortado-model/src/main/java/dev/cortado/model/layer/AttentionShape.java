package dev.cortado.model.layer;

/// How an attention layer's channels are divided.
///
/// @param heads   query heads
/// @param kvHeads key/value heads; divides `heads`
/// @param headDim channels per head
public record AttentionShape(int heads, int kvHeads, int headDim) {
    public AttentionShape {
        if (kvHeads < 1 || heads % kvHeads != 0 || headDim < 1) {
            throw new IllegalArgumentException(
                    heads + " heads of " + headDim + " channels cannot share " + kvHeads + " key/value heads");
        }
    }

    /// As many key/value heads as query heads.
    public static AttentionShape of(int heads, int headDim) {
        return new AttentionShape(heads, heads, headDim);
    }

    /// Channels of all queries together.
    public long queryWidth() {
        return (long) heads * headDim;
    }

    /// Channels of all keys, or all values, together.
    public long keyWidth() {
        return (long) kvHeads * headDim;
    }
}
