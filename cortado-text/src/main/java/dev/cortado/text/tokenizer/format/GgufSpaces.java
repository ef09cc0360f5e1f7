package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.CharsMap;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a pipeline in SentencePiece's manner does to text before its model: what GGUF has keys for, found again in
/// the components it may be made of.
final class GgufSpaces {
    private static final String SPACE = "\u2581";

    private final List<String> differences;
    private Optional<CharsMap> charsMap = Optional.empty();
    private Set<String> symbols = Set.of();
    private boolean prefix;
    private boolean escape;
    private boolean strip;
    private boolean collapse;

    /// @param differences is given what GGUF cannot say
    /// @throws IllegalArgumentException when a component does what no GGUF file can say
    GgufSpaces(Pipeline pipeline, List<String> differences) {
        this.differences = differences;
        pipeline.normalizer().ifPresent(this::read);
        pipeline.preTokenizer().ifPresent(cut -> read(cut, pipeline.model().vocabulary()));
        if (!escape || strip != collapse) {
            throw new IllegalArgumentException(
                    escape
                            ? "it removes spaces at the ends of a text or within, but not both, which GGUF cannot say"
                            : "it does not write spaces as '" + SPACE + "', as SentencePiece does");
        }
    }

    private void read(Normalizer normalizer) {
        switch (normalizer) {
            case Normalizer.Sequence(List<Normalizer> steps) -> steps.forEach(this::read);
            case Normalizer.SentencePiece(SentencePieceRules rules) -> read(rules);
            case Normalizer.Precompiled(CharsMap map) -> {
                charsMap = Optional.of(map);
                differences.add("of a grapheme of several characters the first rule counts for all of it here, and"
                        + " for its own characters alone in SentencePiece and llama.cpp");
            }
            case Normalizer.Strip(boolean left, boolean right)
            when left && right -> {
                strip = true;
                differences.add(
                        "all white space at the ends of a text is dropped here, and only spaces are in llama.cpp");
            }
            case Normalizer.Replace(TextPattern.Regex pattern, String content)
            when pattern.source().equals(" {2,}") && content.equals(" ") -> collapse = true;
            case Normalizer.Replace(TextPattern.Literal pattern, String content)
            when pattern.text().equals(" ") && content.equals(SPACE) -> escape = true;
            case Normalizer.Prepend(String mark) when mark.equals(SPACE) -> prefix = true;
            default ->
                throw new IllegalArgumentException("it normalizes text by " + normalizer
                        + ", which GGUF cannot say: train it without a normalizer");
        }
    }

    private void read(SentencePieceRules rules) {
        SentencePieceRules.Whitespace whitespace = rules.whitespace();
        if (whitespace.asSuffix()) {
            throw new IllegalArgumentException("it marks spaces at the ends of words, which GGUF cannot say");
        }
        charsMap = rules.charsMap();
        symbols = rules.symbols();
        prefix = whitespace.addDummyPrefix();
        escape = whitespace.escape();
        strip = whitespace.removeExtra();
        collapse = whitespace.removeExtra();
    }

    private void read(PreTokenizer cut, Vocabulary vocabulary) {
        switch (cut) {
            case PreTokenizer.Sequence(List<PreTokenizer> steps) -> steps.forEach(step -> read(step, vocabulary));
            case PreTokenizer.WhitespaceSplit _ -> {
                strip = true;
                collapse = true;
                differences.add("white space that is no space separates words here, and is text in llama.cpp");
            }
            case PreTokenizer.Metaspace(String mark, PreTokenizer.Prepend prepend, boolean split)
            when mark.equals(SPACE) && (!split || spellsWords(vocabulary)) -> {
                escape = true;
                if (prepend != PreTokenizer.Prepend.NEVER) {
                    prefix = true;
                    if (!strip) {
                        differences.add("a text that begins with a space is given no other here, and is in llama.cpp");
                    }
                }
            }
            // Behind the normalizer there are no spaces to cut at.
            case PreTokenizer.Split(TextPattern pattern, PreTokenizer.Delimiter _, boolean _)
            when escape && pattern.equals(new TextPattern.Literal(" ")) -> {}
            default ->
                throw new IllegalArgumentException(
                        "it cuts text into words by " + cut + ", which SentencePiece's models in GGUF cannot say");
        }
    }

    /// Whether no token goes on after a space within it: then it is all one whether words are cut there.
    private static boolean spellsWords(Vocabulary vocabulary) {
        return vocabulary.ids().keySet().stream().noneMatch(token -> token.indexOf(SPACE, 1) >= 0);
    }

    /// SentencePiece's compiled rules.
    Optional<CharsMap> charsMap() {
        return charsMap;
    }

    /// Symbols that stay whole.
    Set<String> symbols() {
        return symbols;
    }

    /// Whether a text is given a space in front.
    boolean prefix() {
        return prefix;
    }

    /// Whether spaces at the ends are dropped and runs become one.
    boolean removesExtra() {
        return strip;
    }
}
