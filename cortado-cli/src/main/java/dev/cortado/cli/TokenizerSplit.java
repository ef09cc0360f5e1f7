package dev.cortado.cli;

import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A text in pieces, to be looked at.
///
/// @param name   of the tokenizer
/// @param pieces what each token looks like, printable characters only
record TokenizerSplit(String name, List<String> pieces) {
    private static final List<String> GROUNDS = List.of("\033[30;48;5;153m", "\033[30;48;5;223m", "\033[30;48;5;157m");
    private static final String PLAIN = "\033[0m";

    /// When tokens have coloured ground.
    enum Color {
        ALWAYS,
        NEVER,
        AUTO;

        /// @param toOutput whether the table goes to standard output
        boolean wanted(boolean toOutput) {
            return switch (this) {
                case ALWAYS -> toOutput;
                case NEVER -> false;
                case AUTO -> toOutput && System.getenv("NO_COLOR") == null && TokenizerProgress.onTerminal();
            };
        }
    }

    /// Tokens of bytes look like their bytes, a space as a space; others as the vocabulary spells them, marks (`##`,
    /// `▁`, `</w>`) and all.
    static TokenizerSplit of(PipelineTokenizer tokenizer, String name, TokenizerEncoder.Encoded encoded) {
        boolean bytes = TokenizerDescription.byteLevel(tokenizer.pipeline());
        return new TokenizerSplit(
                name,
                IntStream.range(0, encoded.ids().size())
                        .mapToObj(i -> bytes
                                ? spelled(tokenizer.bytes(encoded.ids().get(i)))
                                : printable(encoded.tokens().get(i)))
                        .toList());
    }

    /// A line for each: name, number of tokens, tokens.
    static String table(List<TokenizerSplit> splits, boolean colored) {
        int width =
                splits.stream().mapToInt(split -> split.name().length()).max().orElse(0);
        return splits.stream()
                .map(split -> split.name()
                        + " ".repeat(width - split.name().length())
                        + "  %3d tokens  ".formatted(split.pieces().size())
                        + split.shown(colored))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private String shown(boolean colored) {
        if (!colored) {
            return String.join("|", pieces);
        }
        var line = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            line.append(GROUNDS.get(i % GROUNDS.size())).append(pieces.get(i)).append(PLAIN);
        }
        return line.toString();
    }

    private static String spelled(byte[] bytes) {
        try {
            return printable(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException _) { // part of a character
            List<String> each = new ArrayList<>();
            for (byte b : bytes) {
                each.add("<%02X>".formatted(b & 0xFF));
            }
            return String.join("", each);
        }
    }

    private static String printable(String piece) {
        return piece.replace("\n", "⏎").replace("\r", "␍").replace("\t", "⇥").replaceAll("[\\p{Cc}]", "�");
    }
}
