package dev.cortado.model.arch;

/// The numbers of one of the two stacks of an encoder–decoder.
///
/// @param layers      number of blocks
/// @param heads       of attention, its own and that to the other stack
/// @param hiddenWidth width of the feed-forward layers
public record StackSizes(int layers, int heads, int hiddenWidth) {
    public StackSizes {
        EncoderSizes.require(layers > 0, "layers " + layers + " is not positive");
        EncoderSizes.require(heads > 0, "heads " + heads + " is not positive");
        EncoderSizes.require(hiddenWidth > 0, "hiddenWidth " + hiddenWidth + " is not positive");
    }
}
