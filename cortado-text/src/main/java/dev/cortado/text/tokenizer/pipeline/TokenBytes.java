package dev.cortado.text.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What one token stands for in the middle of a text, as bytes of UTF-8, by the decoder of its tokenizer: `▁the` is
/// ` the`, `##ing` is `ing`, `<0xE2>` is one byte. For counting bytes and for looking at tokens.
///
/// The bytes of the tokens of a text are the bytes of the text, but for what decoders do at its ends and across tokens
/// (a stripped first space, CTC's repetitions, text replaced across tokens) and to malformed bytes. [DecodeStream] is
/// exact.
public final class TokenBytes {
    private final Optional<Decoder> decoder;

    /// @param decoder empty: tokens are words with spaces between them
    public TokenBytes(Optional<Decoder> decoder) {
        this.decoder = decoder;
    }

    /// The bytes of a token.
    public byte[] of(String token) {
        Meaning alone = new Meaning(token, Optional.empty(), false);
        Meaning meaning = decoder.map(known -> meaning(known, alone)).orElseGet(() -> alone.with(" " + token));
        return meaning.bytes().orElseGet(() -> meaning.text().getBytes(StandardCharsets.UTF_8));
    }

    /// What has become of a token.
    ///
    /// @param bytes if it is no longer text
    /// @param fused whether its ends are no longer ends of a piece
    private record Meaning(String text, Optional<byte[]> bytes, boolean fused) {
        Meaning with(String newText) {
            return new Meaning(newText, bytes, fused);
        }

        Meaning with(byte[] newBytes, boolean nowFused) {
            return new Meaning(text, Optional.of(newBytes), nowFused);
        }
    }

    private static Meaning meaning(Decoder decoder, Meaning token) {
        if (token.bytes().isPresent() && !(decoder instanceof Decoder.Sequence)) {
            return token; // no decoder changes bytes
        }
        String text = token.text();
        return switch (decoder) {
            case Decoder.ByteLevel _ -> token.with(DecodeStage.Bytes.bytes(text), true);
            case Decoder.WordPiece wordPiece -> token.with(DecodeStage.Words.word(wordPiece, text, false));
            case Decoder.Metaspace metaspace -> token.with(text.replace(metaspace.replacement(), " "));
            case Decoder.ByteFallback _ -> {
                var unsignedByte = DecodeStage.ByteRuns.unsignedByte(text);
                yield unsignedByte.isPresent()
                        ? token.with(new byte[] {(byte) unsignedByte.getAsInt()}, token.fused())
                        : token;
            }
            case Decoder.Bpe bpe -> token.with(Replaced.everywhere(text, bpe.suffix(), " "));
            case Decoder.Ctc ctc -> token.with(DecodeStage.Distinct.text(ctc, text));
            case Decoder.Fuse _ -> new Meaning(text, token.bytes(), true);
            case Decoder.Strip _ when token.fused() -> token;
            case Decoder.Strip _, Decoder.Replace _ -> token.with(String.join("", decoder.decode(List.of(text))));
            case Decoder.Sequence sequence -> {
                Meaning now = token;
                for (Decoder next : sequence.decoders()) {
                    now = meaning(next, now);
                }
                yield now;
            }
        };
    }
}
