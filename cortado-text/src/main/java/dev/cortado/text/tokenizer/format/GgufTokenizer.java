package dev.cortado.text.tokenizer.format;

import dev.cortado.text.gguf.Gguf;
import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Role;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.CharsMap;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The vocabulary inside a GGUF file (`tokenizer.ggml.*`), used as llama.cpp uses it: its `llama` (SentencePiece's
/// BPE), `gpt2` (byte-level BPE), `bert` (WordPiece) and `t5` (SentencePiece's unigram) tokenizers. User-defined
/// tokens are found in every text, control tokens in trusted text only.
public final class GgufTokenizer {
    static final String KEYS = "tokenizer.ggml.";
    static final String SPACE = "\u2581";
    static final int LONGEST_WORD = 100; // of BERT

    private final Gguf file;
    private final List<String> tokens;
    private final List<Role> roles;

    private GgufTokenizer(Gguf file) {
        this.file = file;
        List<String> named = file.texts(KEYS + "tokens")
                .orElseThrow(() -> new IllegalArgumentException("it holds no vocabulary (" + KEYS + "tokens)"));
        tokens = IntStream.range(0, named.size())
                .mapToObj(id -> named.get(id).isEmpty() ? "[EMPTY_" + id + "]" : named.get(id))
                .toList();
        Optional<GgufValue.Numbers> types = numbers("token_type");
        roles = IntStream.range(0, tokens.size())
                .mapToObj(id -> types.map(t -> role(t.whole(id))).orElse(Role.NORMAL))
                .toList();
    }

    /// The tokenizer of a file.
    ///
    /// @throws IllegalArgumentException             when it has none, or one that is damaged or not supported
    /// @throws java.nio.file.NoSuchFileException when the file is not there
    public static TokenizerFile read(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return of(Gguf.open(file, arena));
        }
    }

    /// The tokenizer of an open file, which it does not need any more afterwards.
    ///
    /// @throws IllegalArgumentException when it has none, or one that is damaged or not supported
    public static TokenizerFile of(Gguf file) {
        try {
            String model = file.text(KEYS + "model").orElse("none");
            return switch (model) {
                case "llama" -> new GgufTokenizer(file).llama();
                case "gpt2" -> new GgufTokenizer(file).gpt2();
                case "bert" -> new GgufTokenizer(file).bert();
                case "t5" -> new GgufTokenizer(file).t5();
                default ->
                    throw new IllegalArgumentException("its tokenizer (" + KEYS + "model) is '" + model
                            + "'; llama, gpt2, bert and t5 can be read");
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file.file() + " gives no tokenizer: " + e.getMessage(), e);
        }
    }

    /// SentencePiece's BPE: of all neighbours those that spell the token of best score are joined; spaces are
    /// kept, and one is put before every stretch of text.
    private TokenizerFile llama() {
        Ends ends = ends(OptionalInt.of(1), OptionalInt.of(2), OptionalInt.empty());
        OptionalInt unk = id("unknown_token_id", OptionalInt.of(0));
        GgufValue.Numbers scores = numbers("scores")
                .orElseThrow(() -> new IllegalArgumentException("it holds no scores (" + KEYS + "scores)"));
        Set<Integer> usable = new HashSet<>();
        for (int id = 0; id < tokens.size(); id++) {
            requireNumber(scores.real(id), id);
            Role role = roles.get(id);
            if (role == Role.NORMAL || role == Role.USER_DEFINED || role == Role.UNUSED) {
                usable.add(id);
            }
        }
        Vocabulary vocabulary = Vocabulary.of(tokens);
        List<Integer> ranked = usable.stream()
                .filter(id -> tokens.get(id).codePointCount(0, tokens.get(id).length()) > 1)
                .sorted(Comparator.<Integer>comparingDouble(id -> -scores.real(id))
                        .thenComparingInt(id -> id))
                .toList();
        var options = new Bpe.Options(
                Bpe.Options.PLAIN.dropout(),
                unk.isPresent() ? Optional.of(tokens.get(unk.getAsInt())) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                true,
                false);
        boolean prefix = flag("add_space_prefix", true);
        var normalizers = new ArrayList<Normalizer>();
        if (prefix) {
            normalizers.add(new Normalizer.Prepend(SPACE));
        }
        normalizers.add(new Normalizer.Replace(new TextPattern.Literal(" "), SPACE));
        var decoders = new ArrayList<Decoder>(List.of(
                new Decoder.Replace(new TextPattern.Literal(SPACE), " "),
                new Decoder.ByteFallback(),
                new Decoder.Fuse()));
        if (prefix) {
            decoders.add(new Decoder.Strip(" ", 1, 0));
        }
        return tokenizer(
                new Pipeline(
                        added(ends, tokens::get),
                        Optional.of(new Normalizer.Sequence(normalizers)),
                        Optional.empty(),
                        new Bpe(vocabulary, new RankedMerges(vocabulary, usable::contains).of(ranked), options),
                        frame(ends, true, false),
                        Optional.of(new Decoder.Sequence(decoders)),
                        Optional.empty(),
                        Optional.empty()),
                ends);
    }

    private TokenizerFile gpt2() {
        Ends ends = ends(OptionalInt.of(11), OptionalInt.of(11), OptionalInt.empty());
        GgufPatterns.Rule rule = GgufPatterns.of(file.text(KEYS + "pre").orElse(""));
        Vocabulary vocabulary = Vocabulary.of(tokens);
        List<String> lines = file.texts(KEYS + "merges")
                .orElseThrow(() -> new IllegalArgumentException("it holds no merges (" + KEYS + "merges)"));
        var merges = new ArrayList<Bpe.Merge>();
        for (String line : lines) {
            merges.add(MergesFiles.merge(line, merges.size(), vocabulary, "merge " + merges.size()));
        }
        var model = new Bpe(vocabulary, merges, rule.ignoreMerges() ? TiktokenFile.WHOLE_WORDS : Bpe.Options.PLAIN);
        Pipeline pipeline = TiktokenFile.byteLevel(model, added(ends, tokens::get), rule.patterns());
        return tokenizer(
                new Pipeline(
                        pipeline.addedTokens(),
                        pipeline.normalizer(),
                        pipeline.preTokenizer(),
                        model,
                        frame(ends, rule.addsBos(), false).or(pipeline::postProcessor),
                        pipeline.decoder(),
                        Optional.empty(),
                        Optional.empty()),
                ends);
    }

    /// WordPiece. llama.cpp's converter turned the marks around: what begins a word has `▁`, what continues one
    /// has no mark instead of `##`.
    private TokenizerFile bert() {
        Ends ends = ends(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(0));
        OptionalInt cls = id("cls_token_id", id("bos_token_id", OptionalInt.of(101)));
        OptionalInt sep = id("seperator_token_id", id("separator_token_id", OptionalInt.of(102))); // sic
        OptionalInt unk = id("unknown_token_id", OptionalInt.of(100));
        boolean turned = tokens.stream().noneMatch(token -> token.startsWith("##"));
        Vocabulary vocabulary = Vocabulary.of(
                turned ? tokens.stream().map(GgufTokenizer::turnedBack).toList() : tokens);
        boolean lowercase = flag("normalizer.lowercase", true);
        var normalizer = new Normalizer.Bert(true, true, file.bool(KEYS + "normalizer.strip_accents"), lowercase);
        String unknown = vocabulary
                .token(unk.orElse(-1))
                .orElseThrow(() -> new IllegalArgumentException("it names no token for unknown words"));
        Optional<PostProcessor> around = cls.isPresent() && sep.isPresent()
                ? Optional.of(
                        new PostProcessor.Bert(named(sep.getAsInt(), vocabulary), named(cls.getAsInt(), vocabulary)))
                : Optional.empty();
        return tokenizer(
                new Pipeline(
                        added(ends, id -> vocabulary.token(id).orElseThrow()),
                        Optional.of(normalizer),
                        Optional.of(new PreTokenizer.Bert()),
                        new WordPiece(vocabulary, unknown, "##", LONGEST_WORD),
                        around,
                        Optional.of(new Decoder.WordPiece("##", true)),
                        Optional.empty(),
                        Optional.empty()),
                ends);
    }

    static String turnedBack(String token) {
        if (token.startsWith(SPACE)) {
            return token.length() == 1 ? token : token.substring(1);
        }
        return token.startsWith("[") && token.endsWith("]") ? token : "##" + token;
    }

    private TokenizerFile t5() {
        Ends ends = ends(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(0));
        GgufValue.Numbers scores = numbers("scores")
                .orElseThrow(() -> new IllegalArgumentException("it holds no scores (" + KEYS + "scores)"));
        OptionalInt unk = id("unknown_token_id", OptionalInt.of(2));
        boolean marked = roles.contains(Role.UNKNOWN);
        var pieces = new ArrayList<SentencePieceProto.Piece>();
        for (int id = 0; id < tokens.size(); id++) {
            requireNumber(scores.real(id), id);
            Role role = !marked && id == unk.orElse(-1) ? Role.UNKNOWN : roles.get(id);
            pieces.add(new SentencePieceProto.Piece(tokens.get(id), (float) scores.real(id), role));
        }
        Optional<CharsMap> charsMap = file.numbers(KEYS + "precompiled_charsmap")
                .flatMap(bytes -> SentencePieceProto.charsMap(bytes.toByteArray()));
        var normalization = new SentencePieceProto.Normalization(
                charsMap, flag("add_space_prefix", false), flag("remove_extra_whitespaces", false), true);
        var proto = new SentencePieceProto(pieces, SentencePieceProto.Trainer.DEFAULT, normalization);
        return tokenizer(SentencePieceModel.pipeline(proto, frame(ends, false, true)), ends);
    }

    /// The tokens with roles.
    private record Ends(OptionalInt bos, OptionalInt eos, OptionalInt pad) {
        boolean contains(int id) {
            return OptionalInt.of(id).equals(bos)
                    || OptionalInt.of(id).equals(eos)
                    || OptionalInt.of(id).equals(pad);
        }
    }

    private Ends ends(OptionalInt bos, OptionalInt eos, OptionalInt pad) {
        return new Ends(id("bos_token_id", bos), id("eos_token_id", eos), id("padding_token_id", pad));
    }

    private Optional<PostProcessor> frame(Ends ends, boolean bosByDefault, boolean eosByDefault) {
        boolean begins = flag("add_bos_token", bosByDefault) && ends.bos.isPresent();
        boolean stops = flag("add_eos_token", eosByDefault) && ends.eos.isPresent();
        return new Frame(
                        begins ? Optional.of(named(ends.bos.getAsInt())) : Optional.empty(),
                        stops ? Optional.of(named(ends.eos.getAsInt())) : Optional.empty())
                .postProcessor();
    }

    private static PostProcessor.Named named(int id, Vocabulary vocabulary) {
        return new PostProcessor.Named(vocabulary.token(id).orElseThrow(), id);
    }

    private PostProcessor.Named named(int id) {
        return new PostProcessor.Named(tokens.get(id), id);
    }

    private List<AddedToken> added(Ends ends, IntFunction<String> names) {
        // Nothing in the file says that Phi-3's tokens swallow the white space after them: llama.cpp goes by
        // the name.
        String name = file.text("general.name").orElse("").toLowerCase(Locale.ROOT);
        boolean phi3 = name.contains("phi-3") || name.contains("phi3");
        var added = new ArrayList<AddedToken>();
        for (int id = 0; id < tokens.size(); id++) {
            Role role = roles.get(id);
            boolean special = role == Role.CONTROL || role == Role.UNKNOWN || ends.contains(id);
            if (special || role == Role.USER_DEFINED) {
                String token = names.apply(id);
                boolean swallows =
                        phi3 && !List.of("<unk>", "<s>", "<|endoftext|>").contains(token);
                added.add(new AddedToken(token, id, special, false, false, swallows, false));
            }
        }
        return added;
    }

    private TokenizerFile tokenizer(Pipeline pipeline, Ends ends) {
        var ids = new LinkedHashMap<String, Integer>();
        for (AddedToken token : pipeline.addedTokens()) {
            if (token.special()) {
                ids.put(token.content(), token.id());
            }
        }
        return new TokenizerFile(pipeline, new Specials(ids, ends.bos, ends.eos, ends.pad));
    }

    /// The id a key names; an id that no token has counts for nothing, as in llama.cpp: files write "none" so.
    private OptionalInt id(String key, OptionalInt otherwise) {
        long id = file.whole(KEYS + key).orElse(otherwise.orElse(-1));
        return id >= 0 && id < tokens.size() ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

    private boolean flag(String key, boolean otherwise) {
        return file.bool(KEYS + key).orElse(otherwise);
    }

    /// An array with a number for each token.
    private Optional<GgufValue.Numbers> numbers(String key) {
        Optional<GgufValue.Numbers> numbers = file.numbers(KEYS + key);
        if (numbers.isPresent() && numbers.get().count() < tokens.size()) {
            throw new IllegalArgumentException(
                    KEYS + key + " has " + numbers.get().count() + " numbers for " + tokens.size() + " tokens");
        }
        return numbers;
    }

    /// What is out of range is of no kind, which llama.cpp treats as text.
    private static Role role(long type) {
        return type >= 1 && type <= Role.values().length ? Role.of((int) type) : Role.NORMAL;
    }

    private void requireNumber(double score, int id) {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("the score of token '" + tokens.get(id) + "' is " + score);
        }
    }
}
