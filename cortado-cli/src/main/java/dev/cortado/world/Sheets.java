package dev.cortado.world;

import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Word;
import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Short descriptions of the towns and citizens of the [Atlas], in the present tense.
final class Sheets {
    private Sheets() {}

    static List<Plot> all() {
        return List.of(new Plot("town", Sheets::town), new Plot("citizen", Sheets::citizen));
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

    /// Says the attributes in a random order, the first two kept first; each value is bound to V.
    private static void attributes(Stage stage, String sort, EntityFacts entity) {
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
            stage.maybe(25, sort + " aside");
            first = false;
        }
        stage.maybe(40, sort + " end");
    }
}
