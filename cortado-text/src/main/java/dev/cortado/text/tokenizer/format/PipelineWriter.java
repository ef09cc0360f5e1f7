package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Padding;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Template;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import dev.cortado.text.tokenizer.pipeline.Truncation;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// From a pipeline to the JSON of a `tokenizer.json`, keys in the library's order.
final class PipelineWriter {
    private PipelineWriter() {}

    static ObjectNode write(Pipeline pipeline) {
        ObjectNode root = JsonFiles.object();
        root.put("version", "1.0");
        set(root, "truncation", pipeline.truncation(), PipelineWriter::truncation);
        set(root, "padding", pipeline.padding(), PipelineWriter::padding);
        ArrayNode added = root.putArray("added_tokens");
        List<AddedToken> tokens = pipeline.addedTokens().stream()
                .sorted(Comparator.comparingInt(AddedToken::id))
                .toList();
        tokens.forEach(token -> added.add(addedToken(token)));
        set(root, "normalizer", pipeline.normalizer(), PipelineWriter::normalizer);
        set(root, "pre_tokenizer", pipeline.preTokenizer(), PipelineWriter::preTokenizer);
        set(root, "post_processor", pipeline.postProcessor(), PipelineWriter::postProcessor);
        set(root, "decoder", pipeline.decoder(), PipelineWriter::decoder);
        ObjectNode model = model(pipeline.model());
        root.set("model", model);
        if (!keepIds(tokens, pipeline.model().vocabulary())) {
            name(tokens, model);
        }
        return root;
    }

    /// Whether the library keeps the ids of added tokens: it numbers those that the model does not have itself, from
    /// the number of the model's tokens on, whatever their ids are.
    private static boolean keepIds(List<AddedToken> tokens, Vocabulary vocabulary) {
        int size = vocabulary.ids().size();
        int next = size;
        for (AddedToken token : tokens) {
            int id = vocabulary.id(token.content()).orElse(next);
            if (id != token.id()) {
                return false;
            }
            next = Math.max(next, id + 1);
        }
        return true;
    }

    /// Puts added tokens into the model's vocabulary, where no text reaches them, so that they keep their ids.
    private static void name(List<AddedToken> tokens, ObjectNode model) {
        if (!(model.get("vocab") instanceof ObjectNode vocabulary)) {
            throw new IllegalArgumentException("the ids of the added tokens do not follow those of the Unigram model's"
                    + " pieces, which a tokenizer.json cannot say");
        }
        tokens.forEach(token -> vocabulary.put(token.content(), token.id()));
    }

    private static <T> void set(ObjectNode root, String key, Optional<T> part, Function<T, JsonNode> write) {
        part.ifPresentOrElse(present -> root.set(key, write.apply(present)), () -> root.putNull(key));
    }

    private static ObjectNode typed(String type) {
        return JsonFiles.object().put("type", type);
    }

    private static <T> ObjectNode sequence(String key, List<T> parts, Function<T, JsonNode> write) {
        ObjectNode node = typed("Sequence");
        ArrayNode list = node.putArray(key);
        parts.forEach(part -> list.add(write.apply(part)));
        return node;
    }

    private static ObjectNode addedToken(AddedToken token) {
        return JsonFiles.object()
                .put("id", token.id())
                .put("content", token.content())
                .put("single_word", token.singleWord())
                .put("lstrip", token.lstrip())
                .put("rstrip", token.rstrip())
                .put("normalized", token.normalized())
                .put("special", token.special());
    }

    private static ObjectNode truncation(Truncation truncation) {
        return JsonFiles.object()
                .put("direction", truncation.fromLeft() ? "Left" : "Right")
                .put("max_length", truncation.maxLength())
                .put("strategy", Names.of(truncation.strategy()))
                .put("stride", truncation.stride());
    }

    private static ObjectNode padding(Padding padding) {
        ObjectNode node = JsonFiles.object();
        padding.length()
                .ifPresentOrElse(
                        length -> node.putObject("strategy").put("Fixed", length),
                        () -> node.put("strategy", "BatchLongest"));
        node.put("direction", padding.left() ? "Left" : "Right");
        padding.multipleOf()
                .ifPresentOrElse(
                        unit -> node.put("pad_to_multiple_of", unit), () -> node.putNull("pad_to_multiple_of"));
        return node.put("pad_id", padding.padId())
                .put("pad_type_id", padding.padTypeId())
                .put("pad_token", padding.padToken());
    }

    private static ObjectNode pattern(TextPattern pattern) {
        return switch (pattern) {
            case TextPattern.Literal(String text) -> JsonFiles.object().put("String", text);
            case TextPattern.Regex regex -> JsonFiles.object().put("Regex", regex.source());
        };
    }

    private static ObjectNode replace(TextPattern pattern, String content) {
        ObjectNode node = typed("Replace");
        node.set("pattern", pattern(pattern));
        return node.put("content", content);
    }

    private static ObjectNode byteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) {
        return typed("ByteLevel")
                .put("add_prefix_space", addPrefixSpace)
                .put("trim_offsets", trimOffsets)
                .put("use_regex", useRegex);
    }

    private static ObjectNode metaspace(String replacement, PreTokenizer.Prepend prepend, boolean split) {
        return typed("Metaspace")
                .put("replacement", replacement)
                .put("prepend_scheme", Names.of(prepend))
                .put("split", split);
    }

    static ObjectNode normalizer(Normalizer normalizer) {
        return switch (normalizer) {
            case Normalizer.UnicodeForm(java.text.Normalizer.Form form) -> typed(form.name());
            case Normalizer.Lowercase _ -> typed("Lowercase");
            case Normalizer.StripAccents _ -> typed("StripAccents");
            case Normalizer.Nmt _ -> typed("Nmt");
            case Normalizer.ByteLevel _ -> typed("ByteLevel");
            case Normalizer.Strip strip ->
                typed("Strip").put("strip_left", strip.left()).put("strip_right", strip.right());
            case Normalizer.Bert bert -> {
                ObjectNode node = typed("BertNormalizer")
                        .put("clean_text", bert.cleanText())
                        .put("handle_chinese_chars", bert.handleChineseChars());
                bert.stripAccents()
                        .ifPresentOrElse(
                                strip -> node.put("strip_accents", strip), () -> node.putNull("strip_accents"));
                yield node.put("lowercase", bert.lowercase());
            }
            case Normalizer.Replace replace -> replace(replace.pattern(), replace.content());
            case Normalizer.Prepend(String prefix) -> typed("Prepend").put("prepend", prefix);
            case Normalizer.Precompiled precompiled ->
                typed("Precompiled")
                        .put(
                                "precompiled_charsmap",
                                Base64.getEncoder()
                                        .encodeToString(precompiled.charsMap().blob()));
            case Normalizer.SentencePiece(SentencePieceRules rules) -> normalizer(SentencePieceComponents.of(rules));
            case Normalizer.Sequence(List<Normalizer> parts) ->
                sequence("normalizers", parts, PipelineWriter::normalizer);
        };
    }

    static ObjectNode preTokenizer(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case PreTokenizer.ByteLevel(boolean add, boolean trim, boolean regex) -> byteLevel(add, trim, regex);
            case PreTokenizer.Whitespace _ -> typed("Whitespace");
            case PreTokenizer.WhitespaceSplit _ -> typed("WhitespaceSplit");
            case PreTokenizer.Bert _ -> typed("BertPreTokenizer");
            case PreTokenizer.UnicodeScripts _ -> typed("UnicodeScripts");
            case PreTokenizer.Metaspace metaspace ->
                metaspace(metaspace.replacement(), metaspace.prepend(), metaspace.split());
            case PreTokenizer.Punctuation(PreTokenizer.Delimiter behavior) ->
                typed("Punctuation").put("behavior", Names.of(behavior));
            case PreTokenizer.Digits(boolean individual) -> typed("Digits").put("individual_digits", individual);
            case PreTokenizer.Split split -> {
                ObjectNode node = typed("Split");
                node.set("pattern", pattern(split.pattern()));
                yield node.put("behavior", Names.of(split.behavior())).put("invert", split.invert());
            }
            case PreTokenizer.CharDelimiterSplit(int delimiter) ->
                typed("CharDelimiterSplit").put("delimiter", Character.toString(delimiter));
            case PreTokenizer.FixedLength(int length) -> typed("FixedLength").put("length", length);
            case PreTokenizer.Sequence(List<PreTokenizer> parts) ->
                sequence("pretokenizers", parts, PipelineWriter::preTokenizer);
        };
    }

    static ObjectNode postProcessor(PostProcessor processor) {
        return switch (processor) {
            case PostProcessor.Bert bert -> ends(typed("BertProcessing"), bert.sep(), bert.cls());
            case PostProcessor.Roberta roberta ->
                ends(typed("RobertaProcessing"), roberta.sep(), roberta.cls())
                        .put("trim_offsets", roberta.trimOffsets())
                        .put("add_prefix_space", roberta.addPrefixSpace());
            case PostProcessor.ByteLevel(boolean add, boolean trim, boolean regex) -> byteLevel(add, trim, regex);
            case Template template -> {
                ObjectNode node = typed("TemplateProcessing");
                parts(node.putArray("single"), template.single());
                parts(node.putArray("pair"), template.pair());
                ObjectNode special = node.putObject("special_tokens");
                new TreeMap<>(template.special()).forEach((name, tokens) -> {
                    ObjectNode token = special.putObject(name).put("id", name);
                    ArrayNode ids = token.putArray("ids");
                    ArrayNode texts = token.putArray("tokens");
                    tokens.forEach(named -> {
                        ids.add(named.id());
                        texts.add(named.text());
                    });
                });
                yield node;
            }
            case PostProcessor.Sequence(List<PostProcessor> parts) ->
                sequence("processors", parts, PipelineWriter::postProcessor);
        };
    }

    private static ObjectNode ends(ObjectNode node, PostProcessor.Named sep, PostProcessor.Named cls) {
        node.putArray("sep").add(sep.text()).add(sep.id());
        node.putArray("cls").add(cls.text()).add(cls.id());
        return node;
    }

    private static void parts(ArrayNode list, List<Template.Part> template) {
        for (Template.Part part : template) {
            switch (part) {
                case Template.SequencePart(boolean second, int typeId) ->
                    list.addObject()
                            .putObject("Sequence")
                            .put("id", second ? "B" : "A")
                            .put("type_id", typeId);
                case Template.SpecialPart(String name, int typeId) ->
                    list.addObject().putObject("SpecialToken").put("id", name).put("type_id", typeId);
            }
        }
    }

    static ObjectNode decoder(Decoder decoder) {
        return switch (decoder) {
            case Decoder.ByteLevel(boolean add, boolean trim, boolean regex) -> byteLevel(add, trim, regex);
            case Decoder.WordPiece(String prefix, boolean cleanup) ->
                typed("WordPiece").put("prefix", prefix).put("cleanup", cleanup);
            case Decoder.Metaspace metaspace ->
                metaspace(metaspace.replacement(), metaspace.prepend(), metaspace.split());
            case Decoder.ByteFallback _ -> typed("ByteFallback");
            case Decoder.Fuse _ -> typed("Fuse");
            case Decoder.Bpe(String suffix) -> typed("BPEDecoder").put("suffix", suffix);
            case Decoder.Ctc ctc ->
                typed("CTC")
                        .put("pad_token", ctc.padToken())
                        .put("word_delimiter_token", ctc.wordDelimiterToken())
                        .put("cleanup", ctc.cleanup());
            case Decoder.Strip strip ->
                typed("Strip")
                        .put("content", strip.content())
                        .put("start", strip.start())
                        .put("stop", strip.stop());
            case Decoder.Replace replace -> replace(replace.pattern(), replace.content());
            case Decoder.Sequence(List<Decoder> parts) -> sequence("decoders", parts, PipelineWriter::decoder);
        };
    }

    private static ObjectNode model(Model model) {
        return switch (model) {
            case Bpe bpe -> bpe(bpe);
            case WordPiece wordPiece -> {
                ObjectNode node = typed("WordPiece")
                        .put("unk_token", wordPiece.unk())
                        .put("continuing_subword_prefix", wordPiece.prefix())
                        .put("max_input_chars_per_word", wordPiece.maxChars());
                vocabulary(node, wordPiece.vocabulary());
                yield node;
            }
            case WordLevel wordLevel -> {
                ObjectNode node = typed("WordLevel");
                vocabulary(node, wordLevel.vocabulary());
                yield node.put("unk_token", wordLevel.unk());
            }
            case Unigram unigram -> {
                ObjectNode node = typed("Unigram");
                unigram.unk().ifPresentOrElse(id -> node.put("unk_id", id), () -> node.putNull("unk_id"));
                ArrayNode vocab = node.putArray("vocab");
                unigram.pieces()
                        .forEach(piece -> vocab.addArray().add(piece.text()).add(piece.score()));
                yield node.put("byte_fallback", unigram.byteFallback());
            }
        };
    }

    private static ObjectNode bpe(Bpe bpe) {
        Bpe.Options options = bpe.options();
        ObjectNode node = typed("BPE");
        options.dropout().ifPresentOrElse(p -> node.put("dropout", p), () -> node.putNull("dropout"));
        node.put("unk_token", options.unk().orElse(null));
        node.put("continuing_subword_prefix", options.continuingSubwordPrefix().orElse(null));
        node.put("end_of_word_suffix", options.endOfWordSuffix().orElse(null));
        node.put("fuse_unk", options.fuseUnk())
                .put("byte_fallback", options.byteFallback())
                .put("ignore_merges", options.ignoreMerges());
        vocabulary(node, bpe.vocabulary());
        ArrayNode merges = node.putArray("merges");
        bpe.merges().stream()
                .sorted(Comparator.comparingInt(Bpe.Merge::rank))
                .forEach(merge -> merges.addArray()
                        .add(bpe.vocabulary().token(merge.left()).orElseThrow())
                        .add(bpe.vocabulary().token(merge.right()).orElseThrow()));
        return node;
    }

    private static void vocabulary(ObjectNode model, Vocabulary vocabulary) {
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < vocabulary.size(); id++) {
            int each = id;
            vocabulary.token(id).ifPresent(token -> vocab.put(token, each));
        }
    }
}
