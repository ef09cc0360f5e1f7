package dev.cortado.world;

import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Word;
import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Short descriptions of the towns and citizens of the [Atlas], in the present tense.
final class Sheets {
    private Sheets() {}

    static List<Plot> all() {
        return List.of(
                new Plot("town", Sheets::town),
                new Plot("citizen", Sheets::citizen),
                new Plot("animal", Sheets::animal));
    }

    private static void town(Stage stage) {
        stage.present();
        EntityFacts town = stage.dice().pick(stage.atlas().towns(stage.casting().split()));
        stage.casting().profiles().add(town);
        stage.bind("A", new Place(town.name(), "in", true));
        attributes(stage, "town", town);
        stage.word("F", town.attributes().get("lies"));
        stage.word("W", town.attributes().get("known for"));
        stage.summarise("sum town");
    }

    private static void citizen(Stage stage) {
        stage.present();
        EntityFacts citizen =
                stage.dice().pick(stage.atlas().citizens(stage.casting().split()));
        stage.casting().profiles().add(citizen);
        Pronoun pronoun = citizen.attributes().get("pronoun").equals("she") ? Pronoun.SHE : Pronoun.HE;
        Person person = stage.bind(
                "A",
                new Person(
                        citizen.name(), pronoun, citizen.attributes().get("job"), List.of("kind"), Optional.empty()));
        stage.narrator().know(person);
        attributes(stage, "citizen", citizen);
        stage.bind("W", new Word(citizen.attributes().get("job")));
        stage.word("F", citizen.attributes().get("home"));
        stage.summarise("sum citizen");
    }

    private static void animal(Stage stage) {
        stage.present();
        String[] line =
                stage.dice().pick(stage.lexicon().records("animal facts")).toArray(String[]::new);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("lives", line[1]);
        facts.put("eats", line[2]);
        facts.put("color", line[3]);
        EntityFacts animal = new EntityFacts("the " + line[0], "animal", facts);
        stage.casting().profiles().add(animal);
        stage.bind("A", new Place(line[0], "in", false));
        stage.word("Z", plural(line[0]));
        attributes(stage, "animal", animal);
        stage.say("animal aside");
        stage.say("animal aside");
        stage.word("F", line[1]);
        stage.word("W", "the " + line[0]);
        stage.summarise("sum animal");
    }

    private static String plural(String animal) {
        return switch (animal) {
            case "mouse" -> "mice";
            case "goose" -> "geese";
            case "deer" -> "deer";
            default -> English.sibilantEnding(animal);
        };
    }

    /// Season and dish for asides.
    private static void season(Stage stage) {
        stage.word("I", stage.dice().pick(stage.lexicon().list("seasons")));
        stage.word("D", stage.dice().pick(stage.lexicon().list("foods")));
    }

    /// Says the attributes in a random order, the first two kept first; each value is bound to V.
    private static void attributes(Stage stage, String sort, EntityFacts entity) {
        season(stage);
        List<String> rest = new ArrayList<>(entity.attributes().keySet());
        rest.remove("pronoun");
        rest.remove("pet name");
        boolean first = true;
        while (!rest.isEmpty()) {
            String attribute = rest.remove(first ? 0 : stage.dice().below(rest.size()));
            stage.word("V", entity.attributes().get(attribute));
            if (attribute.equals("pet")) {
                stage.word("Z", entity.attributes().get("pet name"));
            }
            stage.say(sort + " " + attribute);
            stage.maybe(35, sort + " aside");
            first = false;
        }
        if (stage.lexicon().phrases().has(sort + " end")) {
            stage.maybe(40, sort + " end");
        }
    }
}
