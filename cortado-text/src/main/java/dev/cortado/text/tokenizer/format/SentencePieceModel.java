package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Piece;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Role;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// SentencePiece's model files, `tokenizer.model` and `*.model` (<https://github.com/google/sentencepiece>), of all
/// four algorithms. The tokens are those that SentencePiece itself gives, not those of conversions to
/// `tokenizer.json`, which differ in details: text is normalized by [SentencePieceRules], as one piece, user-defined
/// symbols stay whole, and no text becomes a control, byte or unused piece.
///
/// Sequences begin and end with the tokens that a `tokenizer_config.json` beside the file asks for; without one, as
/// in SentencePiece, with none.
public final class SentencePieceModel {
    private static final String SPACE = "\u2581";

    private final SentencePieceProto proto;
    private final Vocabulary vocabulary;
    private final int unk;

    private SentencePieceModel(SentencePieceProto proto) {
        this.proto = proto;
        vocabulary = Vocabulary.of(proto.pieces().stream().map(Piece::text).toList());
        List<Integer> unknown = ids(Role.UNKNOWN);
        if (unknown.size() != 1) {
            throw new IllegalArgumentException(
                    "it needs one piece that stands for the unknown, and has " + unknown.size());
        }
        unk = unknown.getFirst();
        if (proto.trainer().byteFallback()) {
            for (int b = 0; b < 256; b++) {
                String piece = "<0x%02X>".formatted(b);
                if (vocabulary.id(piece).isEmpty()) {
                    throw new IllegalArgumentException("it spells unknown characters as bytes and lacks " + piece);
                }
            }
        }
    }

    /// The tokenizer of a model file.
    ///
    /// @throws IllegalArgumentException             when the file is damaged or breaks a rule of SentencePiece
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static TokenizerFile read(Path file) throws IOException {
        SentencePieceProto proto = SentencePieceProto.read(file);
        try {
            var model = new SentencePieceModel(proto);
            Specials specials = model.specials();
            return new TokenizerFile(
                    model.pipeline(Frame.beside(file, specials).flatMap(Frame::postProcessor)), specials);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /// The pipeline of a model whose content came from elsewhere.
    ///
    /// @throws IllegalArgumentException when it breaks a rule of SentencePiece
    static Pipeline pipeline(SentencePieceProto proto, Optional<PostProcessor> postProcessor) {
        return new SentencePieceModel(proto).pipeline(postProcessor);
    }

    private Pipeline pipeline(Optional<PostProcessor> postProcessor) {
        var trainer = proto.trainer();
        var normalization = proto.normalization();
        var whitespace = new SentencePieceRules.Whitespace(
                normalization.addDummyPrefix(),
                normalization.removeExtraWhitespaces(),
                normalization.escapeWhitespaces(),
                trainer.whitespaceAsSuffix());
        Set<String> symbols =
                ids(Role.USER_DEFINED).stream().map(id -> piece(id).text()).collect(Collectors.toUnmodifiableSet());
        Model model = switch (trainer.algorithm()) {
            case UNIGRAM -> unigram();
            case BPE -> bpe(mergeable());
            case CHAR -> bpe(List.of());
            case WORD -> words();
        };
        return new Pipeline(
                addedTokens(),
                Optional.of(new Normalizer.SentencePiece(
                        new SentencePieceRules(normalization.charsMap(), whitespace, symbols))),
                wordCut(),
                model,
                postProcessor,
                Optional.of(decoder()),
                Optional.empty(),
                Optional.empty());
    }

    private Piece piece(int id) {
        return proto.pieces().get(id);
    }

    private List<Integer> ids(Role role) {
        return IntStream.range(0, proto.pieces().size())
                .filter(id -> piece(id).role() == role)
                .boxed()
                .toList();
    }

    /// Control pieces are found nowhere but in trusted text. User-defined symbols are found everywhere, in
    /// normalized text; those of a unigram model are pieces with a bonus instead.
    private List<AddedToken> addedTokens() {
        boolean found = proto.trainer().algorithm() != SentencePieceProto.Algorithm.UNIGRAM;
        var added = new ArrayList<AddedToken>();
        for (int id = 0; id < proto.pieces().size(); id++) {
            Piece piece = piece(id);
            switch (piece.role()) {
                case CONTROL, UNKNOWN -> added.add(AddedToken.special(piece.text(), id));
                case USER_DEFINED -> {
                    if (found) {
                        added.add(new AddedToken(piece.text(), id, false, true, false, false, false));
                    }
                }
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
        return added;
    }

    /// The roles that the trainer gave, as far as the pieces are there.
    private Specials specials() {
        var ids = new LinkedHashMap<String, Integer>();
        for (AddedToken token : addedTokens()) {
            if (token.special()) {
                ids.put(token.content(), token.id());
            }
        }
        var trainer = proto.trainer();
        return new Specials(ids, role(trainer.bos(), ids), role(trainer.eos(), ids), role(trainer.pad(), ids));
    }

    private static OptionalInt role(int id, Map<String, Integer> ids) {
        return ids.containsValue(id) ? OptionalInt.of(id) : OptionalInt.empty();
    }

    /// Scores as SentencePiece's search sees them (`unigram_model.cc`). A user-defined symbol is worth as much
    /// as the best pieces for each of its bytes.
    private Unigram unigram() {
        float best = Float.NEGATIVE_INFINITY;
        for (int id : ids(Role.NORMAL)) {
            best = Math.max(best, piece(id).score());
        }
        var pieces = new ArrayList<Unigram.Piece>();
        var hidden = new HashSet<Integer>();
        for (int id = 0; id < proto.pieces().size(); id++) {
            Piece piece = piece(id);
            double score = piece.score();
            if (piece.role() == Role.USER_DEFINED) {
                int bytes = piece.text().getBytes(StandardCharsets.UTF_8).length;
                score = bytes * (best == Float.NEGATIVE_INFINITY ? 0.0 : best) - 0.1;
            } else if (piece.role() != Role.NORMAL) {
                hidden.add(id);
            }
            pieces.add(new Unigram.Piece(piece.text(), score));
        }
        return new Unigram(pieces, OptionalInt.of(unk), proto.trainer().byteFallback()).without(hidden);
    }

    /// SentencePiece makes one token of unknown words side by side; here each is one.
    private WordLevel words() {
        var hidden = new HashSet<Integer>();
        for (Role role : Role.values()) {
            if (role != Role.NORMAL && role != Role.USER_DEFINED) {
                hidden.addAll(ids(role));
            }
        }
        return new WordLevel(vocabulary, piece(unk).text(), hidden);
    }

    /// The pieces that merging can make, best score first. SentencePiece takes the leftmost pair of those with
    /// equal scores, here the piece with the lower id goes first: trainers give no two pieces one score.
    private List<Integer> mergeable() {
        return ids(Role.NORMAL).stream()
                .filter(id ->
                        piece(id).text().codePointCount(0, piece(id).text().length()) > 1)
                .sorted(Comparator.comparingDouble(id -> -piece(id).score()))
                .toList();
    }

    private Bpe bpe(List<Integer> ranked) {
        var usable = new HashSet<>(ranked);
        var options = new Bpe.Options(
                Bpe.Options.PLAIN.dropout(),
                Optional.of(piece(unk).text()),
                Optional.empty(),
                Optional.empty(),
                true,
                proto.trainer().byteFallback(),
                false);
        var merges = new RankedMerges(vocabulary, usable::contains);
        if (!ranked.isEmpty()) {
            refuseUnused(merges);
        }
        return new Bpe(vocabulary, merges.of(ranked), options);
    }

    /// SentencePiece merges to an unused piece and takes it apart again at the end, which merges alone cannot
    /// say.
    private void refuseUnused(RankedMerges merges) {
        for (int id : ids(Role.UNUSED)) {
            if (!merges.of(List.of(id)).isEmpty()) {
                throw new IllegalArgumentException("piece '" + piece(id).text()
                        + "' is marked as unused, and a BPE model that merges to such a piece is not supported");
            }
        }
    }

    /// Words matter to one algorithm alone; for the others a text is one piece.
    private Optional<PreTokenizer> wordCut() {
        if (proto.trainer().algorithm() != SentencePieceProto.Algorithm.WORD) {
            return Optional.empty();
        }
        boolean suffix = proto.trainer().whitespaceAsSuffix();
        return Optional.of(new PreTokenizer.Split(
                new TextPattern.Literal(SPACE),
                suffix ? PreTokenizer.Delimiter.MERGED_WITH_PREVIOUS : PreTokenizer.Delimiter.MERGED_WITH_NEXT,
                false));
    }

    private Decoder decoder() {
        var normalization = proto.normalization();
        var steps = new ArrayList<Decoder>();
        String surface = proto.trainer().unkSurface();
        steps.add(new Decoder.Replace(new TextPattern.Literal(piece(unk).text()), surface));
        if (proto.trainer().byteFallback()) {
            steps.add(new Decoder.ByteFallback());
        }
        steps.add(new Decoder.Fuse());
        if (normalization.addDummyPrefix() || normalization.removeExtraWhitespaces()) {
            steps.add(new Decoder.Strip(SPACE, 1, 0)); // and not the space that what is unknown begins with
        }
        steps.add(new Decoder.Replace(new TextPattern.Literal(SPACE), " "));
        return new Decoder.Sequence(steps);
    }
}
