package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.Model;
import java.util.List;
import java.util.Optional;

/// What a tokenizer does, as data: the content of a `tokenizer.json`. Text goes through its parts in this order.
///
/// @param addedTokens in the order of their ids
/// @param decoder     the way back
public record Pipeline(
        List<AddedToken> addedTokens,
        Optional<Normalizer> normalizer,
        Optional<PreTokenizer> preTokenizer,
        Model model,
        Optional<PostProcessor> postProcessor,
        Optional<Decoder> decoder,
        Optional<Truncation> truncation,
        Optional<Padding> padding) {
    public Pipeline {
        addedTokens = List.copyOf(addedTokens);
    }
}
