package dev.cortado.world;

import dev.cortado.world.Entity.Goods;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Letters, dialogues, lists of sums and how-to notes.
final class Papers {
    private Papers() {}

    static List<Plot> all() {
        return List.of(
                new Plot("sums", Papers::sums),
                new Plot("letter", Papers::letter),
                new Plot("shop talk", Papers::shopTalk),
                new Plot("news talk", Papers::newsTalk),
                new Plot("how to", Papers::howTo));
    }

    /// A list of little sums in words, each with a question and its answer.
    private static void sums(Stage stage) {
        int count = stage.dice().between(3, 6);
        Person[] people = new Person[count];
        Goods[] goods = new Goods[count];
        int[] first = new int[count];
        for (int i = 0; i < count; i++) {
            people[i] = stage.casting().child();
            goods[i] = stage.casting().goods("fruit", "baked", "flower", "small");
            first[i] = stage.dice().between(1, 10);
            stage.state().own(people[i], stage.casting().amount(first[i], goods[i]));
            stage.narrator().know(people[i]);
        }
        for (int i = 0; i < count; i++) {
            stage.bind("A", people[i]);
            CountingPlots.amount(stage, "N", first[i], goods[i]);
            stage.say("sum has");
            boolean more = first[i] < 3 || stage.dice().chance(55);
            int change = more ? stage.dice().between(1, 10) : stage.dice().between(1, first[i]);
            CountingPlots.amount(stage, "K", change, goods[i]);
            if (more) {
                String how = stage.dice().pick(List.of("get", "buy", "find"));
                stage.tell(
                        new Event.Gain(people[i], stage.casting().amount(change, goods[i]), new Word(how)), "sum gain");
            } else {
                boolean food = List.of("fruit", "baked").contains(goods[i].family());
                String how =
                        food && stage.dice().chance(50) ? "eat" : stage.dice().pick(List.of("lose", "sell"));
                stage.tell(
                        new Event.Spend(people[i], stage.casting().amount(change, goods[i]), new Word(how)),
                        "sum spend");
            }
            CountingPlots.amount(stage, "R", stage.state().count(people[i], goods[i]), goods[i]);
            stage.say(more ? "sum result" : "sum result less");
            stage.paragraph();
        }
        stage.summarise("sum sums");
    }

    /// A letter in the first person; its events are those of the writer.
    private static void letter(Stage stage) {
        Person writer = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person reader = stage.bind("B", stage.casting().anyone());
        stage.narrator().call(writer, Pronoun.I);
        stage.narrator().call(reader, Pronoun.YOU);
        boolean loses = stage.dice().chance(40);
        Thing thing = Scenes.owned(stage, "X", writer);
        Goods goods = stage.casting().goods("fruit", "flower", "small");

        stage.say("letter head");
        stage.lineBreak();
        stage.say("letter start");
        stage.maybe(30, "letter start");
        stage.tell(new Event.Go(writer, where), "letter go");
        stage.say("letter see");
        stage.maybe(40, "letter see");
        if (loses) {
            stage.tell(new Event.Lose(writer, thing, where), "letter lose");
            if (stage.dice().chance(60)) {
                stage.tell(new Event.Find(writer, thing, where), "letter find");
                stage.mood(writer, "relief", "letter feel");
            } else {
                stage.mood(writer, "bad", "letter feel");
            }
        } else {
            String how = stage.dice().pick(List.of("buy", goods.family().equals("small") ? "find" : "pick"));
            int count = stage.dice().between(2, 9);
            stage.tell(new Event.Gain(writer, stage.casting().amount(count, goods), new Word(how)), "letter gain");
            Event gain = stage.events().getLast();
            if (stage.dice().chance(60) && gain instanceof Event.Gain) {
                int eaten = stage.dice().between(1, count);
                Entity.Amount part = stage.casting().amount(eaten, goods);
                boolean food = goods.family().equals("fruit");
                stage.tell(new Event.Spend(writer, part, new Word(food ? "eat" : "lose")), "letter gain");
            }
            stage.bind("R", stage.casting().amount(stage.state().count(writer, goods), goods));
            stage.say("letter left");
            stage.mood(writer, "good", "letter feel");
        }
        stage.say("letter end");
        stage.maybe(30, "letter end");
        stage.lineBreak();
        stage.say("letter close");
        stage.summarise("sum letter");
    }

    private static void shopTalk(Stage stage) {
        Person buyer = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Person seller = Scenes.other(stage, "B", where);
        stage.state().stand(buyer, where);
        Thing thing = Scenes.owned(stage, "X", seller);
        Goods coins = CountingPlots.coins(stage);
        int price = stage.dice().between(2, 12);
        int has = price + stage.dice().between(0, 6);
        stage.state().own(buyer, stage.casting().amount(has, coins));
        stage.bind("N", stage.casting().amount(has, coins));
        stage.bind("Q", stage.casting().amount(price, coins));
        stage.narrator().know(thing);

        lines(stage, "talk hello A", "talk hello B", "shop ask", "shop price");
        if (stage.dice().chance(50)) {
            lines(stage, "shop cheap");
        }
        stage.record(new Event.Want(buyer, thing));
        stage.record(new Event.Share(buyer, stage.casting().amount(price, coins), seller));
        lines(stage, "shop pay");
        stage.record(new Event.Give(seller, thing, buyer));
        lines(stage, "shop give");
        stage.bind("R", stage.casting().amount(has - price, coins));
        lines(stage, "shop left");
        stage.summarise("sum shop talk");
    }

    private static void newsTalk(Stage stage) {
        Person asks = Scenes.hero(stage);
        Place where = Scenes.place(stage, "L");
        Place here = stage.casting().place("places");
        Person friend = Scenes.other(stage, "B", where);
        Person third = Scenes.other(stage, "C", where);
        stage.word("F", stage.dice().pick(stage.lexicon().list("feelings bad")));
        Thing thing = Scenes.owned(stage, "X", friend);
        stage.narrator().know(thing);

        stage.record(new Event.Give(friend, thing, third));
        stage.record(new Event.Go(friend, here));
        stage.record(new Event.Go(asks, here));
        stage.record(new Event.Meet(asks, friend));
        lines(stage, "talk hello A", "talk hello B", "news ask", "news give");
        if (stage.dice().chance(80)) {
            lines(stage, "news why", "news because");
        }
        if (stage.dice().chance(60)) {
            lines(stage, "news go", "news went");
        }
        lines(stage, "talk bye A", "talk bye B");
        stage.summarise("sum news talk");
    }

    private static void lines(Stage stage, String... sections) {
        for (String section : sections) {
            stage.say(section);
            stage.lineBreak();
        }
    }

    private static void howTo(Stage stage) {
        stage.present();
        List<String> recipe = stage.dice().pick(stage.lexicon().records("recipes"));
        Goods main = stage.casting().goods("fruit");
        String minutes = stage.dice().pick(Atlas.alternatives(stage.lexicon(), "minutes", Split.TRAIN));
        String dish = main.singular() + " " + recipe.getFirst();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("main", main.plural());
        facts.put("tool", recipe.getLast());
        facts.put("minutes", minutes);
        stage.casting().profiles().add(new EntityFacts(dish, "dish", facts));
        stage.word("W", dish);
        stage.word("V", recipe.getLast());
        stage.word("M", minutes);
        stage.word("U", stage.dice().pick(stage.lexicon().list("weather foul words")));
        stage.word("I", stage.dice().pick(stage.lexicon().list("seasons")));
        CountingPlots.amount(stage, "N", stage.dice().between(2, 9), main);

        stage.say("how title");
        stage.lineBreak();
        for (String section : List.of("how need", "how first", "how then", "how wait", "how last")) {
            stage.say(section);
        }
        stage.maybe(50, "how tip");
        stage.summarise("sum howto");
    }
}
