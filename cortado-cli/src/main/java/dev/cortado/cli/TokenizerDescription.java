package dev.cortado.cli;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Template.SequencePart;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Template.SpecialPart;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a tokenizer does, in words: each part as steps in the order in which they are done.
record TokenizerDescription(
        List<String> normalizer,
        List<String> preTokenizer,
        List<String> model,
        List<String> postProcessor,
        List<String> decoder,
        List<String> limits) {
    static TokenizerDescription of(Pipeline pipeline) {
        List<String> limits = new ArrayList<>();
        pipeline.truncation().ifPresent(cut -> limits.add("truncates to %,d tokens".formatted(cut.maxLength())));
        pipeline.padding().ifPresent(padding -> limits.add("pads with '" + padding.padToken() + "'"));
        return new TokenizerDescription(
                steps(pipeline.normalizer().stream().flatMap(TokenizerDescription::flat), TokenizerDescription::words),
                steps(
                        pipeline.preTokenizer().stream().flatMap(TokenizerDescription::flat),
                        TokenizerDescription::words),
                words(pipeline.model()),
                steps(
                        pipeline.postProcessor().stream().flatMap(TokenizerDescription::flat),
                        TokenizerDescription::words),
                steps(pipeline.decoder().stream().flatMap(TokenizerDescription::flat), TokenizerDescription::words),
                limits);
    }

    /// A line for each part there is.
    String text() {
        return Stream.of(
                        line("normalizer", normalizer),
                        line("pre-tokenizer", preTokenizer),
                        line("model", model),
                        line("post-processor", postProcessor),
                        line("decoder", decoder),
                        line("limits", limits))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static Optional<String> line(String name, List<String> steps) {
        return steps.isEmpty()
                ? Optional.empty()
                : Optional.of("%-15s %s".formatted(name + ":", String.join(" → ", steps)));
    }

    /// What the tokenizer is called.
    static String kind(Pipeline pipeline) {
        return switch (pipeline.model()) {
            case Bpe bpe when byteLevel(pipeline) -> bpe.merges().isEmpty() ? "bytes" : "byte-level BPE";
            case Bpe bpe -> bpe.merges().isEmpty() ? "characters" : "BPE";
            case Unigram _ -> "Unigram";
            case WordPiece _ -> "WordPiece";
            case WordLevel _ -> "WordLevel";
        };
    }

    /// Whether the model sees bytes, spelled as the characters of the byte alphabet.
    static boolean byteLevel(Pipeline pipeline) {
        return pipeline.normalizer().stream()
                        .flatMap(TokenizerDescription::flat)
                        .anyMatch(Normalizer.ByteLevel.class::isInstance)
                || pipeline.preTokenizer().stream()
                        .flatMap(TokenizerDescription::flat)
                        .anyMatch(PreTokenizer.ByteLevel.class::isInstance);
    }

    private static <T> List<String> steps(Stream<T> parts, java.util.function.Function<T, String> words) {
        return parts.map(words).toList();
    }

    private static Stream<Normalizer> flat(Normalizer normalizer) {
        return normalizer instanceof Normalizer.Sequence(List<Normalizer> all)
                ? all.stream().flatMap(TokenizerDescription::flat)
                : Stream.of(normalizer);
    }

    private static Stream<PreTokenizer> flat(PreTokenizer preTokenizer) {
        return preTokenizer instanceof PreTokenizer.Sequence(List<PreTokenizer> all)
                ? all.stream().flatMap(TokenizerDescription::flat)
                : Stream.of(preTokenizer);
    }

    private static Stream<PostProcessor> flat(PostProcessor processor) {
        return processor instanceof PostProcessor.Sequence(List<PostProcessor> all)
                ? all.stream().flatMap(TokenizerDescription::flat)
                : Stream.of(processor);
    }

    private static Stream<Decoder> flat(Decoder decoder) {
        return decoder instanceof Decoder.Sequence(List<Decoder> all)
                ? all.stream().flatMap(TokenizerDescription::flat)
                : Stream.of(decoder);
    }

    private static String words(Normalizer normalizer) {
        return switch (normalizer) {
            case Normalizer.UnicodeForm unicode -> "Unicode " + unicode.form();
            case Normalizer.Lowercase _ -> "lower case";
            case Normalizer.StripAccents _ -> "no accents";
            case Normalizer.Strip strip -> "no white space " + ends(strip.left(), strip.right());
            case Normalizer.Bert bert ->
                "BERT's cleaning ("
                        + listed(
                                bert.cleanText() ? "no control characters" : "",
                                bert.handleChineseChars() ? "Chinese characters apart" : "",
                                bert.lowercase() ? "lower case" : "",
                                bert.stripAccents().orElse(bert.lowercase()) ? "no accents" : "")
                        + ")";
            case Normalizer.Replace replace -> words(replace.pattern()) + " becomes '" + replace.content() + "'";
            case Normalizer.Prepend prepend -> "'" + prepend.prefix() + "' before the text";
            case Normalizer.Nmt _ -> "control characters as NMT has them";
            case Normalizer.Precompiled precompiled ->
                "compiled rules (%,d bytes)".formatted(precompiled.charsMap().blob().length);
            case Normalizer.ByteLevel _ -> "bytes as characters";
            case Normalizer.SentencePiece piece -> words(piece.rules());
            case Normalizer.Sequence sequence ->
                sequence.normalizers().stream().map(TokenizerDescription::words).collect(Collectors.joining(", "));
        };
    }

    private static String words(SentencePieceRules rules) {
        SentencePieceRules.Whitespace space = rules.whitespace();
        return "SentencePiece's rules ("
                + listed(
                        rules.charsMap()
                                .map(map -> "compiled rules of %,d bytes".formatted(map.blob().length))
                                .orElse(""),
                        space.removeExtra() ? "no extra spaces" : "",
                        space.addDummyPrefix() ? "a space before the text" : "",
                        space.escape() ? "' ' becomes '▁'" : "",
                        space.asSuffix() ? "spaces after words" : "")
                + ")";
    }

    private static String words(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case PreTokenizer.ByteLevel bytes ->
                listed(
                        bytes.addPrefixSpace() ? "a space before the text" : "",
                        bytes.useRegex() ? "words as GPT-2 cuts them" : "",
                        "bytes as characters");
            case PreTokenizer.Whitespace _ -> "words of \\w+ or [^\\w\\s]+";
            case PreTokenizer.WhitespaceSplit _ -> "words between white space";
            case PreTokenizer.Bert _ -> "words between white space and punctuation";
            case PreTokenizer.Metaspace space ->
                listed(
                        "' ' becomes '" + space.replacement() + "'",
                        switch (space.prepend()) {
                            case ALWAYS -> "one before each text";
                            case FIRST -> "one before the first text";
                            case NEVER -> "";
                        },
                        space.split() ? "words begin there" : "");
            case PreTokenizer.Punctuation punctuation -> "at punctuation, " + name(punctuation.behavior());
            case PreTokenizer.Digits digits -> digits.individual() ? "each digit alone" : "digits apart";
            case PreTokenizer.Split split ->
                "%s %s, %s"
                        .formatted(split.invert() ? "between" : "at", words(split.pattern()), name(split.behavior()));
            case PreTokenizer.CharDelimiterSplit split -> "at '" + Character.toString(split.delimiter()) + "', removed";
            case PreTokenizer.UnicodeScripts _ -> "where the script changes";
            case PreTokenizer.FixedLength fixed -> "every %,d characters".formatted(fixed.length());
            case PreTokenizer.Sequence sequence ->
                sequence.preTokenizers().stream()
                        .map(TokenizerDescription::words)
                        .collect(Collectors.joining(", "));
        };
    }

    private static List<String> words(Model model) {
        String size = "%,d tokens".formatted(model.vocabulary().ids().size());
        return List.of(
                switch (model) {
                    case Bpe bpe ->
                        "BPE of "
                                + listed(
                                        size,
                                        "%,d merges".formatted(bpe.merges().size()),
                                        quoted("unknown is ", bpe.options().unk()),
                                        quoted("continued by ", bpe.options().continuingSubwordPrefix()),
                                        quoted("ended by ", bpe.options().endOfWordSuffix()),
                                        bpe.options().byteFallback() ? "unknown characters as bytes" : "",
                                        bpe.options().ignoreMerges() ? "whole words first" : "");
                    case Unigram unigram ->
                        "Unigram of " + listed(size, unigram.byteFallback() ? "unknown characters as bytes" : "");
                    case WordPiece piece ->
                        "WordPiece of " + size + ", unknown is '" + piece.unk() + "', continued by '" + piece.prefix()
                                + "', words of up to " + piece.maxChars() + " characters";
                    case WordLevel word -> "words, " + size + ", unknown is '" + word.unk() + "'";
                });
    }

    private static String words(PostProcessor processor) {
        return switch (processor) {
            case PostProcessor.Bert bert ->
                bert.cls().text() + " A " + bert.sep().text();
            case PostProcessor.Roberta roberta ->
                roberta.cls().text() + " A " + roberta.sep().text();
            case PostProcessor.ByteLevel bytes ->
                bytes.trimOffsets() ? "offsets without spaces" : "offsets with spaces";
            case PostProcessor.Template template ->
                template.single().stream()
                        .map(part -> switch (part) {
                            case SequencePart sequence -> sequence.second() ? "B" : "A";
                            case SpecialPart special -> special.name();
                        })
                        .collect(Collectors.joining(" "));
            case PostProcessor.Sequence sequence ->
                sequence.processors().stream().map(TokenizerDescription::words).collect(Collectors.joining(", "));
        };
    }

    private static String words(Decoder decoder) {
        return switch (decoder) {
            case Decoder.ByteLevel _ -> "characters as bytes";
            case Decoder.WordPiece piece ->
                "spaces between words, '" + piece.prefix() + "' goes on with one"
                        + (piece.cleanup() ? ", cleaned up" : "");
            case Decoder.Metaspace space -> "'" + space.replacement() + "' becomes ' '";
            case Decoder.ByteFallback _ -> "<0x..> as bytes";
            case Decoder.Bpe bpe -> "'" + bpe.suffix() + "' becomes ' '";
            case Decoder.Ctc ctc -> "CTC with padding '" + ctc.padToken() + "'";
            case Decoder.Fuse _ -> "joined";
            case Decoder.Strip strip ->
                "'%s' off (%d before, %d after)".formatted(strip.content(), strip.start(), strip.stop());
            case Decoder.Replace replace -> words(replace.pattern()) + " becomes '" + replace.content() + "'";
            case Decoder.Sequence sequence ->
                sequence.decoders().stream().map(TokenizerDescription::words).collect(Collectors.joining(", "));
        };
    }

    private static String words(TextPattern pattern) {
        return switch (pattern) {
            case TextPattern.Literal(String text) -> "'" + text + "'";
            case TextPattern.Regex regex -> "/" + regex.source() + "/";
        };
    }

    private static String name(PreTokenizer.Delimiter behavior) {
        return behavior.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String ends(boolean left, boolean right) {
        return left && right ? "at both ends" : left ? "before the text" : "after the text";
    }

    private static String quoted(String before, Optional<String> name) {
        return name.map(it -> before + "'" + it + "'").orElse("");
    }

    private static String listed(String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }
}
