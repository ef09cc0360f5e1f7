package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import java.util.OptionalInt;

/// The ids of a model's tokens with roles, as its configuration has them.
///
/// @param bos begins a sequence
/// @param eos ends one: where llama.cpp stops to generate
/// @param pad fills a batch
public record GgufEnds(OptionalInt bos, OptionalInt eos, OptionalInt pad) {
    /// Those of a tokenizer.
    public static GgufEnds of(Specials specials) {
        return new GgufEnds(specials.bos(), specials.eos(), specials.pad());
    }
}
