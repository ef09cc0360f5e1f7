package dev.cortado.world;

import java.util.List;
import java.util.Optional;

/// What a sentence can speak of.
sealed interface Entity {

    /// The name in facts and events: unique within a document.
    String name();

    /// Which pronoun stands for it.
    Pronoun pronoun();

    /// Someone who acts: a child, an adult, a relative, a speaking animal.
    ///
    /// @param kind noun that describes them: "boy", "baker", "fox", "mother"
    /// @param traits adjectives, the first one is asked about
    /// @param relativeOf whose mother, brother and so on this is; such people are called by their kind
    record Person(String name, Pronoun pronoun, String kind, List<String> traits, Optional<Person> relativeOf)
            implements Entity {
        /// Names are unique within a document; hashing the rest again and again would cost a tenth of the time.
        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /// A single thing: "red ball".
    ///
    /// @param family what one does with it: toy, tool, wear, music, treasure, paper, food
    record Thing(String adjective, String noun, String family) implements Entity {
        @Override
        public String name() {
            return adjective + " " + noun;
        }

        @Override
        public Pronoun pronoun() {
            return Pronoun.IT;
        }
    }

    /// A place.
    ///
    /// @param noun bare noun ("park") or, when `proper`, the name of a town
    /// @param at preposition of being there: in, at, on, under, behind and so on
    record Place(String noun, String at, boolean proper) implements Entity {
        @Override
        public String name() {
            return noun;
        }

        @Override
        public Pronoun pronoun() {
            return Pronoun.IT;
        }
    }

    /// So many of the same: "three apples".
    record Amount(int count, Goods goods) implements Entity {
        @Override
        public String name() {
            return count == 1 ? goods.singular() : goods.plural();
        }

        @Override
        public Pronoun pronoun() {
            return count == 1 ? Pronoun.IT : Pronoun.THEY;
        }
    }

    /// Two people who act together.
    record Pair(Person first, Person second) implements Entity {
        @Override
        public String name() {
            return first.name() + " and " + second.name();
        }

        @Override
        public Pronoun pronoun() {
            return Pronoun.THEY;
        }
    }

    /// A fixed wording: a feeling, a lesson, a dish.
    record Word(String name) implements Entity {
        @Override
        public Pronoun pronoun() {
            return Pronoun.IT;
        }
    }

    /// Things that are counted.
    ///
    /// @param family fruit, baked, flower, small
    record Goods(String singular, String plural, String family) {}
}
