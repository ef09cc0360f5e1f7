package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Goods;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import java.util.List;

/// Plots with simple sums: picking and sharing, baking, saving up for something.
final class CountingPlots {
    private CountingPlots() {}

    static List<Plot> all() {
        return List.of(
                new Plot("sharing", CountingPlots::sharing),
                new Plot("baking", CountingPlots::baking),
                new Plot("shopping", CountingPlots::shopping));
    }

    private static void sharing(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person friend = Scenes.other(stage, "B", where);
        Goods goods = stage.casting().goods("fruit", "flower", "small");
        int first = stage.dice().between(2, 6);
        boolean begins = stage.dice().chance(60);
        if (begins) {
            stage.state().own(hero, stage.casting().amount(first, goods));
        }
        amount(stage, "N", first, goods);
        boolean eatable = goods.family().equals("fruit");

        Scenes.open(stage);
        stage.paragraph();
        if (begins) {
            stage.say("had");
        } else {
            stage.say("oneday start");
        }
        Scenes.goTo(stage, hero, where);
        if (!begins || stage.dice().chance(60)) {
            gain(stage, hero, goods, stage.dice().between(2, 6), eatable ? "pick" : "find");
        }
        Scenes.meet(stage, hero, friend);
        stage.maybe(50, "friend asks");
        stage.feelBecause(friend, "good", share(stage, hero, friend, goods));
        stage.maybe(50, "thanks back");
        if (stage.state().count(hero, goods) > 1 && stage.dice().chance(60)) {
            stage.paragraph();
            spend(stage, hero, goods, eatable ? "eat" : "lose");
        }
        Scenes.lesson(stage, hero, "share");
        Scenes.end(stage);
        stage.summarise("sum sharing");
    }

    private static void baking(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place home = Scenes.place(stage, "H");
        Place where = Scenes.place(stage, "L");
        Person helper = stage.bind("C", stage.casting().relative(hero));
        stage.state().stand(helper, home);
        Person friend = Scenes.other(stage, "B", where);
        Goods goods = stage.casting().goods("baked");

        Scenes.open(stage);
        stage.paragraph();
        stage.say("bake plan");
        stage.tell(new Event.Help(helper, hero));
        stage.maybe(80, "bake work");
        stage.maybe(40, "bake work");
        gain(stage, hero, goods, stage.dice().between(4, 12), "bake");
        stage.maybe(60, "bake smell");
        share(stage, hero, helper, goods);
        if (stage.state().count(hero, goods) > 3 && stage.dice().chance(40)) {
            spend(stage, hero, goods, stage.dice().chance(70) ? "eat" : "drop");
        }
        stage.paragraph();
        boolean visits = stage.state().count(hero, goods) > 0;
        if (visits) {
            Scenes.goTo(stage, hero, where);
            Scenes.meet(stage, hero, friend);
            stage.feelBecause(friend, "good", share(stage, hero, friend, goods));
            stage.maybe(50, "thanks back");
        }
        if (visits) {
            Scenes.end(stage);
        } else {
            Scenes.endAtHome(stage);
        }
        stage.summarise("sum baking");
    }

    private static void shopping(Stage stage) {
        Person hero = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person seller = stage.bind("B", stage.casting().adult());
        stage.state().stand(seller, where);
        Thing thing = Scenes.owned(stage, "X", seller);
        Goods coins = coins(stage);
        int price = stage.dice().between(3, 9);
        int saved = stage.dice().between(1, 9);
        stage.state().own(hero, amount(stage, "N", saved, coins));
        stage.bind("Q", stage.casting().amount(price, coins));

        Scenes.open(stage);
        stage.paragraph();
        stage.say("oneday start");
        Scenes.goTo(stage, hero, where);
        Scenes.meet(stage, hero, seller);
        stage.say("sees in shop");
        stage.tell(new Event.Want(hero, thing));
        stage.say("price");
        stage.say("has coins");
        if (saved < price) {
            stage.bind("M", stage.casting().amount(price - saved, coins));
            stage.say("too few");
            stage.feel(hero, "bad");
            stage.paragraph();
            stage.say("works");
            int earned = price - saved + stage.dice().between(0, 2);
            gain(stage, hero, coins, earned, "earn");
            stage.say("goes back");
        }
        Amount paid = stage.bind("N", stage.casting().amount(price, coins));
        stage.tell(new Event.Share(hero, paid, seller), "pay");
        stage.tell(new Event.Give(seller, thing, hero));
        left(stage, hero, coins);
        stage.feel(hero, "good");
        Scenes.end(stage);
        stage.summarise("sum shopping");
    }

    static Goods coins(Stage stage) {
        return stage.lexicon().goods().stream()
                .filter(each -> each.singular().equals("coin"))
                .findFirst()
                .orElseThrow();
    }

    static Amount amount(Stage stage, String slot, int count, Goods goods) {
        return stage.bind(slot, stage.casting().amount(count, goods));
    }

    static void gain(Stage stage, Person who, Goods goods, int count, String how) {
        boolean had = stage.state().count(who, goods) > 0;
        String section = List.of("pick", "find", "bake", "earn").contains(how) ? "gain " + how : "gain";
        stage.tell(new Event.Gain(who, stage.casting().amount(count, goods), new Word(how)), section);
        if (had) {
            left(stage, who, goods);
        }
    }

    /// Gives some, at least one and not more than there are.
    static Event share(Stage stage, Person who, Person to, Goods goods) {
        int has = stage.state().count(who, goods);
        int count = stage.dice().between(1, Math.max(1, Math.min(has - 1, 4)));
        Amount gift = stage.bind("K", stage.casting().amount(count, goods));
        Event share = new Event.Share(who, gift, to);
        stage.tell(share);
        left(stage, who, goods);
        return share;
    }

    static void spend(Stage stage, Person who, Goods goods, String how) {
        int count = stage.dice().between(1, Math.max(1, stage.state().count(who, goods) - 1));
        stage.tell(new Event.Spend(who, stage.casting().amount(count, goods), new Word(how)));
        left(stage, who, goods);
    }

    /// States the result of the sum.
    static void left(Stage stage, Person who, Goods goods) {
        stage.bind("O", who);
        stage.bind("R", stage.casting().amount(stage.state().count(who, goods), goods));
        stage.say("now has");
    }
}
