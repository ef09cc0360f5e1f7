package dev.cortado.world;

import dev.cortado.world.Clause.Name;
import dev.cortado.world.Clause.NounPhrase;
import dev.cortado.world.Clause.Several;
import dev.cortado.world.Clause.Single;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Talu, a small language with a regular grammar, so that translation can be learnt and checked.
///
/// Word order is verb, subject, recipient, object, place. Case is a suffix on the last word of its phrase: object `-n`,
/// recipient `-ra`; a place takes `-mo` (in), `-vi` (at), `-su` (on), `-ke` (under), `-po` (behind) or `-lu` (to). The
/// verb takes `-ta` in the past and `-ne` in the present, and `-k` more when several act. Adjectives follow their noun,
/// numbers stand after it too, plural is `-i`, the indefinite is marked by `un` before the noun and the definite by
/// nothing. Names are kept. `docs/world.md` has examples.
final class InventedLanguage {
    private static final List<String> ONSETS =
            List.of("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u");
    private static final Map<String, String> PLACE_SUFFIX =
            Map.of("in", "mo", "at", "vi", "on", "su", "under", "ke", "behind", "po", "to", "lu");

    private final Map<String, String> roots = new TreeMap<>();

    /// A language for these English base forms.
    InventedLanguage(Collection<String> vocabulary) {
        Set<String> taken = new HashSet<>();
        int count = ONSETS.size() * VOWELS.size() * ONSETS.size() * VOWELS.size();
        // In alphabetical order, each word takes the root its spelling points at or the next free one.
        for (String word : new TreeSet<>(vocabulary)) {
            int index = Math.floorMod(word.hashCode() * 31, count);
            while (!taken.add(spell(index))) {
                index = (index + 1) % count;
            }
            roots.put(word, spell(index));
        }
    }

    /// English base form to root.
    Map<String, String> roots() {
        return Collections.unmodifiableMap(roots);
    }

    /// The translation of some sentences, each closed with a full stop.
    String translate(List<Clause> clauses, English.Tense tense) {
        return String.join(
                " ", clauses.stream().map(clause -> translate(clause, tense)).toList());
    }

    private String translate(Clause clause, English.Tense tense) {
        List<String> words = new ArrayList<>();
        words.add(root(clause.verb())
                + (tense == English.Tense.PAST ? "ta" : "ne")
                + (clause.subjects().size() > 1 ? "k" : ""));
        words.add(String.join(" e ", clause.subjects()));
        clause.recipient().ifPresent(name -> words.add(name + "-ra"));
        clause.object().ifPresent(phrase -> words.add(object(phrase)));
        clause.place().ifPresent(where -> {
            String suffix = "-" + PLACE_SUFFIX.get(where.preposition());
            words.add((where.place().proper()
                            ? where.place().noun()
                            : phrase(where.place().noun()))
                    + suffix);
        });
        return English.capitalise(String.join(" ", words)) + ".";
    }

    private String object(NounPhrase phrase) {
        return switch (phrase) {
            case Name(var name) -> name + "-n";
            case Single(var definite, var adjective, var noun) ->
                (definite ? "" : "un ") + root(noun) + " " + root(adjective) + "-n";
            case Several(var count, var goods) ->
                root(goods.singular()) + (count == 1 ? " " : "i ") + root(English.number(count)) + "-n";
        };
    }

    /// "old bench" to noun first, then its adjective.
    private String phrase(String english) {
        List<String> words = new ArrayList<>();
        for (String word : english.split(" ", -1)) {
            words.addFirst(root(word));
        }
        return String.join(" ", words);
    }

    private String root(String english) {
        String root = roots.get(english);
        if (root == null) {
            throw new IllegalStateException("Talu has no word for '" + english + "'");
        }
        return root;
    }

    /// The CVCV word of a number below 5,625.
    private static String spell(int index) {
        int syllables = ONSETS.size() * VOWELS.size();
        return syllable(index / syllables) + syllable(index % syllables);
    }

    private static String syllable(int index) {
        return ONSETS.get(index / VOWELS.size()) + VOWELS.get(index % VOWELS.size());
    }
}
