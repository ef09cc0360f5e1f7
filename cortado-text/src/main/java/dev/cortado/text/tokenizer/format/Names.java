package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.Truncation;

/// How `tokenizer.json` spells choices.
final class Names {
    private Names() {}

    static String of(Truncation.Strategy strategy) {
        return switch (strategy) {
            case LONGEST_FIRST -> "LongestFirst";
            case ONLY_FIRST -> "OnlyFirst";
            case ONLY_SECOND -> "OnlySecond";
        };
    }

    static String of(PreTokenizer.Delimiter delimiter) {
        return switch (delimiter) {
            case REMOVED -> "Removed";
            case ISOLATED -> "Isolated";
            case MERGED_WITH_PREVIOUS -> "MergedWithPrevious";
            case MERGED_WITH_NEXT -> "MergedWithNext";
            case CONTIGUOUS -> "Contiguous";
        };
    }

    static String of(PreTokenizer.Prepend prepend) {
        return switch (prepend) {
            case FIRST -> "first";
            case NEVER -> "never";
            case ALWAYS -> "always";
        };
    }
}
