package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import java.util.List;

/// Plots about doing the right thing: telling the truth, helping, keeping a promise, making someone less lonely.
final class HeartPlots {
    private HeartPlots() {}

    static List<Plot> all() {
        return List.of(
                new Plot("truth", HeartPlots::truth),
                new Plot("lonely", HeartPlots::lonely),
                new Plot("rescue", HeartPlots::rescue),
                new Plot("errand", HeartPlots::errand),
                new Plot("outing", HeartPlots::outing));
    }

    private static void truth(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Person elder = stage.bind("B", stage.casting().relative(hero));
        stage.state().stand(elder, home);
        Thing thing = stage.bind("X", stage.casting().thing("tool", "music", "treasure"));
        stage.state().leave(thing, home);
        Place spot = stage.bind("S", stage.casting().place("spots"));

        Scenes.open(stage);
        stage.say("elder own");
        stage.maybe(40, "describe");
        stage.paragraph();
        stage.say("truth alone");
        stage.record(new Event.Take(hero, thing));
        Event crack = new Event.Break(hero, thing);
        stage.tell(crack);
        stage.feelBecause(hero, "bad", crack);
        stage.tell(new Event.Hide(hero, thing, spot));
        stage.paragraph();
        stage.say("truth asks");
        stage.maybe(60, "truth silent");
        stage.feel(hero, "guilty");
        stage.say("truth told");
        stage.tell(new Event.Find(hero, thing, spot), "truth fetch");
        stage.tell(new Event.Give(hero, thing, elder), "hand over");
        stage.say("truth forgiven");
        Event whole = new Event.Fix(stage.dice().chance(60) ? elder : hero, thing);
        stage.tell(whole);
        stage.feelBecause(hero, "relief", whole);
        Scenes.lesson(stage, hero, "truth");
        Scenes.endAtHome(stage);
        stage.summarise("sum truth");
    }

    private static void lonely(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", where);
        Thing thing = Scenes.owned(stage, "X", hero, "toy", "music", "paper");

        Scenes.open(stage);
        stage.say("own");
        stage.maybe(30, "describe");
        stage.paragraph();
        stage.say("oneday start");
        Scenes.goTo(stage, hero, where);
        stage.tell(new Event.Meet(hero, friend), "lonely meet");
        stage.feel(friend, "lonely");
        stage.say("lonely asks");
        if (stage.dice().chance(60)) {
            Event give = new Event.Give(hero, thing, friend);
            stage.say("lonely offer");
            stage.tell(give);
            stage.feelBecause(friend, "good", give);
        } else {
            Amount snack = stage.bind(
                    "N",
                    stage.casting()
                            .amount(stage.dice().between(1, 3), stage.casting().goods("fruit", "baked")));
            stage.tell(new Event.Gain(hero, snack, new Word("buy")), "lonely buys");
            Event share = new Event.Share(hero, snack, friend);
            stage.tell(share);
            stage.feelBecause(friend, "good", share);
        }
        stage.maybe(60, "thanks back");
        stage.paragraph();
        stage.say("lonely play");
        stage.maybe(50, "lonely play");
        Scenes.end(stage);
        stage.summarise("sum lonely");
    }

    private static void rescue(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person animal = stage.bind("B", stage.casting().animal());
        stage.state().stand(animal, where);
        Thing thing = Scenes.owned(stage, "X", hero, "treasure", "wear", "music", "tool");

        Scenes.open(stage);
        stage.paragraph();
        stage.say("oneday start");
        Scenes.goTo(stage, hero, where);
        stage.tell(new Event.Meet(hero, animal), "rescue cry");
        stage.feel(animal, "bad");
        stage.tell(new Event.Help(hero, animal), "rescue help");
        stage.maybe(70, "rescue done");
        stage.feel(animal, "relief");
        stage.maybe(60, "thanks back");
        stage.paragraph();
        stage.say("rescue later");
        Event loss = new Event.Lose(hero, thing, where);
        stage.tell(loss);
        stage.feelBecause(hero, "bad", loss);
        stage.maybe(50, "search");
        stage.tell(new Event.Find(animal, thing, where));
        stage.tell(new Event.Give(animal, thing, hero), "hand back");
        stage.feel(hero, "relief");
        Scenes.lesson(stage, hero, "rescue");
        Scenes.end(stage);
        stage.summarise("sum rescue");
    }

    private static void errand(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person elder = stage.bind("C", stage.casting().relative(hero));
        stage.state().stand(elder, home);
        Person friend = Scenes.other(stage, "B", where);
        Thing thing = Scenes.owned(stage, "X", elder);

        Scenes.open(stage);
        stage.paragraph();
        stage.say("errand ask");
        stage.tell(new Event.Give(elder, thing, hero), "entrust");
        stage.maybe(50, "errand promise");
        stage.paragraph();
        stage.tell(new Event.Go(hero, where));
        stage.say("onway");
        stage.maybe(70, "errand trouble");
        stage.maybe(40, "errand tempt");
        stage.paragraph();
        stage.tell(new Event.Meet(hero, friend));
        stage.maybe(40, "errand message");
        Event give = new Event.Give(hero, thing, friend);
        stage.tell(give);
        stage.feelBecause(friend, "good", give);
        stage.maybe(60, "thanks back");
        stage.tell(new Event.Go(hero, home), "go home");
        stage.feel(elder, "good");
        stage.maybe(60, "errand praise");
        Scenes.end(stage);
        stage.summarise("sum errand");
    }

    /// A trip of two with things to see and to gather.
    private static void outing(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", home);
        stage.bind("G", new Entity.Pair(hero, friend));
        Entity.Goods goods = stage.casting().goods("fruit", "flower", "small");
        String how = goods.family().equals("small") ? "find" : "pick";

        Scenes.open(stage);
        stage.say("friend intro");
        stage.paragraph();
        stage.say("outing plan");
        stage.tell(new Event.GoWith(hero, friend, where));
        stage.say("outing way");
        stage.say("outing there");
        stage.maybe(60, "outing there");
        stage.bind("N", stage.casting().amount(2, goods));
        CountingPlots.gain(stage, hero, goods, stage.dice().between(2, 8), how);
        if (stage.dice().chance(60)) {
            CountingPlots.gain(stage, friend, goods, stage.dice().between(2, 8), how);
        }
        if (stage.dice().chance(60)) {
            stage.feelBecause(friend, "good", CountingPlots.share(stage, hero, friend, goods));
        }
        stage.paragraph();
        stage.say("outing rest");
        stage.maybe(50, "outing talk");
        stage.tell(new Event.GoWith(hero, friend, home), "outing home");
        Scenes.end(stage);
        stage.summarise("sum outing");
    }
}
