package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The special tokens of a vocabulary that are known by their names alone, for files that do not mark them.
final class SpecialNames {
    private final Vocabulary vocabulary;
    private final List<AddedToken> tokens = new ArrayList<>();

    /// @param names those that the vocabulary does not have are left out
    SpecialNames(Vocabulary vocabulary, List<String> names) {
        this.vocabulary = vocabulary;
        for (String name : names) {
            vocabulary.id(name).ifPresent(id -> tokens.add(AddedToken.special(name, id)));
        }
        tokens.sort(Comparator.comparingInt(AddedToken::id));
    }

    /// The tokens, in the order of their ids.
    List<AddedToken> tokens() {
        return List.copyOf(tokens);
    }

    /// The same with roles, as far as there are tokens of these names.
    Specials specials(Optional<String> bos, Optional<String> eos, Optional<String> pad) {
        var ids = new LinkedHashMap<String, Integer>();
        tokens.forEach(token -> ids.put(token.content(), token.id()));
        return new Specials(ids, role(bos), role(eos), role(pad));
    }

    private OptionalInt role(Optional<String> name) {
        return name.map(vocabulary::id).orElse(OptionalInt.empty());
    }
}
