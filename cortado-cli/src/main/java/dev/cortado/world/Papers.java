package dev.cortado.world;

import dev.cortado.world.Entity.Goods;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Word;
import java.util.List;

/// Letters, dialogues, lists of sums and how-to notes.
final class Papers {
    private Papers() {}

    static List<Plot> all() {
        return List.of(new Plot("sums", Papers::sums));
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
            stage.say("sum result");
            stage.paragraph();
        }
        stage.summarise("sum sums");
    }
}
