package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.CharsMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The content of a SentencePiece model file (`ModelProto` of sentencepiece_model.proto), as far as encoding and
/// decoding need it.
///
/// @param pieces by id
record SentencePieceProto(List<Piece> pieces, Trainer trainer, Normalization normalization) {
    SentencePieceProto {
        pieces = List.copyOf(pieces);
    }

    /// What a piece is for.
    enum Role {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE;

        /// The role a file means by a number from 1 on.
        static Role of(int code) {
            if (code < 1 || code > values().length) {
                throw new IllegalArgumentException(
                        "has a piece of type " + code + ", which SentencePiece does not have");
            }
            return values()[code - 1];
        }
    }

    /// The four algorithms.
    enum Algorithm {
        UNIGRAM,
        BPE,
        WORD,
        CHAR
    }

    /// A token.
    record Piece(String text, float score, Role role) {}

    /// `TrainerSpec`; ids are negative where there is no such token.
    record Trainer(
            Algorithm algorithm,
            boolean whitespaceAsSuffix,
            boolean byteFallback,
            int bos,
            int eos,
            int pad,
            String unkSurface) {
        static final Trainer DEFAULT = new Trainer(Algorithm.UNIGRAM, false, false, 1, 2, -1, " \u2047 ");
    }

    /// `NormalizerSpec`.
    ///
    record Normalization(
            Optional<CharsMap> charsMap,
            boolean addDummyPrefix,
            boolean removeExtraWhitespaces,
            boolean escapeWhitespaces) {
        static final Normalization DEFAULT = new Normalization(Optional.empty(), true, true, true);
    }

    /// @throws IllegalArgumentException when the file is damaged or breaks a rule of SentencePiece
    static SentencePieceProto read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            return parse(content);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " is no SentencePiece model: it " + e.getMessage(), e);
        }
    }

    private static SentencePieceProto parse(byte[] content) {
        var pieces = new ArrayList<Piece>();
        Trainer trainer = Trainer.DEFAULT;
        Normalization normalization = Normalization.DEFAULT;
        for (var model = new ProtobufReader(content); model.next(); ) {
            switch (model.field()) {
                case 1 -> pieces.add(piece(model.message(), pieces.size()));
                case 2 -> trainer = trainer(model.message());
                case 3 -> normalization = normalization(model.message());
                default -> model.skip();
            }
        }
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("has no pieces");
        }
        return new SentencePieceProto(pieces, trainer, normalization);
    }

    private static Piece piece(ProtobufReader message, int id) {
        String text = "";
        float score = 0;
        Role role = Role.NORMAL;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> text = message.text();
                case 2 -> score = message.float32();
                case 3 -> role = Role.of(message.int32());
                default -> message.skip();
            }
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("has an empty piece, number " + id);
        }
        if (!Float.isFinite(score)) {
            throw new IllegalArgumentException("has a piece '" + text + "' with score " + score);
        }
        return new Piece(text, score, role);
    }

    private static Trainer trainer(ProtobufReader message) {
        Trainer d = Trainer.DEFAULT;
        Algorithm algorithm = d.algorithm;
        boolean suffix = d.whitespaceAsSuffix;
        boolean byteFallback = d.byteFallback;
        int bos = d.bos;
        int eos = d.eos;
        int pad = d.pad;
        String unkSurface = d.unkSurface;
        while (message.next()) {
            switch (message.field()) {
                case 3 -> algorithm = algorithm(message.int32());
                case 24 -> suffix = message.bool();
                case 35 -> byteFallback = message.bool();
                case 41 -> bos = message.int32();
                case 42 -> eos = message.int32();
                case 43 -> pad = message.int32();
                case 44 -> unkSurface = message.text();
                default -> message.skip();
            }
        }
        return new Trainer(algorithm, suffix, byteFallback, bos, eos, pad, unkSurface);
    }

    private static Algorithm algorithm(int code) {
        if (code < 1 || code > Algorithm.values().length) {
            throw new IllegalArgumentException("is of model type " + code + ", which SentencePiece does not have");
        }
        return Algorithm.values()[code - 1];
    }

    private static Normalization normalization(ProtobufReader message) {
        Normalization d = Normalization.DEFAULT;
        Optional<CharsMap> charsMap = d.charsMap;
        boolean prefix = d.addDummyPrefix;
        boolean remove = d.removeExtraWhitespaces;
        boolean escape = d.escapeWhitespaces;
        while (message.next()) {
            switch (message.field()) {
                case 2 -> charsMap = charsMap(message.bytes());
                case 3 -> prefix = message.bool();
                case 4 -> remove = message.bool();
                case 5 -> escape = message.bool();
                default -> message.skip();
            }
        }
        return new Normalization(charsMap, prefix, remove, escape);
    }

    /// Compiled rules; models without any have an empty field or none.
    static Optional<CharsMap> charsMap(byte[] blob) {
        return blob.length == 0 ? Optional.empty() : Optional.of(new CharsMap(blob));
    }
}
