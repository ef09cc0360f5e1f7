package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Piece;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Role;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// The tokenizer of llama2.c (<https://github.com/karpathy/llama2.c>, `tokenizer.py`): the pieces of a SentencePiece
/// BPE model with byte fallback, by id, in a file of the length of the longest piece (int32), and for each piece its
/// score (float32), length in bytes (int32) and UTF-8 text, with spaces for SentencePiece's `▁`. How many there are
/// the file does not say: they go on to its end.
///
/// Sequences begin with `<s>`, as in `run.c`.
public final class Llama2cTokenizer {
    private static final String SPACE = "\u2581";
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
    private static final int UNK = 0;
    private static final int BOS = 1;
    private static final int EOS = 2;

    private Llama2cTokenizer() {}

    /// The tokenizer of a file.
    ///
    /// @throws IllegalArgumentException             when the file is damaged or of another format
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static TokenizerFile read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            return tokenizer(pieces(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " is no tokenizer of llama2.c: it " + e.getMessage(), e);
        }
    }

    private static List<Piece> pieces(ByteBuffer content) {
        if (content.remaining() < 4) {
            throw new IllegalArgumentException("has " + content.remaining() + " bytes");
        }
        int longest = content.getInt();
        var pieces = new ArrayList<Piece>();
        while (content.hasRemaining()) {
            pieces.add(piece(content, pieces.size(), longest));
        }
        if (pieces.size() <= EOS) {
            throw new IllegalArgumentException("has " + pieces.size() + " tokens, not even <unk>, <s> and </s>");
        }
        return pieces;
    }

    private static Piece piece(ByteBuffer content, int id, int longest) {
        if (content.remaining() < 8) {
            throw new IllegalArgumentException("ends within token " + id);
        }
        float score = content.getFloat();
        int length = content.getInt();
        if (length <= 0 || length > content.remaining() || length > longest) {
            throw new IllegalArgumentException("has token " + id + " of " + length + " bytes; the longest is said to"
                    + " have " + longest + ", and " + content.remaining() + " are left");
        }
        if (!Float.isFinite(score)) {
            throw new IllegalArgumentException("has token " + id + " with score " + score);
        }
        byte[] utf8 = new byte[length];
        content.get(utf8);
        String text = new String(utf8, StandardCharsets.UTF_8);
        return switch (id) {
            case UNK -> new Piece(text, score, Role.UNKNOWN);
            case BOS -> new Piece(mark(text, "<s>"), score, Role.CONTROL);
            case EOS -> new Piece(mark(text, "</s>"), score, Role.CONTROL);
            default ->
                BYTE.matcher(text).matches()
                        ? new Piece(text, score, Role.BYTE)
                        : new Piece(text.replace(" ", SPACE), score, Role.NORMAL);
        };
    }

    /// The two tokens that are written so that generated stories show their ends on lines of their own.
    private static String mark(String text, String mark) {
        if (!text.strip().equals(mark)) {
            throw new IllegalArgumentException("has no token " + mark + " where it belongs");
        }
        return mark;
    }

    private static TokenizerFile tokenizer(List<Piece> pieces) {
        var trainer = new SentencePieceProto.Trainer(
                SentencePieceProto.Algorithm.BPE,
                false,
                true,
                BOS,
                EOS,
                -1,
                SentencePieceProto.Trainer.DEFAULT.unkSurface());
        var normalization = new SentencePieceProto.Normalization(Optional.empty(), true, false, true);
        var begin = new PostProcessor.Named(pieces.get(BOS).text(), BOS);
        var pipeline = SentencePieceModel.pipeline(
                new SentencePieceProto(pieces, trainer, normalization),
                new Frame(Optional.of(begin), Optional.empty()).postProcessor());
        var ids = new LinkedHashMap<String, Integer>();
        for (int id : List.of(UNK, BOS, EOS)) {
            ids.put(pieces.get(id).text(), id);
        }
        return new TokenizerFile(
                pipeline, new Specials(ids, OptionalInt.of(BOS), OptionalInt.of(EOS), OptionalInt.empty()));
    }
}
