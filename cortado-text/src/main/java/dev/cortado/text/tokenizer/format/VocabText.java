package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/// `vocab.txt`, the vocabulary of BERT and its kin: a token on each line, the first has id 0
/// (<https://github.com/google-research/bert>).
///
/// A `tokenizer_config.json` beside it says whether text is lower-cased (`do_lower_case`, yes if it does not say),
/// whether accents are stripped (`strip_accents`, as lower-casing) and whether Chinese characters are words each
/// (`tokenize_chinese_chars`, yes).
public final class VocabText {
    static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final int LONGEST_WORD = 100; // max_input_chars_per_word of BERT

    private VocabText() {}

    /// The tokenizer of a vocabulary.
    ///
    /// @throws IllegalArgumentException when a token occurs twice or `[UNK]` is missing
    /// @throws java.nio.file.NoSuchFileException when the file is not there
    public static TokenizerFile read(Path file) throws IOException {
        Path beside = file.resolveSibling("tokenizer_config.json");
        Optional<JsonNode> config = Files.exists(beside) ? Optional.of(JsonFiles.read(beside)) : Optional.empty();
        boolean lowercase = flag(config, "do_lower_case").orElse(true);
        var normalizer = new Normalizer.Bert(
                true, flag(config, "tokenize_chinese_chars").orElse(true), flag(config, "strip_accents"), lowercase);
        try {
            var model = new WordPiece(Vocabulary.of(lines(file)), "[UNK]", "##", LONGEST_WORD);
            return tokenizer(model, normalizer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /// BERT's pipeline around a model.
    static TokenizerFile tokenizer(WordPiece model, Normalizer.Bert normalizer) {
        Vocabulary vocabulary = model.vocabulary();
        var specials = new SpecialNames(vocabulary, SPECIALS);
        OptionalInt cls = vocabulary.id("[CLS]");
        OptionalInt sep = vocabulary.id("[SEP]");
        IntFunction<PostProcessor> around = id -> new PostProcessor.Bert(
                new PostProcessor.Named("[SEP]", sep.orElseThrow()), new PostProcessor.Named("[CLS]", id));
        return new TokenizerFile(
                new Pipeline(
                        specials.tokens(),
                        Optional.of(normalizer),
                        Optional.of(new PreTokenizer.Bert()),
                        model,
                        cls.isPresent() && sep.isPresent()
                                ? Optional.of(around.apply(cls.getAsInt()))
                                : Optional.empty(),
                        Optional.of(new Decoder.WordPiece("##", true)),
                        Optional.empty(),
                        Optional.empty()),
                specials.specials(Optional.empty(), Optional.empty(), Optional.of("[PAD]")));
    }

    /// The tokens; blank lines at the end count for nothing.
    private static List<String> lines(Path file) throws IOException {
        List<String> lines;
        try {
            lines = new ArrayList<>(Files.readAllLines(file));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is not UTF-8", e);
        }
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
        return lines;
    }

    private static Optional<Boolean> flag(Optional<JsonNode> config, String key) {
        return config.map(node -> node.path(key)).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
    }
}
