package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.CharsMap;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Padding;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import dev.cortado.text.tokenizer.pipeline.Truncation;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;

/// From the JSON of a `tokenizer.json` to a pipeline, its model and post-processor aside ([ModelReader],
/// [PostProcessorReader]). A key is required where the
/// library requires it.
final class PipelineReader {
    private static final int DEFAULT_FIXED_LENGTH = 5;

    private PipelineReader() {}

    static Pipeline pipeline(Place root) {
        root.object(
                "version",
                "truncation",
                "padding",
                "added_tokens",
                "normalizer",
                "pre_tokenizer",
                "post_processor",
                "decoder",
                "model");
        Place version = root.at("version");
        if (!version.isAbsent() && !version.string().equals("1.0")) {
            throw version.wrong("\"1.0\", the only version there is");
        }
        return new Pipeline(
                root.at("added_tokens").optional(PipelineReader::addedTokens).orElse(List.of()),
                root.at("normalizer").optional(PipelineReader::normalizer),
                root.at("pre_tokenizer").optional(PipelineReader::preTokenizer),
                ModelReader.model(root.at("model")),
                root.at("post_processor").optional(PostProcessorReader::postProcessor),
                root.at("decoder").optional(PipelineReader::decoder),
                root.at("truncation").optional(PipelineReader::truncation),
                root.at("padding").optional(PipelineReader::padding));
    }

    private static List<AddedToken> addedTokens(Place place) {
        List<AddedToken> tokens = new ArrayList<>();
        for (Place token : place.list()) {
            token.object("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            tokens.add(new AddedToken(
                    token.at("content").string(),
                    token.at("id").count(),
                    token.at("special").flag(),
                    token.at("normalized").flag(),
                    token.at("lstrip").flag(),
                    token.at("rstrip").flag(),
                    token.at("single_word").flag()));
        }
        tokens.sort(Comparator.comparingInt(AddedToken::id));
        return tokens;
    }

    private static Truncation truncation(Place place) {
        place.object("direction", "max_length", "strategy", "stride");
        return at(
                place,
                () -> new Truncation(
                        isLeft(place.at("direction"), true),
                        place.at("max_length").count(),
                        place.at("strategy").choice(Truncation.Strategy.class, Names::of),
                        place.at("stride").count()));
    }

    private static Padding padding(Place place) {
        place.object("strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token");
        Place strategy = place.at("strategy");
        boolean longest = strategy.node().isString() && strategy.string().equals("BatchLongest");
        OptionalInt length = longest
                ? OptionalInt.empty()
                : OptionalInt.of(strategy.object("Fixed").at("Fixed").count());
        return at(
                place,
                () -> new Padding(
                        length,
                        isLeft(place.at("direction"), false),
                        place.at("pad_to_multiple_of").optionalCount(),
                        place.at("pad_id").count(),
                        place.at("pad_type_id").count(),
                        place.at("pad_token").string()));
    }

    private static boolean isLeft(Place direction, boolean mayBeAbsent) {
        if (mayBeAbsent && direction.isAbsent()) {
            return false;
        }
        return switch (direction.string()) {
            case "Left" -> true;
            case "Right" -> false;
            default -> throw direction.wrong("Left or Right");
        };
    }

    /// What a component's constructor finds wrong, with its place.
    static <T> T at(Place place, Supplier<T> make) {
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(place.path()) ? e : new IllegalArgumentException(place.path() + ": " + message, e);
        }
    }

    static <T> List<T> each(Place place, Function<Place, T> read) {
        return place.list().stream().map(read).toList();
    }

    static String type(Place place) {
        place.object();
        return place.at("type").string();
    }

    static IllegalArgumentException unknown(Place place, String known) {
        return place.at("type").wrong("one of " + known);
    }

    private static TextPattern pattern(Place place) {
        place.object("String", "Regex");
        if (place.object().size() != 1) {
            throw place.wrong("either a String or a Regex");
        }
        return place.object().has("String")
                ? new TextPattern.Literal(place.at("String").string())
                : new TextPattern.Regex(place.at("Regex").string());
    }

    static Normalizer normalizer(Place place) {
        String type = type(place);
        return switch (type) {
            case "BertNormalizer" -> {
                place.object("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                yield new Normalizer.Bert(
                        place.at("clean_text").flag(),
                        place.at("handle_chinese_chars").flag(),
                        place.at("strip_accents").optional(Place::flag),
                        place.at("lowercase").flag());
            }
            case "Strip" -> {
                place.object("type", "strip_left", "strip_right");
                yield new Normalizer.Strip(
                        place.at("strip_left").flag(), place.at("strip_right").flag());
            }
            case "NFC", "NFD", "NFKC", "NFKD" -> {
                place.object("type");
                yield new Normalizer.UnicodeForm(java.text.Normalizer.Form.valueOf(type));
            }
            case "StripAccents" -> plain(place, new Normalizer.StripAccents());
            case "Lowercase" -> plain(place, new Normalizer.Lowercase());
            case "Nmt" -> plain(place, new Normalizer.Nmt());
            case "ByteLevel" -> plain(place, new Normalizer.ByteLevel());
            case "Prepend" ->
                new Normalizer.Prepend(
                        place.object("type", "prepend").at("prepend").string());
            case "Replace" -> {
                place.object("type", "pattern", "content");
                yield at(
                        place,
                        () -> new Normalizer.Replace(
                                pattern(place.at("pattern")),
                                place.at("content").string()));
            }
            case "Precompiled" ->
                new Normalizer.Precompiled(
                        charsMap(place.object("type", "precompiled_charsmap").at("precompiled_charsmap")));
            case "Sequence" ->
                new Normalizer.Sequence(
                        each(place.object("type", "normalizers").at("normalizers"), PipelineReader::normalizer));
            default ->
                throw unknown(
                        place,
                        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, "
                                + "Replace, Sequence, Strip, StripAccents");
        };
    }

    private static <T> T plain(Place place, T component) {
        place.object("type");
        return component;
    }

    private static CharsMap charsMap(Place place) {
        String text = place.string();
        return at(place, () -> new CharsMap(Base64.getDecoder().decode(text)));
    }

    static PreTokenizer preTokenizer(Place place) {
        return switch (type(place)) {
            case "BertPreTokenizer" -> plain(place, new PreTokenizer.Bert());
            case "Whitespace" -> plain(place, new PreTokenizer.Whitespace());
            case "WhitespaceSplit" -> plain(place, new PreTokenizer.WhitespaceSplit());
            case "UnicodeScripts" -> plain(place, new PreTokenizer.UnicodeScripts());
            case "ByteLevel" -> byteLevel(place, PreTokenizer.ByteLevel::new);
            case "Metaspace" -> metaspace(place, PreTokenizer.Metaspace::new);
            case "CharDelimiterSplit" ->
                new PreTokenizer.CharDelimiterSplit(
                        place.object("type", "delimiter").at("delimiter").character());
            case "Punctuation" -> {
                Place behavior = place.object("type", "behavior").at("behavior");
                yield new PreTokenizer.Punctuation(
                        behavior.node().isMissingNode() ? PreTokenizer.Delimiter.ISOLATED : delimiter(behavior));
            }
            case "Digits" ->
                new PreTokenizer.Digits(place.object("type", "individual_digits")
                        .at("individual_digits")
                        .flag());
            case "Split" -> {
                place.object("type", "pattern", "behavior", "invert");
                yield at(
                        place,
                        () -> new PreTokenizer.Split(
                                pattern(place.at("pattern")),
                                delimiter(place.at("behavior")),
                                place.at("invert").flag()));
            }
            case "FixedLength" -> {
                Place length = place.object("type", "length").at("length");
                yield at(
                        place,
                        () -> new PreTokenizer.FixedLength(
                                length.node().isMissingNode() ? DEFAULT_FIXED_LENGTH : length.count()));
            }
            case "Sequence" ->
                new PreTokenizer.Sequence(
                        each(place.object("type", "pretokenizers").at("pretokenizers"), PipelineReader::preTokenizer));
            default ->
                throw unknown(
                        place,
                        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, "
                                + "Punctuation, Sequence, Split, UnicodeScripts, Whitespace, WhitespaceSplit");
        };
    }

    private static PreTokenizer.Delimiter delimiter(Place place) {
        return place.choice(PreTokenizer.Delimiter.class, Names::of);
    }

    /// What the three components named `ByteLevel` are made of.
    interface ByteLevel<T> {
        T of(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex);
    }

    static <T> T byteLevel(Place place, ByteLevel<T> make) {
        place.object("type", "add_prefix_space", "trim_offsets", "use_regex");
        Place useRegex = place.at("use_regex");
        return make.of(
                place.at("add_prefix_space").flag(),
                place.at("trim_offsets").flag(),
                useRegex.node().isMissingNode() || useRegex.flag());
    }

    /// What both components named `Metaspace` are made of.
    private interface Metaspace<T> {
        T of(String replacement, PreTokenizer.Prepend prepend, boolean split);
    }

    /// Files up to 2023 have `add_prefix_space` instead of `prepend_scheme`, and a `str_rep` that says the same as
    /// `replacement`.
    private static <T> T metaspace(Place place, Metaspace<T> make) {
        place.object("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        boolean add = place.at("add_prefix_space").flagOr(true);
        Place scheme = place.at("prepend_scheme");
        PreTokenizer.Prepend old = add ? PreTokenizer.Prepend.ALWAYS : PreTokenizer.Prepend.NEVER;
        PreTokenizer.Prepend prepend =
                scheme.node().isMissingNode() ? old : scheme.choice(PreTokenizer.Prepend.class, Names::of);
        if (!add && prepend != PreTokenizer.Prepend.NEVER) {
            throw place.error("contradicts itself: add_prefix_space is false, but prepend_scheme is \""
                    + Names.of(prepend) + "\"");
        }
        return make.of(
                Character.toString(place.at("replacement").character()),
                prepend,
                place.at("split").flagOr(true));
    }

    static Decoder decoder(Place place) {
        return switch (type(place)) {
            case "ByteLevel" -> byteLevel(place, Decoder.ByteLevel::new);
            case "Metaspace" -> metaspace(place, Decoder.Metaspace::new);
            case "ByteFallback" -> plain(place, new Decoder.ByteFallback());
            case "Fuse" -> plain(place, new Decoder.Fuse());
            case "BPEDecoder" ->
                new Decoder.Bpe(place.object("type", "suffix").at("suffix").string());
            case "WordPiece" -> {
                place.object("type", "prefix", "cleanup");
                yield new Decoder.WordPiece(
                        place.at("prefix").string(), place.at("cleanup").flag());
            }
            case "CTC" -> {
                place.object("type", "pad_token", "word_delimiter_token", "cleanup");
                yield new Decoder.Ctc(
                        place.at("pad_token").string(),
                        place.at("word_delimiter_token").string(),
                        place.at("cleanup").flag());
            }
            case "Strip" -> {
                place.object("type", "content", "start", "stop");
                yield new Decoder.Strip(
                        Character.toString(place.at("content").character()),
                        place.at("start").count(),
                        place.at("stop").count());
            }
            case "Replace" -> {
                place.object("type", "pattern", "content");
                yield at(
                        place,
                        () -> new Decoder.Replace(
                                pattern(place.at("pattern")),
                                place.at("content").string()));
            }
            case "Sequence" ->
                new Decoder.Sequence(each(place.object("type", "decoders").at("decoders"), PipelineReader::decoder));
            default ->
                throw unknown(
                        place,
                        "BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, "
                                + "WordPiece");
        };
    }
}
