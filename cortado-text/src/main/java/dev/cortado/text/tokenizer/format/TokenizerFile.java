package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.pipeline.Pipeline;

/// What a tokenizer's file says, whatever its format.
///
/// @param pipeline how text becomes tokens
/// @param specials the special tokens and their roles
public record TokenizerFile(Pipeline pipeline, Specials specials) {}
