package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import java.util.Optional;

/// Text between added tokens to ids, without offsets: the part of encoding that runs over every byte of every corpus.
/// Implementations may be used by many threads at once.
///
/// There are three, equal in what they give: one for byte-level BPE with a known word pattern, one that remembers the
/// ids of words where words do not depend on their neighbours, and the plain one, which goes through every stage.
sealed interface SegmentEncoder permits ByteLevelEncoder, WordCacheEncoder, PlainEncoder {
    /// Adds the ids of a segment to `out`.
    ///
    /// @param start where the segment begins in the text, UTF-16 units
    void encode(String segment, int start, IdBuffer out);

    /// The encoder of what follows a [Continuation] cut; empty when cutting is not exact.
    Optional<? extends SegmentEncoder> continued();

    /// The fastest encoder that is exact for a pipeline.
    ///
    /// @param model the pipeline's, without the tokens text must not become
    static SegmentEncoder of(Pipeline pipeline, Model model) {
        var byteLevel = ByteLevelEncoder.of(pipeline, model);
        if (byteLevel.isPresent()) {
            return byteLevel.get();
        }
        Optional<PlainEncoder> continued = Continuation.of(pipeline, model);
        var plain = new PlainEncoder(pipeline.normalizer(), pipeline.preTokenizer(), model, continued);
        return continued.isPresent() && !Continuation.onlyForLongTexts(pipeline)
                ? new WordCacheEncoder(plain, continued.get())
                : plain;
    }
}
