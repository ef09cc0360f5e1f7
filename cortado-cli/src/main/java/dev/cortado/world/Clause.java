package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import java.util.List;
import java.util.Optional;

/// A plain main clause: the meaning shared by an English sentence and its translation.
///
/// @param subjects one or two names
/// @param verb base form
/// @param place where it happens or, for `go`, where it leads
record Clause(
        List<String> subjects,
        String verb,
        Optional<NounPhrase> object,
        Optional<String> recipient,
        Optional<Adverbial> place) {

    /// What the verb acts on.
    sealed interface NounPhrase {}

    /// Someone by name.
    record Name(String name) implements NounPhrase {}

    /// "the red ball", "a red ball".
    record Single(boolean definite, String adjective, String noun) implements NounPhrase {}

    /// "three apples".
    record Several(int count, Entity.Goods goods) implements NounPhrase {}

    /// @param preposition to, in, at, on, under, behind
    record Adverbial(String preposition, Place place) {}

    /// The plain clause for an event that has one.
    ///
    /// @param known whether the thing was mentioned before and so is definite
    static Optional<Clause> of(Event event, boolean known) {
        return switch (event) {
            case Event.Go(var who, var to) -> Optional.of(clause(who, "go").to(to));
            case Event.GoWith(var who, var with, var to) ->
                Optional.of(new Clause(
                                List.of(who.name(), with.name()),
                                "go",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())
                        .to(to));
            case Event.Take(var who, var what) ->
                Optional.of(clause(who, "take").object(what, known));
            case Event.Give(var who, var what, var to) ->
                Optional.of(clause(who, "give").object(what, known).recipient(to));
            case Event.Lose(var who, var what, var where) ->
                Optional.of(clause(who, "lose").object(what, known).at(where));
            case Event.Find(var who, var what, var where) ->
                Optional.of(clause(who, "find").object(what, known).at(where));
            case Event.Hide(var who, var what, var where) ->
                Optional.of(clause(who, "hide").object(what, known).at(where));
            case Event.Gain(var who, var amount, var how) ->
                Optional.of(clause(who, how.name()).object(amount));
            case Event.Share(var who, var amount, var to) ->
                Optional.of(clause(who, "give").object(amount).recipient(to));
            case Event.Spend(var who, var amount, var how) ->
                Optional.of(clause(who, how.name()).object(amount));
            case Event.Break(var who, var what) ->
                Optional.of(clause(who, "break").object(what, known));
            case Event.Fix(var who, var what) -> Optional.of(clause(who, "fix").object(what, known));
            case Event.Make(var who, var what) ->
                Optional.of(clause(who, "make").object(what, known));
            case Event.Want(var who, var what) ->
                Optional.of(clause(who, "want").object(what, known));
            case Event.Meet(var who, var whom) ->
                Optional.of(clause(who, "meet").person(whom));
            case Event.Help(var who, var whom) ->
                Optional.of(clause(who, "help").person(whom));
            case Event.Swap _, Event.Feel _, Event.Win _, Event.Quarrel _, Event.MakeUp _, Event.Learn _ ->
                Optional.empty();
        };
    }

    /// The English sentence.
    String english(English english, English.Tense tense) {
        Pronoun agreement = subjects.size() > 1 ? Pronoun.THEY : Pronoun.IT;
        StringBuilder sentence = new StringBuilder(String.join(" and ", subjects))
                .append(' ')
                .append(english.finite(verb, tense, agreement));
        object.ifPresent(phrase -> sentence.append(' ').append(english(phrase)));
        recipient.ifPresent(name -> sentence.append(" to ").append(name));
        place.ifPresent(where -> sentence.append(' ')
                .append(where.preposition())
                .append(where.place().proper() ? " " : " the ")
                .append(where.place().noun()));
        return English.articles(sentence.append('.').toString());
    }

    private static String english(NounPhrase phrase) {
        return switch (phrase) {
            case Name(var name) -> name;
            case Single(var definite, var adjective, var noun) -> (definite ? "the " : "a ") + adjective + " " + noun;
            case Several(var count, var goods) ->
                English.number(count) + " " + (count == 1 ? goods.singular() : goods.plural());
        };
    }

    private static Clause clause(Person who, String verb) {
        return new Clause(List.of(who.name()), verb, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Clause object(Thing thing, boolean known) {
        return object(new Single(known, thing.adjective(), thing.noun()));
    }

    private Clause object(Amount amount) {
        return object(new Several(amount.count(), amount.goods()));
    }

    private Clause person(Person person) {
        return object(new Name(person.name()));
    }

    private Clause object(NounPhrase phrase) {
        return new Clause(subjects, verb, Optional.of(phrase), recipient, place);
    }

    private Clause recipient(Person to) {
        return new Clause(subjects, verb, object, Optional.of(to.name()), place);
    }

    private Clause to(Place where) {
        return new Clause(subjects, verb, object, recipient, Optional.of(new Adverbial("to", where)));
    }

    private Clause at(Place where) {
        return new Clause(subjects, verb, object, recipient, Optional.of(new Adverbial(where.at(), where)));
    }
}
