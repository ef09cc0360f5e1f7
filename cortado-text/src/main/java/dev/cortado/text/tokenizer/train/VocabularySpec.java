package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.pipeline.AddedToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// What the vocabulary to be learned is like, whatever learns it.
///
/// @param size           ids wanted in all
/// @param minFrequency   what occurs less often does not become a token, at least 1
/// @param maxTokenLength most base symbols (characters, or bytes) one learned token may have; empty: any number
/// @param specials       names of the special tokens, which get ids 0, 1, …
/// @param reserved       number of special tokens without a meaning yet, `<|reserved_0|>`, `<|reserved_1|>`, …, whose
/// ids
/// follow those of the special tokens
public record VocabularySpec(
        int size, long minFrequency, OptionalInt maxTokenLength, List<String> specials, int reserved) {
    /// @throws IllegalArgumentException when a number is out of range, or a special token's name is empty or given
    /// twice
    public VocabularySpec {
        specials = List.copyOf(specials);
        if (size < 1) {
            throw new IllegalArgumentException("vocabulary size must be at least 1, not " + size);
        }
        if (minFrequency < 1) {
            throw new IllegalArgumentException("minFrequency must be at least 1, not " + minFrequency);
        }
        if (maxTokenLength.isPresent() && maxTokenLength.getAsInt() < 1) {
            throw new IllegalArgumentException("maxTokenLength must be at least 1, not " + maxTokenLength.getAsInt());
        }
        if (reserved < 0 || reserved > size) {
            throw new IllegalArgumentException(
                    "reserved tokens must be 0 to " + size + ", the vocabulary's size, not " + reserved);
        }
        Set<String> names = new HashSet<>(names(List.of(), reserved));
        for (String name : specials) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a special token has an empty name");
            }
            if (!names.add(name)) {
                throw new IllegalArgumentException("special token '" + name + "' is named twice");
            }
        }
        if (names.size() > size) {
            throw new IllegalArgumentException("vocabulary size " + size + " is too small for " + specials.size()
                    + " special and " + reserved + " reserved tokens");
        }
    }

    /// A size, tokens that occur twice at least, and nothing special.
    public static VocabularySpec of(int size) {
        return new VocabularySpec(size, 2, OptionalInt.empty(), List.of(), 0);
    }

    /// With other special tokens.
    public VocabularySpec withSpecials(String... names) {
        return new VocabularySpec(size, minFrequency, maxTokenLength, List.of(names), reserved);
    }

    /// With another number of reserved tokens.
    public VocabularySpec withReserved(int number) {
        return new VocabularySpec(size, minFrequency, maxTokenLength, specials, number);
    }

    /// With another least frequency.
    public VocabularySpec withMinFrequency(long least) {
        return new VocabularySpec(size, least, maxTokenLength, specials, reserved);
    }

    /// With a bound on the length of tokens.
    public VocabularySpec withMaxTokenLength(int most) {
        return new VocabularySpec(size, minFrequency, OptionalInt.of(most), specials, reserved);
    }

    /// The special and the reserved tokens by id.
    public List<String> fixed() {
        return names(specials, reserved);
    }

    List<AddedToken> addedTokens() {
        List<AddedToken> added = new ArrayList<>();
        for (String name : fixed()) {
            added.add(AddedToken.special(name, added.size()));
        }
        return added;
    }

    /// Refuses an unknown token that is not among the special ones.
    void requireSpecial(String unk) {
        if (!specials.contains(unk)) {
            throw new IllegalArgumentException(
                    "the unknown token '" + unk + "' is not among the special tokens " + specials + "; add it");
        }
    }

    /// Refuses a vocabulary that what must be in it does not fit in.
    void requireRoom(int needed, String what) {
        if (needed > size) {
            throw new IllegalArgumentException("vocabulary size " + size + " is too small: " + fixed().size()
                    + " special and reserved tokens and " + what + " need " + needed);
        }
    }

    private static List<String> names(List<String> specials, int reserved) {
        List<String> names = new ArrayList<>(specials);
        for (int i = 0; i < reserved; i++) {
            names.add("<|reserved_" + i + "|>");
        }
        return names;
    }
}
