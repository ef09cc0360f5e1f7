package dev.cortado.world;

import dev.cortado.world.Entity.Pair;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import java.util.List;

/// Plots between two people: trades, presents, quarrels, races.
final class FriendPlots {
    private FriendPlots() {}

    static List<Plot> all() {
        return List.of(
                new Plot("trade", FriendPlots::trade),
                new Plot("birthday", FriendPlots::birthday),
                new Plot("quarrel", FriendPlots::quarrel),
                new Plot("race", FriendPlots::race));
    }

    private static void trade(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", where);
        Thing mine = Scenes.owned(stage, "X", hero);
        Thing yours = Scenes.owned(stage, "Y", friend);

        Scenes.open(stage);
        stage.say("own");
        stage.maybe(40, "bored");
        stage.paragraph();
        stage.say("oneday start");
        Scenes.goTo(stage, hero, where);
        Scenes.meet(stage, hero, friend);
        stage.say("has other");
        stage.tell(new Event.Want(hero, yours));
        stage.say("offer");
        stage.maybe(40, "think over");
        Event swap = new Event.Swap(hero, mine, friend, yours);
        stage.tell(swap);
        stage.feelBecause(hero, "good", swap);
        if (stage.dice().chance(25)) {
            stage.paragraph();
            stage.say("regret");
            stage.feel(friend, "bad");
            stage.tell(new Event.Swap(friend, mine, hero, yours), "swap back");
            stage.feel(friend, "good");
        } else {
            stage.feel(friend, "good");
        }
        Scenes.end(stage);
        stage.summarise("sum trade");
    }

    private static void birthday(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", where);
        boolean makes = stage.dice().chance(50);
        Thing gift =
                makes ? stage.bind("X", stage.casting().thing("toy", "wear", "paper")) : Scenes.owned(stage, "X", hero);

        Scenes.open(stage);
        stage.say("friend intro");
        stage.paragraph();
        stage.say("birthday soon");
        stage.maybe(50, "no money");
        if (makes) {
            stage.tell(new Event.Make(hero, gift), "make " + gift.family());
        } else {
            stage.say("own gift");
        }
        stage.maybe(40, "describe");
        stage.maybe(50, "wrap");
        stage.paragraph();
        Scenes.goTo(stage, hero, where);
        stage.say("party");
        stage.say("happy birthday");
        Event give = new Event.Give(hero, gift, friend);
        stage.tell(give);
        stage.maybe(40, "unwrap");
        stage.feelBecause(friend, "good", give);
        stage.maybe(60, "thanks back");
        stage.maybe(50, "cake");
        if (stage.dice().chance(40)) {
            stage.tell(new Event.Go(hero, home), "go home");
        }
        Scenes.end(stage);
        stage.summarise("sum birthday");
    }

    private static void quarrel(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", home);
        Thing thing = Scenes.owned(stage, "X", hero, "toy", "tool", "music", "treasure");
        stage.bind("G", new Pair(hero, friend));

        Scenes.open(stage);
        stage.say("friend intro");
        stage.paragraph();
        stage.say("oneday start");
        stage.tell(new Event.GoWith(hero, friend, where));
        stage.maybe(40, Scenes.weather(stage));
        stage.say("brought");
        stage.say("both want");
        Event quarrel = new Event.Quarrel(hero, friend);
        stage.tell(quarrel);
        boolean breaks = stage.dice().chance(60);
        if (breaks) {
            stage.tell(new Event.Break(stage.dice().chance(50) ? friend : hero, thing));
        }
        stage.feelBecause(hero, "angry", quarrel);
        stage.maybe(50, "apart");
        stage.paragraph();
        stage.feel(friend, "guilty");
        stage.tell(stage.dice().chance(50) ? new Event.MakeUp(friend, hero) : new Event.MakeUp(hero, friend));
        if (breaks) {
            stage.tell(new Event.Fix(stage.dice().chance(50) ? friend : hero, thing));
        }
        stage.maybe(70, "take turns");
        if (stage.dice().chance(30)) {
            stage.tell(new Event.Give(hero, thing, friend));
        }
        stage.feel(stage.dice().chance(50) ? hero : friend, "good");
        Scenes.lesson(stage, hero, "quarrel");
        Scenes.end(stage);
        stage.summarise(breaks ? "sum quarrel broken" : "sum quarrel");
    }

    private static void race(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", home);
        Thing prize = stage.bind("X", stage.casting().thing("treasure"));
        stage.state().leave(prize, where);
        stage.bind("G", new Pair(hero, friend));

        Scenes.open(stage);
        stage.say("friend intro");
        stage.paragraph();
        stage.say("challenge");
        stage.maybe(60, "boast");
        stage.say("race start");
        stage.say("race middle");
        stage.maybe(40, "race middle");
        boolean heroWins = stage.dice().chance(50);
        Person winner = stage.bind("C", heroWins ? hero : friend);
        Person loser = stage.bind("E", heroWins ? friend : hero);
        Event win = new Event.Win(winner, loser, where);
        stage.tell(win);
        stage.feelBecause(winner, "winner", win);
        stage.feelBecause(loser, "bad", win);
        stage.paragraph();
        if (stage.dice().chance(50)) {
            stage.tell(new Event.Take(winner, prize), "gets prize");
            if (stage.dice().chance(60)) {
                Event give = new Event.Give(winner, prize, loser);
                stage.tell(give);
                stage.feelBecause(loser, "good", give);
            }
        } else {
            stage.say("comfort");
            stage.feel(loser, "good");
        }
        Scenes.lesson(stage, loser, "race");
        Scenes.end(stage);
        stage.summarise("sum race");
    }
}
