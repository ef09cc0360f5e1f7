package dev.cortado.world;

import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;

/// Parts that many plots share: openings, ways, meetings, endings.
final class Scenes {
    private Scenes() {}

    /// Casts a hero at home (A, H, T, P) and a place to go to (L), which starts with the hero at home.
    static Person hero(Stage stage) {
        Person hero = stage.bind("A", stage.casting().anyone());
        Place home = stage.bind("H", stage.casting().place("homes"));
        stage.bind("T", stage.casting().town());
        stage.bind("L", stage.casting().place("places"));
        stage.word("P", stage.casting().unused(stage.lexicon().list("pastimes")));
        stage.word("D", stage.casting().unused(stage.lexicon().list("foods")));
        stage.word("F", stage.dice().pick(stage.lexicon().list("feelings good")));
        stage.word("I", stage.dice().pick(stage.lexicon().list("seasons")));
        boolean fair = stage.dice().chance(60);
        stage.word("U", stage.dice().pick(stage.lexicon().list(fair ? "weather fair words" : "weather foul words")));
        stage.state().stand(hero, home);
        return hero;
    }

    /// Casts another person, who is at a place.
    static Person other(Stage stage, String slot, Place where) {
        Person other = stage.bind(slot, stage.casting().anyone());
        stage.state().stand(other, where);
        return other;
    }

    /// Casts a thing that the person has.
    static Thing owned(Stage stage, String slot, Person owner, String... families) {
        Thing thing = stage.bind(
                slot,
                families.length == 0
                        ? stage.casting().anything()
                        : stage.casting().thing(families));
        stage.state().own(owner, thing);
        return thing;
    }

    static Place place(Stage stage, String slot) {
        return (Place) stage.slot(slot);
    }

    /// Sentences that fit the weather of this document.
    static String weather(Stage stage) {
        return stage.lexicon()
                        .list("weather fair words")
                        .contains(stage.slot("U").name())
                ? "weather fair"
                : "weather foul";
    }

    /// Tells who the story is about.
    static void open(Stage stage) {
        stage.say("open");
        if (!stage.narrator().mentioned(stage.slot("P"))) {
            stage.maybe(50, "hobby");
        }
        stage.maybe(15, weather(stage));
    }

    /// Tells the way from here to L.
    static void goTo(Stage stage, Person who, Place where) {
        stage.tell(new Event.Go(who, where));
        stage.maybe(35, "onway");
        stage.maybe(20, "arrive");
    }

    static void meet(Stage stage, Person who, Person whom) {
        stage.tell(new Event.Meet(who, whom));
        stage.maybe(50, "hello");
    }

    /// Now and then, someone learns something from a list of lessons.
    static void lesson(Stage stage, Person who, String topic) {
        if (stage.dice().chance(55)) {
            String lesson = stage.dice().pick(stage.lexicon().list("lessons " + topic));
            stage.tell(new Event.Learn(who, new Word(lesson)));
        }
    }

    /// Ends a story of two friends at L.
    static void end(Stage stage) {
        stage.paragraph();
        if (stage.dice().chance(40)) {
            stage.say("end friends");
        }
        if (stage.dice().chance(45)) {
            stage.mood("end");
        }
    }

    /// Ends a story that stayed at home.
    static void endAtHome(Stage stage) {
        stage.paragraph();
        if (stage.dice().chance(80)) {
            stage.mood("end");
        }
    }
}
