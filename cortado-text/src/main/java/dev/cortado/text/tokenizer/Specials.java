package dev.cortado.text.tokenizer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;

/// The special tokens of a tokenizer: marks that stand outside the text and are inserted by id only.
///
/// @param ids each special token's name and id, in the order of their file
/// @param bos begins a sequence
/// @param eos ends a sequence
/// @param pad fills a batch
public record Specials(SequencedMap<String, Integer> ids, OptionalInt bos, OptionalInt eos, OptionalInt pad) {
    private static final Specials NONE = of(Map.of());

    /// @throws IllegalArgumentException when two names share an id, or bos, eos or pad is not among the ids
    public Specials {
        ids = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ids));
        if (Set.copyOf(ids.values()).size() < ids.size()) {
            throw new IllegalArgumentException("two special tokens share an id: " + ids);
        }
        for (OptionalInt role : new OptionalInt[] {bos, eos, pad}) {
            if (role.isPresent() && !ids.containsValue(role.getAsInt())) {
                throw new IllegalArgumentException(
                        "id " + role.getAsInt() + " is not one of the special tokens " + ids);
            }
        }
    }

    /// No special tokens at all.
    public static Specials none() {
        return NONE;
    }

    /// Special tokens without roles, in the map's iteration order.
    public static Specials of(Map<String, Integer> ids) {
        return new Specials(new LinkedHashMap<>(ids), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    }

    /// The same tokens, with the named one beginning sequences.
    ///
    /// @throws IllegalArgumentException when there is no special token of that name; so for the other roles
    public Specials withBos(String name) {
        return new Specials(ids, OptionalInt.of(require(name)), eos, pad);
    }

    /// The same tokens, with the named one ending sequences.
    public Specials withEos(String name) {
        return new Specials(ids, bos, OptionalInt.of(require(name)), pad);
    }

    /// The same tokens, with the named one filling batches.
    public Specials withPad(String name) {
        return new Specials(ids, bos, eos, OptionalInt.of(require(name)));
    }

    /// Whether an id is that of a special token.
    public boolean contains(int id) {
        return ids.containsValue(id);
    }

    /// The name of each special token's id.
    public Map<Integer, String> byId() {
        Map<Integer, String> names = new LinkedHashMap<>();
        ids.forEach((name, id) -> names.put(id, name));
        return names;
    }

    /// The id of a special token that has to exist.
    ///
    /// @throws IllegalArgumentException when there is none of that name; the message lists those there are
    public int require(String name) {
        Integer id = ids.get(name);
        if (id == null) {
            throw new IllegalArgumentException("no special token '" + name + "'; there are " + ids.keySet());
        }
        return id;
    }
}
