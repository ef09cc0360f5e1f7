package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/// `.tiktoken` files: a line for each token, its bytes in base 64 and its rank, which is its id
/// (<https://github.com/openai/tiktoken>). They hold neither the pattern that cuts words nor the special tokens;
/// those are known for OpenAI's encodings and have to be given for others.
public final class TiktokenFile {
    // Of the files OpenAI publishes (tiktoken_ext/openai_public.py).
    private static final Map<String, TiktokenEncoding> BY_SHA256 = Map.of(
            "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930", TiktokenEncoding.R50K_BASE,
            "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069", TiktokenEncoding.P50K_BASE,
            "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", TiktokenEncoding.CL100K_BASE,
            "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", TiktokenEncoding.O200K_BASE);

    private TiktokenFile() {}

    /// One of OpenAI's own files, recognized by its content.
    ///
    /// @throws IllegalArgumentException when it is another or is damaged
    public static TokenizerFile read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        TiktokenEncoding encoding = BY_SHA256.get(sha256(content));
        if (encoding == null) {
            parse(content, file); // a damaged file should say so
            throw new IllegalArgumentException(file
                    + " is none of the rank files that are known by content; name its encoding: "
                    + TiktokenEncoding.KNOWN.stream()
                            .map(TiktokenEncoding::name)
                            .collect(Collectors.joining(", "))
                    + ", or another's pattern and special tokens");
        }
        return tokenizer(parse(content, file), encoding, file);
    }

    /// A file of any encoding.
    ///
    /// @throws IllegalArgumentException when it is damaged or a special token has the id of another token
    public static TokenizerFile read(Path file, TiktokenEncoding encoding) throws IOException {
        return tokenizer(parse(Files.readAllBytes(file), file), encoding, file);
    }

    private static TokenizerFile tokenizer(SequencedMap<String, Integer> ranks, TiktokenEncoding encoding, Path file) {
        Set<Integer> taken = Set.copyOf(ranks.values());
        encoding.specials().forEach((special, id) -> {
            if (taken.contains(id)) {
                throw new IllegalArgumentException(file + " has a token with id " + id + ", which is that of " + special
                        + " in " + encoding.name() + ": it is a file of another encoding");
            }
        });
        Vocabulary vocabulary = vocabulary(ranks, file);
        var model = new Bpe(vocabulary, merges(vocabulary), WHOLE_WORDS);
        List<AddedToken> added = encoding.specials().entrySet().stream()
                .map(special -> AddedToken.special(special.getKey(), special.getValue()))
                .toList();
        OptionalInt eos = encoding.specials().containsKey("<|endoftext|>")
                ? OptionalInt.of(encoding.specials().get("<|endoftext|>"))
                : OptionalInt.empty();
        return new TokenizerFile(
                byteLevel(model, added, List.of(encoding.pattern())),
                new Specials(encoding.specials(), eos, eos, OptionalInt.empty()));
    }

    /// tiktoken looks a word up before it merges anything.
    static final Bpe.Options WHOLE_WORDS = new Bpe.Options(
            Bpe.Options.PLAIN.dropout(), Optional.empty(), Optional.empty(), Optional.empty(), false, false, true);

    /// A pipeline whose words are found by patterns, one after the other, and spelled in the byte alphabet.
    static Pipeline byteLevel(Bpe model, List<AddedToken> added, List<String> patterns) {
        var steps = new ArrayList<PreTokenizer>();
        for (String pattern : patterns) {
            steps.add(new PreTokenizer.Split(new TextPattern.Regex(pattern), PreTokenizer.Delimiter.ISOLATED, false));
        }
        steps.add(new PreTokenizer.ByteLevel(false, true, false));
        return new Pipeline(
                added,
                Optional.empty(),
                Optional.of(new PreTokenizer.Sequence(steps)),
                model,
                Optional.of(new PostProcessor.ByteLevel(true, false, true)),
                Optional.of(new Decoder.ByteLevel(true, true, true)),
                Optional.empty(),
                Optional.empty());
    }

    private static Vocabulary vocabulary(SequencedMap<String, Integer> ranks, Path file) {
        Vocabulary vocabulary;
        try {
            vocabulary = Vocabulary.of(ranks);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        for (int b = 0; b < 256; b++) {
            if (vocabulary.id(Character.toString(ByteAlphabet.character(b))).isEmpty()) {
                throw new IllegalArgumentException(
                        "%s has no token for byte 0x%02X: not every text could be encoded".formatted(file, b));
            }
        }
        return vocabulary;
    }

    private static List<Bpe.Merge> merges(Vocabulary vocabulary) {
        var ids = new ArrayList<Integer>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.token(id).isPresent()) {
                ids.add(id);
            }
        }
        return new RankedMerges(vocabulary, _ -> true).of(ids);
    }

    /// The ids of the tokens, spelled in the byte alphabet.
    private static SequencedMap<String, Integer> parse(byte[] content, Path file) {
        var ranks = new LinkedHashMap<String, Integer>();
        String[] lines = new String(content, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isEmpty()) {
                try {
                    addLine(lines[i], ranks);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            file + " is no tiktoken file: line " + (i + 1) + " " + e.getMessage(), e);
                }
            }
        }
        if (ranks.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no tokens");
        }
        return ranks;
    }

    private static void addLine(String line, Map<String, Integer> ranks) {
        int space = line.indexOf(' ');
        if (space < 1) {
            throw new IllegalArgumentException("is not a token in base 64, a space and a rank");
        }
        int rank;
        byte[] token;
        try {
            rank = Integer.parseInt(line, space + 1, line.length(), 10);
            token = Base64.getDecoder().decode(line.substring(0, space));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not a token in base 64, a space and a rank: " + e.getMessage(), e);
        }
        var spelled = new StringBuilder(token.length);
        for (byte b : token) {
            spelled.append(ByteAlphabet.character(b & 0xFF));
        }
        if (spelled.isEmpty() || rank < 0 || ranks.putIfAbsent(spelled.toString(), rank) != null) {
            throw new IllegalArgumentException("holds an empty token, one that was there before, or a negative rank");
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
