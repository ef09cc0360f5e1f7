package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
    /// @throws IllegalArgumentException when added tokens contradict each other or the model's vocabulary: each
    /// has a content and an id of its own, or those of a token of the model
    public Pipeline {
        addedTokens = List.copyOf(addedTokens);
        Map<String, Integer> ids = new HashMap<>();
        Map<Integer, String> contents = new HashMap<>();
        for (AddedToken token : addedTokens) {
            String content = token.content();
            if (token.id() < 0) {
                throw new IllegalArgumentException(
                        "the id of added token '" + content + "' is " + token.id() + ", not a number from 0 on");
            }
            Integer otherId = ids.put(content, token.id());
            if (otherId != null) {
                throw new IllegalArgumentException(
                        "added token '" + content + "' is there twice, with ids " + otherId + " and " + token.id());
            }
            String otherContent = contents.put(token.id(), content);
            if (otherContent != null) {
                throw new IllegalArgumentException(
                        "added tokens '" + otherContent + "' and '" + content + "' share id " + token.id());
            }
            OptionalInt known = model.vocabulary().id(content);
            if (known.isPresent() && known.getAsInt() != token.id()) {
                throw new IllegalArgumentException("added token '" + content + "' has id " + token.id() + ", but "
                        + known.getAsInt() + " in the model's vocabulary");
            }
            model.vocabulary()
                    .token(token.id())
                    .filter(of -> !of.equals(content))
                    .ifPresent(of -> {
                        throw new IllegalArgumentException("added token '" + content + "' has id " + token.id()
                                + ", which is that of '" + of + "' in the model's vocabulary");
                    });
        }
    }

    /// The same pipeline with something else around texts.
    Pipeline with(PostProcessor other) {
        return new Pipeline(
                addedTokens, normalizer, preTokenizer, model, Optional.of(other), decoder, truncation, padding);
    }

    /// The same pipeline, in which some tokens are special.
    ///
    /// @param special names and ids of tokens there are
    Pipeline withSpecial(Map<String, Integer> special) {
        List<AddedToken> tokens = new ArrayList<>();
        Map<String, Integer> missing = new LinkedHashMap<>(special);
        for (AddedToken token : addedTokens) {
            boolean named = missing.remove(token.content()) != null;
            tokens.add(named && !token.special() ? token.asSpecial() : token);
        }
        missing.forEach((name, id) -> tokens.add(AddedToken.special(name, id)));
        return tokens.equals(addedTokens)
                ? this
                : new Pipeline(tokens, normalizer, preTokenizer, model, postProcessor, decoder, truncation, padding);
    }
}
