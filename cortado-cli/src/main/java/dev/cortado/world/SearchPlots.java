package dev.cortado.world;

import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import java.util.List;

/// Plots about things that are lost, hidden, broken or carried.
final class SearchPlots {
    private SearchPlots() {}

    static List<Plot> all() {
        return List.of(
                new Plot("lost and found", SearchPlots::lostAndFound),
                new Plot("hidden", SearchPlots::hidden),
                new Plot("broken", SearchPlots::broken));
    }

    private static void lostAndFound(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", where);
        Thing thing = Scenes.owned(stage, "X", hero);

        Scenes.open(stage);
        stage.say("own");
        stage.maybe(50, "describe");
        stage.paragraph();
        stage.say("oneday start");
        Scenes.goTo(stage, hero, where);
        stage.maybe(50, "play");
        Event loss = new Event.Lose(hero, thing, where);
        stage.tell(loss);
        stage.maybe(60, "notice");
        stage.feelBecause(hero, "bad", loss);
        stage.maybe(60, "search");
        stage.paragraph();
        Scenes.meet(stage, hero, friend);
        stage.say("tell lost");
        stage.tell(new Event.Help(friend, hero));
        stage.maybe(50, "search both");
        Person finder = stage.dice().chance(60) ? friend : hero;
        Event found = new Event.Find(finder, thing, where);
        stage.tell(found);
        if (finder.equals(friend)) {
            stage.tell(new Event.Give(friend, thing, hero), "hand back");
        }
        stage.feelBecause(hero, "relief", found);
        stage.maybe(70, "thanks");
        stage.maybe(40, "answer");
        Scenes.end(stage);
        stage.summarise("sum lost");
    }

    private static void hidden(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Person joker = Scenes.other(stage, "B", home);
        Thing thing = stage.bind("X", stage.casting().anything());
        stage.state().leave(thing, home);
        Place spot = stage.bind("S", stage.casting().place("spots"));

        Scenes.open(stage);
        stage.say("own");
        stage.maybe(40, "describe");
        stage.paragraph();
        stage.say("visit joke");
        stage.tell(new Event.Take(joker, thing), "joke take");
        stage.tell(new Event.Hide(joker, thing, spot));
        stage.paragraph();
        stage.say("come back gone");
        stage.feel(hero, "bad");
        stage.say("search");
        stage.maybe(50, "ask joke");
        if (stage.dice().chance(50)) {
            stage.feel(joker, "guilty");
            stage.say("confess");
            stage.tell(new Event.Find(joker, thing, spot));
            stage.tell(new Event.Give(joker, thing, hero), "hand back");
        } else {
            stage.tell(new Event.Find(hero, thing, spot));
            stage.say("laugh or not");
        }
        stage.tell(new Event.MakeUp(joker, hero));
        stage.feel(hero, "relief");
        Scenes.lesson(stage, joker, "joke");
        Scenes.endAtHome(stage);
        stage.summarise("sum hidden");
    }

    private static void broken(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person helper = stage.bind("B", stage.casting().adult());
        stage.state().stand(helper, where);
        Thing thing = Scenes.owned(stage, "X", hero, "toy", "tool", "music", "treasure");

        Scenes.open(stage);
        stage.say("own");
        stage.maybe(40, "describe");
        stage.maybe(30, "play");
        stage.paragraph();
        stage.say("oneday start");
        Event crack = new Event.Break(hero, thing);
        stage.tell(crack);
        stage.feelBecause(hero, "bad", crack);
        stage.maybe(50, "cannot fix");
        stage.paragraph();
        Scenes.goTo(stage, hero, where);
        Scenes.meet(stage, hero, helper);
        stage.say("show broken");
        stage.tell(new Event.Give(hero, thing, helper), "hand over");
        stage.tell(new Event.Fix(helper, thing));
        stage.tell(new Event.Give(helper, thing, hero), "hand back");
        stage.feel(hero, "relief");
        stage.maybe(70, "thanks");
        stage.maybe(50, "answer");
        if (stage.dice().chance(50)) {
            stage.paragraph();
            stage.tell(new Event.Go(hero, home), "go home");
        }
        Scenes.end(stage);
        stage.summarise("sum broken");
    }
}
