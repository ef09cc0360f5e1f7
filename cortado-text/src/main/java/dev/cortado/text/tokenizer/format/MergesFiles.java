package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
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
import tools.jackson.databind.JsonNode;

/// The two files of byte-level BPE: the ids of the tokens (`vocab.json`, in OpenAI's GPT-2 `encoder.json`) and the
/// merges in order (`merges.txt`, `vocab.bpe`). Those of GPT-2 and of RoBERTa, which differ in their special tokens,
/// are told apart by these.
public final class MergesFiles {
    private static final List<String> SPECIALS = List.of("<|endoftext|>", "<s>", "<pad>", "</s>", "<unk>", "<mask>");

    private MergesFiles() {}

    /// The tokenizer of two files.
    ///
    /// @param vocabulary a JSON object of token to id
    /// @param merges     a pair of tokens a line; the first line may be `#version…`
    /// @throws IllegalArgumentException             when a file is damaged or a merge names or makes an unknown
    /// token
    /// @throws java.nio.file.NoSuchFileException when a file is not there
    public static TokenizerFile read(Path vocabulary, Path merges) throws IOException {
        Vocabulary tokens = vocabulary(vocabulary);
        List<Bpe.Merge> pairs = merges(merges, tokens);
        Bpe model;
        try {
            model = new Bpe(tokens, pairs, Bpe.Options.PLAIN);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(merges + " cannot be used: " + e.getMessage(), e);
        }
        var named = new SpecialNames(tokens, SPECIALS);
        boolean roberta = tokens.id("<s>").isPresent() && tokens.id("</s>").isPresent();
        Specials specials = roberta
                ? named.specials(Optional.of("<s>"), Optional.of("</s>"), Optional.of("<pad>"))
                : named.specials(Optional.of("<|endoftext|>"), Optional.of("<|endoftext|>"), Optional.empty());
        PostProcessor around = roberta
                ? new PostProcessor.Roberta(role("</s>", tokens), role("<s>", tokens), true, false)
                : new PostProcessor.ByteLevel(true, false, true);
        return new TokenizerFile(
                new Pipeline(
                        named.tokens().stream().map(MergesFiles::swallowing).toList(),
                        Optional.empty(),
                        Optional.of(new PreTokenizer.ByteLevel(false, true, true)),
                        model,
                        Optional.of(around),
                        Optional.of(new Decoder.ByteLevel(true, true, true)),
                        Optional.empty(),
                        Optional.empty()),
                specials);
    }

    private static PostProcessor.Named role(String name, Vocabulary tokens) {
        return new PostProcessor.Named(name, tokens.id(name).orElseThrow());
    }

    /// RoBERTa's mask takes the space before it along, so that it stands for a whole word.
    private static AddedToken swallowing(AddedToken token) {
        return token.content().equals("<mask>")
                ? new AddedToken(token.content(), token.id(), true, false, true, false, false)
                : token;
    }

    private static Vocabulary vocabulary(Path file) throws IOException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : JsonFiles.read(file).properties()) {
            if (!entry.getValue().isInt()) {
                throw new IllegalArgumentException(file + ": the id of token '" + entry.getKey() + "' is "
                        + entry.getValue() + ", no whole number");
            }
            ids.put(entry.getKey(), entry.getValue().intValue());
        }
        try {
            return Vocabulary.of(ids);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<Bpe.Merge> merges(Path file, Vocabulary tokens) throws IOException {
        var merges = new ArrayList<Bpe.Merge>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isEmpty() && !line.startsWith("#version")) {
                    merges.add(merge(line, merges.size(), tokens, file + " line " + number));
                }
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not UTF-8", e);
        }
        return merges;
    }

    /// A merge as files write it.
    ///
    /// @param where for errors
    static Bpe.Merge merge(String line, int rank, Vocabulary tokens, String where) {
        int space = line.indexOf(' ', 1); // a token may be a space itself
        if (space < 0 || space == line.length() - 1) {
            throw new IllegalArgumentException(where + ": '" + line + "' is not two tokens with a space between");
        }
        return new Bpe.Merge(
                id(line.substring(0, space), tokens, where), id(line.substring(space + 1), tokens, where), rank);
    }

    private static int id(String token, Vocabulary tokens, String where) {
        return tokens.id(token)
                .orElseThrow(() -> new IllegalArgumentException(where + ": '" + token + "' is not in the vocabulary"));
    }
}
