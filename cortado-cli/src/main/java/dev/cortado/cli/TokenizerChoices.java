package dev.cortado.cli;

import dev.cortado.text.tokenizer.scan.WordScanner;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// The options of `cortado tokenizer train` that say what is learned. Not every one means something for every kind of
/// tokenizer; one that does not is refused.
final class TokenizerChoices {
    /// Options that only some kinds have.
    enum Choice {
        VOCAB_SIZE,
        MIN_FREQUENCY,
        MAX_TOKEN_LENGTH,
        LIMIT_ALPHABET,
        COVERAGE,
        PATTERN,
        LOWERCASE,
        BYTE_FALLBACK;

        String option() {
            return "--" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Ids, special tokens and bytes among them; all kinds but byte need it.")
    private Optional<Integer> vocabSize = Optional.empty();

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            description = "What occurs less often becomes no token: 2 by default, 1 for char.")
    private Optional<Long> minFrequency = Optional.empty();

    @Option(
            names = "--max-token-length",
            paramLabel = "N",
            description = "Characters (bpe: bytes) of the longest token: 16 by default for bpe-sp and unigram.")
    private Optional<Integer> maxTokenLength = Optional.empty();

    @Option(
            names = "--limit-alphabet",
            paramLabel = "N",
            description = "Most characters that get tokens, the most frequent: 1000 by default for wordpiece.")
    private Optional<Integer> limitAlphabet = Optional.empty();

    @Option(
            names = "--coverage",
            paramLabel = "PART",
            description = "Part of the text that the characters with tokens cover: 0.9995 by default for bpe-sp and"
                    + " unigram.")
    private Optional<Double> coverage = Optional.empty();

    @Option(
            names = "--pattern",
            paramLabel = "NAME|REGEX",
            description =
                    "What cuts words, for bpe: gpt2 (default), gpt4, gpt4o, llama3, qwen2 or a regular expression.")
    private Optional<String> pattern = Optional.empty();

    @Option(names = "--lowercase", description = "Lower-case text and drop accents, for wordpiece.")
    private boolean lowercase;

    @Option(
            names = "--byte-fallback",
            description = "Characters without a token become tokens of their bytes, for char, bpe-sp and unigram.")
    private boolean byteFallback;

    @Option(names = "--reserved", defaultValue = "0", paramLabel = "N", description = "Special tokens for later.")
    private int reserved;

    /// A vocabulary of a size in which every character of the text has a token.
    static TokenizerChoices ofSize(int vocabSize) {
        var choices = new TokenizerChoices();
        choices.vocabSize = Optional.of(vocabSize);
        choices.coverage = Optional.of(1.0);
        return choices;
    }

    /// Refuses what means nothing for a kind, and asks for what it needs.
    void check(TokenizerKind kind) {
        given().filter(choice -> !kind.has(choice)).findFirst().ifPresent(choice -> {
            List<String> others = Stream.of(TokenizerKind.values())
                    .filter(other -> other.has(choice))
                    .map(TokenizerKind::toString)
                    .toList();
            throw new IllegalArgumentException("%s means nothing for --kind %s: it is for %s"
                    .formatted(choice.option(), kind, String.join(", ", others)));
        });
        if (kind.has(Choice.VOCAB_SIZE) && vocabSize.isEmpty()) {
            throw new IllegalArgumentException("say with --vocab-size N how many ids the tokenizer is to have");
        }
        if (minFrequency.isPresent() && minFrequency.get() < 1) {
            throw new IllegalArgumentException("--min-frequency must be at least 1, not " + minFrequency.get());
        }
    }

    private Stream<Choice> given() {
        return Stream.of(Choice.values()).filter(choice -> switch (choice) {
            case VOCAB_SIZE -> vocabSize.isPresent();
            case MIN_FREQUENCY -> minFrequency.isPresent();
            case MAX_TOKEN_LENGTH -> maxTokenLength.isPresent();
            case LIMIT_ALPHABET -> limitAlphabet.isPresent();
            case COVERAGE -> coverage.isPresent();
            case PATTERN -> pattern.isPresent();
            case LOWERCASE -> lowercase;
            case BYTE_FALLBACK -> byteFallback;
        });
    }

    OptionalInt vocabSize() {
        return optional(vocabSize);
    }

    OptionalLong minFrequency() {
        return minFrequency.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    OptionalInt maxTokenLength() {
        return optional(maxTokenLength);
    }

    OptionalInt limitAlphabet() {
        return optional(limitAlphabet);
    }

    OptionalDouble coverage() {
        return coverage.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    boolean lowercase() {
        return lowercase;
    }

    boolean byteFallback() {
        return byteFallback;
    }

    int reserved() {
        return reserved;
    }

    /// The regular expression that cuts words.
    String regex() {
        String name = pattern.orElse("gpt2");
        return switch (name) {
            case "gpt2" -> WordScanner.GPT2;
            case "gpt4" -> WordScanner.CL100K;
            case "gpt4o" -> WordScanner.O200K;
            case "llama3" -> WordScanner.LLAMA3;
            case "qwen2" -> WordScanner.QWEN2;
            default -> {
                if (name.matches("[\\w-]*")) { // a word would be cut out of the text and nothing else
                    throw new IllegalArgumentException("'" + name
                            + "' is no pattern: use gpt2, gpt4, gpt4o, llama3, qwen2 or a regular expression");
                }
                yield name;
            }
        };
    }

    private static OptionalInt optional(Optional<Integer> number) {
        return number.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
