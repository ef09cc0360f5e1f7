package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The codes of subword-nmt (Sennrich et al. 2016, arXiv:1508.07909; <https://github.com/rsennrich/subword-nmt>):
/// merges of characters within words, where the last symbol of a word ends in `</w>`. The file has no vocabulary;
/// ids are given here, in this order: `<unk>`, the characters, the merged symbols.
///
/// Files of version 0.1, which treat the end of a word as a symbol of its own, are refused.
public final class SubwordNmt {
    private static final String VERSION = "#version: 0.2";
    private static final String END = "</w>";
    private static final String UNK = "<unk>";

    private SubwordNmt() {}

    /// The tokenizer of a file of codes.
    ///
    /// @throws IllegalArgumentException             when the file is damaged or of another version
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static TokenizerFile read(Path file) throws IOException {
        Bpe model = model(file);
        return new TokenizerFile(
                new Pipeline(
                        List.of(),
                        Optional.empty(),
                        Optional.of(new PreTokenizer.CharDelimiterSplit(' ')),
                        model,
                        Optional.empty(),
                        Optional.of(new Decoder.Bpe(END)),
                        Optional.empty(),
                        Optional.empty()),
                Specials.none());
    }

    /// A line as subword-nmt's `apply-bpe` writes it: every symbol but the last of a word is followed by a
    /// separator and a space. Characters that are in no code stay as they are, as does white space at the ends.
    ///
    /// @param model of such a pipeline
    /// @param separator `@@` by default there
    public static String segment(Bpe model, String line, String separator) {
        int from = 0;
        int to = line.length();
        while (from < to && isEdge(line.charAt(from))) {
            from++;
        }
        while (to > from && isEdge(line.charAt(to - 1))) {
            to--;
        }
        var words = new ArrayList<String>();
        for (String word : line.substring(from, to).split(" ", -1)) {
            if (!word.isEmpty()) {
                words.add(symbols(model, word, separator));
            }
        }
        return line.substring(0, from) + String.join(" ", words) + line.substring(to);
    }

    private static boolean isEdge(char c) {
        return c == ' ' || c == '\r' || c == '\n';
    }

    private static String symbols(Bpe model, String word, String separator) {
        var tokens = new TokenBuffer();
        model.tokenize(word, tokens);
        var symbols = new ArrayList<String>();
        for (int i = 0; i < tokens.size(); i++) {
            symbols.add(word.substring(tokens.start(i), tokens.end(i)));
        }
        return String.join(separator + " ", symbols);
    }

    private static Bpe model(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not UTF-8", e);
        }
        if (lines.isEmpty() || !lines.getFirst().strip().equals(VERSION)) {
            throw new IllegalArgumentException(file + " does not begin with '" + VERSION
                    + "': only codes of that version can be read; learn them again with a present subword-nmt");
        }
        List<String> pairs = lines.subList(1, lines.size()).stream()
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .distinct() // of equal lines the first counts
                .toList();
        Vocabulary vocabulary = vocabulary(pairs, file);
        var merges = new ArrayList<Bpe.Merge>();
        for (String pair : pairs) {
            merges.add(MergesFiles.merge(pair, merges.size(), vocabulary, file.toString()));
        }
        var options = new Bpe.Options(
                Bpe.Options.PLAIN.dropout(), Optional.of(UNK), Optional.empty(), Optional.of(END), false, false, false);
        try {
            return new Bpe(vocabulary, merges, options);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static Vocabulary vocabulary(List<String> pairs, Path file) {
        Set<String> characters = new TreeSet<>();
        Map<String, Integer> ids = new LinkedHashMap<>();
        ids.put(UNK, 0);
        for (String pair : pairs) {
            int space = pair.indexOf(' ');
            if (space < 1 || space != pair.lastIndexOf(' ') || space == pair.length() - 1) {
                throw new IllegalArgumentException(file + ": '" + pair + "' is not two symbols with a space between");
            }
            spelled(pair.substring(0, space)).forEach(characters::add);
            spelled(pair.substring(space + 1)).forEach(characters::add);
        }
        for (String character : characters) { // any character may end a word, or not
            ids.putIfAbsent(character, ids.size());
            ids.putIfAbsent(character + END, ids.size());
        }
        for (String pair : pairs) {
            int space = pair.indexOf(' ');
            for (String symbol : List.of(pair.substring(0, space), pair.substring(space + 1), pair.replace(" ", ""))) {
                ids.putIfAbsent(symbol, ids.size());
            }
        }
        return Vocabulary.of(ids);
    }

    private static List<String> spelled(String symbol) {
        String text = symbol.endsWith(END) ? symbol.substring(0, symbol.length() - END.length()) : symbol;
        return text.codePoints().mapToObj(Character::toString).toList();
    }
}
