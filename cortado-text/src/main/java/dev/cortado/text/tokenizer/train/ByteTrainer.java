package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A token for each byte of UTF-8 (Xue et al. 2022, ByT5, arXiv:2105.13626): nothing is learned, so any text will do,
/// and
/// none is read.
///
/// @param specials names of the special tokens, ids 0, 1, …
/// @param reserved number of reserved tokens after them; the bytes follow, in the order of the byte alphabet
public record ByteTrainer(List<String> specials, int reserved) implements Trainer {
    /// @throws IllegalArgumentException when a special token's name is empty, given twice or the spelling of a byte
    public ByteTrainer {
        specials = List.copyOf(specials);
        if (reserved < 0) {
            throw new IllegalArgumentException("reserved tokens must be at least 0, not " + reserved);
        }
        ByteTokens.alphabet(spec(specials, reserved).fixed());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        VocabularySpec spec = spec(specials, reserved);
        Pipeline pipeline = ByteLevelBpeTrainer.pipeline(
                spec,
                Optional.empty(),
                new PreTokenizer.ByteLevel(false, true, false),
                new Bpe(Vocabulary.of(ByteTokens.alphabet(spec.fixed())), List.of(), Bpe.Options.PLAIN),
                new Decoder.ByteLevel(false, true, false));
        return new Trained(pipeline, true, new Trained.Statistics(0, 0, 0, 0, 256, 1));
    }

    private static VocabularySpec spec(List<String> specials, int reserved) {
        return VocabularySpec.of(256 + specials.size() + reserved)
                .withSpecials(specials.toArray(String[]::new))
                .withReserved(reserved);
    }
}
