package dev.cortado.model.arch;

/// The numbers of one of the two stacks of an encoder–decoder.
///
/// @param layers      number of blocks
/// @param heads       of attention, its own and that to the other stack
/// @param hiddenWidth width of the feed-forward layers
public record StackSizes(int layers, int heads, int hiddenWidth) {
    public StackSizes {
        Numbers.positive("layers", layers);
        Numbers.positive("heads", heads);
        Numbers.positive("hiddenWidth", hiddenWidth);
    }
}
