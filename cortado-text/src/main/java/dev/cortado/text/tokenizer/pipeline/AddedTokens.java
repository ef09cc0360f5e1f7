package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.AddedTokenMatcher.Match;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The added tokens of a tokenizer: finds them in a text before anything else is done to it, as the `AddedVocabulary`
/// of Hugging Face's library does. Those that are not `normalized` are looked for in the text as it is, then what is
/// left is normalized and the others are looked for in that, in their own normalized spelling.
///
/// Of the tokens that begin at the leftmost place the longest is taken, and the search goes on behind it. A token
/// that fails its own condition ([AddedToken#singleWord]) is passed over with all its characters, and so is a special
/// one when the caller wants none at all ([SpecialText#NEVER]). Where special tokens are allowed in places, those in
/// other places are as if they were not there: they cannot hide a trusted one by overlapping it.
final class AddedTokens {
    private final List<AddedToken> tokens;
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    private final Optional<Normalizer> normalizer;
    private final AddedTokenMatcher inOriginal;
    private final AddedTokenMatcher inNormalized;
    private final boolean ordinaryInOriginal;
    private final boolean ordinaryInNormalized;

    /// A stretch of a text.
    ///
    /// @param text  what stands there, normalized unless it is a token that is found in the original
    /// @param token the added token it is; empty for what is still to be cut into words
    record Segment(AlignedText text, Optional<AddedToken> token) {}

    AddedTokens(List<AddedToken> tokens, Optional<Normalizer> normalizer) {
        this.tokens = tokens;
        this.normalizer = normalizer;
        for (AddedToken token : tokens) {
            byContent.put(token.content(), token);
            byId.put(token.id(), token);
        }
        inOriginal = matcher(token -> !token.normalized());
        inNormalized = matcher(AddedToken::normalized);
        ordinaryInOriginal = tokens.stream().anyMatch(token -> !token.normalized() && !token.special());
        ordinaryInNormalized = tokens.stream().anyMatch(token -> token.normalized() && !token.special());
    }

    /// Special tokens come first: where two normalize to the same, they win.
    private AddedTokenMatcher matcher(Predicate<AddedToken> kind) {
        List<AddedToken> wanted = new ArrayList<>();
        tokens.stream().filter(kind).filter(AddedToken::special).forEach(wanted::add);
        tokens.stream().filter(kind).filter(token -> !token.special()).forEach(wanted::add);
        return new AddedTokenMatcher(
                wanted,
                wanted.stream()
                        .map(token -> token.normalized() ? spelled(token.content()) : token.content())
                        .toList());
    }

    private String spelled(String content) {
        return normalizer.map(rules -> rules.spelled(content)).orElse(content);
    }

    private AlignedText normalize(AlignedText text) {
        return normalizer.isPresent() ? normalizer.get().normalize(text) : text;
    }

    /// A text cut at the added tokens, the rest normalized; no stretch is empty.
    List<Segment> split(AlignedText text, SpecialText special) {
        List<Segment> segments = new ArrayList<>();
        for (Segment outer : cut(text, inOriginal.find(text, special))) {
            if (outer.token().isPresent()) {
                segments.add(outer);
            } else {
                AlignedText inner = normalize(outer.text());
                segments.addAll(cut(inner, inNormalized.find(inner, special)));
            }
        }
        return segments;
    }

    /// Whether the normalized text has to be looked at, or [#find(String, SpecialText)] says everything.
    boolean looksAtNormalized(SpecialText special) {
        return special instanceof SpecialText.Never ? ordinaryInNormalized : !inNormalized.isEmpty();
    }

    /// The tokens in an original text.
    List<Match> find(String text, SpecialText special) {
        boolean nothing = special instanceof SpecialText.Never && !ordinaryInOriginal;
        return nothing ? List.of() : inOriginal.find(text, special);
    }

    private static List<Segment> cut(AlignedText text, List<Match> matches) {
        List<Segment> segments = new ArrayList<>();
        int done = 0;
        for (Match match : matches) {
            if (done < match.start()) {
                segments.add(new Segment(text.slice(done, match.start()), Optional.empty()));
            }
            segments.add(new Segment(text.slice(match.start(), match.end()), Optional.of(match.token())));
            done = match.end();
        }
        if (done < text.length()) {
            segments.add(new Segment(text.slice(done, text.length()), Optional.empty()));
        }
        return segments;
    }

    /// The added token that is spelled so.
    Optional<AddedToken> find(String content) {
        return Optional.ofNullable(byContent.get(content));
    }

    /// The added token of an id.
    Optional<AddedToken> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }
}
