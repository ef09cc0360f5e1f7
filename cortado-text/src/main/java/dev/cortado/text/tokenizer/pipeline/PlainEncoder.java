package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import java.util.List;
import java.util.Optional;

/// Every stage, one after the other.
///
/// @param continued the stages for what follows a cut
record PlainEncoder(
        Optional<Normalizer> normalizer,
        Optional<PreTokenizer> preTokenizer,
        Model model,
        Optional<PlainEncoder> continued)
        implements SegmentEncoder {
    @Override
    public void encode(String segment, int start, IdBuffer out) {
        AlignedText text = AlignedText.of(segment, start);
        AlignedText normalized = normalizer.isPresent() ? normalizer.get().normalize(text) : text;
        List<AlignedText> words = preTokenizer.isPresent() ? preTokenizer.get().split(normalized) : List.of(normalized);
        var tokens = new TokenBuffer();
        for (AlignedText word : words) {
            tokens.clear();
            model.tokenize(word.text(), tokens);
            for (int i = 0; i < tokens.size(); i++) {
                out.add(tokens.id(i));
            }
        }
    }
}
