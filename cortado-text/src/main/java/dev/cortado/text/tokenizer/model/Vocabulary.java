package dev.cortado.text.tokenizer.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tokens of a model and their ids, one to one; ids may have holes. Immutable.
public final class Vocabulary {
    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens; // by id

    private Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        // A lying file could name an id of two thousand million: the table would be larger than the file.
        if (largest > 8L * ids.size() + (1 << 20)) {
            throw new IllegalArgumentException(
                    "the largest id is " + largest + " in a vocabulary of " + ids.size() + " tokens");
        }
        tokens = new String[largest + 1];
        ids.forEach((token, id) -> {
            if (id < 0) {
                throw new IllegalArgumentException("id of token '" + token + "' is " + id + ", not a number from 0 on");
            }
            if (tokens[id] != null) {
                throw new IllegalArgumentException("tokens '" + tokens[id] + "' and '" + token + "' share id " + id);
            }
            tokens[id] = token;
        });
    }

    /// A vocabulary with the ids of a map.
    ///
    /// @throws IllegalArgumentException when two tokens share an id or an id is negative or absurdly large
    public static Vocabulary of(Map<String, Integer> ids) {
        return new Vocabulary(Collections.unmodifiableMap(new LinkedHashMap<>(ids)));
    }

    /// Tokens numbered from 0.
    ///
    /// @throws IllegalArgumentException when a token occurs twice
    public static Vocabulary of(List<String> tokens) {
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (String token : tokens) {
            Integer earlier = ids.put(token, ids.size());
            if (earlier != null) {
                throw new IllegalArgumentException(
                        "token '" + token + "' has two ids, " + earlier + " and " + ids.size());
            }
        }
        return new Vocabulary(Collections.unmodifiableMap(ids));
    }

    /// One more than the largest id.
    public int size() {
        return tokens.length;
    }

    /// Each token's id.
    public Map<String, Integer> ids() {
        return ids;
    }

    /// Each token's id, but for those of some ids.
    Map<String, Integer> idsWithout(Set<Integer> excluded) {
        Map<String, Integer> others = HashMap.newHashMap(ids.size());
        ids.forEach((token, id) -> {
            if (!excluded.contains(id)) {
                others.put(token, id);
            }
        });
        return others;
    }

    /// The id of a token.
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /// The token of an id; empty when no token has it.
    public Optional<String> token(int id) {
        return id < 0 || id >= tokens.length ? Optional.empty() : Optional.ofNullable(tokens[id]);
    }
}
