package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How SentencePiece (Kudo and Richardson 2018, arXiv:1808.06226) treats text: a space is the character `▁` (U+2581) at
/// the beginning of the word after it, and of the text.
public final class SentencePieceText {
    /// The mark of a space.
    public static final String SPACE = "\u2581";

    /// SentencePiece's default rules `nmt_nfkc` with extra spaces removed, composed of Unicode's own: control
    /// characters go, all white space becomes spaces, compatibility forms are unified (NFKC), and spaces do not
    /// repeat.
    public static final Normalizer NMT_NFKC = new Normalizer.Sequence(List.of(
            new Normalizer.Nmt(),
            new Normalizer.UnicodeForm(java.text.Normalizer.Form.NFKC),
            new Normalizer.Strip(true, true),
            new Normalizer.Replace(new TextPattern.Regex(" {2,}"), " ")));

    /// Words with the mark of the space before them.
    public static final PreTokenizer.Metaspace WORDS =
            new PreTokenizer.Metaspace(SPACE, PreTokenizer.Prepend.ALWAYS, true);

    private SentencePieceText() {}

    /// The way back from tokens that are text, with marks of spaces where the pre-tokenizer makes some.
    static Decoder decoder(Optional<PreTokenizer> preTokenizer, boolean byteFallback) {
        List<Decoder> decoders = new ArrayList<>();
        if (byteFallback) {
            decoders.add(new Decoder.ByteFallback());
        }
        if (preTokenizer.isPresent() && preTokenizer.get() instanceof PreTokenizer.Metaspace metaspace) {
            decoders.add(new Decoder.Metaspace(metaspace.replacement(), metaspace.prepend(), metaspace.split()));
        }
        decoders.add(new Decoder.Fuse());
        return decoders.size() == 1 ? decoders.getFirst() : new Decoder.Sequence(decoders);
    }
}
