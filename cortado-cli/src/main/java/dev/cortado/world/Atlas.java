package dev.cortado.world;

import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The towns of the world and some of their citizens, with facts that hold in every document of a seed. Those of the
/// held-out half occur in held-out documents only.
final class Atlas {
    private static final int CITIZENS = 90;
    private static final int HELD_OUT_CITIZENS = 36;

    /// How to ask for an attribute, and the sentence that states it.
    record Query(String question, String sentence) {}

    private final Map<Split, List<EntityFacts>> towns = new LinkedHashMap<>();
    private final Map<Split, List<EntityFacts>> citizens = new LinkedHashMap<>();

    Atlas(Lexicon lexicon, long seed) {
        for (Split split : Split.values()) {
            Dice dice = Dice.of(seed, 0xA71A5, split.streams());
            String prefix = split == Split.HELD_OUT ? "held-out " : "";
            towns.put(
                    split,
                    lexicon.list(prefix + "towns").stream()
                            .map(name -> town(name, lexicon, dice))
                            .toList());
            citizens.put(split, citizens(lexicon, dice, prefix, split));
        }
    }

    List<EntityFacts> towns(Split split) {
        return towns.get(split);
    }

    List<EntityFacts> citizens(Split split) {
        return citizens.get(split);
    }

    private static EntityFacts town(String name, Lexicon lexicon, Dice dice) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String attribute : List.of("lies", "known for", "roofs", "festival", "market day")) {
            facts.put(attribute, dice.pick(alternatives(lexicon, attribute, Split.TRAIN)));
        }
        return new EntityFacts(name, "town", facts);
    }

    private static List<EntityFacts> citizens(Lexicon lexicon, Dice dice, String prefix, Split split) {
        int count = split == Split.HELD_OUT ? HELD_OUT_CITIZENS : CITIZENS;
        List<String> names = new ArrayList<>();
        List<EntityFacts> all = new ArrayList<>();
        while (all.size() < count) {
            boolean woman = dice.chance(50);
            String name = dice.pick(lexicon.list(prefix + (woman ? "girls" : "boys"))) + " "
                    + dice.pick(lexicon.list(prefix + "surnames"));
            if (names.contains(name)) {
                continue;
            }
            names.add(name);
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("pronoun", woman ? "she" : "he");
            for (String attribute : List.of("job", "home", "food", "pastime", "pet", "pet name")) {
                List<String> options = alternatives(lexicon, attribute, split).stream()
                        .filter(option -> !(woman && option.endsWith("man")))
                        .toList();
                facts.put(attribute, dice.pick(options));
            }
            all.add(new EntityFacts(name, "citizen", facts));
        }
        return List.copyOf(all);
    }

    /// The values an attribute can have.
    static List<String> alternatives(Lexicon lexicon, String attribute, Split split) {
        return switch (attribute) {
            case "lies" -> lexicon.list("lies");
            case "known for" -> lexicon.list("known for");
            case "roofs" -> lexicon.list("colours");
            case "festival" -> lexicon.list("seasons");
            case "market day" -> lexicon.list("days");
            case "job" -> lexicon.list("jobs");
            case "home" -> lexicon.list(split == Split.HELD_OUT ? "held-out towns" : "towns");
            case "food" -> lexicon.list("foods");
            case "pastime" -> lexicon.list("pastimes");
            case "pet" -> lexicon.list("pet animals");
            case "pet name" -> lexicon.list(split == Split.HELD_OUT ? "held-out pets" : "pets");
            case "lives", "eats", "color" ->
                column(
                        lexicon,
                        "animal facts",
                        List.of("", "lives", "eats", "color").indexOf(attribute));
            case "main" -> lexicon.goods().stream().map(Entity.Goods::plural).toList();
            case "tool" -> column(lexicon, "recipes", 1);
            case "minutes" -> List.of("five", "ten", "fifteen", "twenty", "seven", "twelve");
            default -> throw new IllegalStateException("no attribute '" + attribute + "' in the atlas");
        };
    }

    private static List<String> column(Lexicon lexicon, String section, int column) {
        return lexicon.records(section).stream()
                .map(record -> record.get(column))
                .distinct()
                .toList();
    }

    static Query query(EntityFacts of, String attribute) {
        String name = of.name();
        String value = of.attributes().get(attribute);
        return switch (attribute) {
            case "lies" -> new Query("Where does " + name + " lie?", name + " lies " + value + ".");
            case "known for" -> new Query("What is " + name + " known for?", name + " is known for " + value + ".");
            case "roofs" ->
                new Query("What color are the roofs of " + name + "?", "The roofs of " + name + " are " + value + ".");
            case "festival" ->
                new Query(
                        "In which season is the festival of " + name + "?",
                        "The festival of " + name + " is in " + value + ".");
            case "market day" ->
                new Query(
                        "On which day is the market of " + name + "?",
                        "The market of " + name + " is on " + value + ".");
            case "job" ->
                new Query("What is the job of " + name + "?", name + " is " + English.indefinite(value) + ".");
            case "home" -> new Query("Where does " + name + " live?", name + " lives in " + value + ".");
            case "food" -> new Query("What does " + name + " like to eat?", name + " likes to eat " + value + ".");
            case "pastime" ->
                new Query("What is the pastime of " + name + "?", "The pastime of " + name + " is " + value + ".");
            case "pet" ->
                new Query("What pet does " + name + " have?", name + " has " + English.indefinite(value) + ".");
            case "pet name" ->
                new Query("What is the name of " + name + "'s pet?", name + "'s pet is named " + value + ".");
            case "lives" -> new Query("Where does " + name + " live?", name + " lives " + value + ".");
            case "eats" -> new Query("What does " + name + " eat?", name + " eats " + value + ".");
            case "color" -> new Query("What color is " + name + "?", name + " is " + value + ".");
            case "main" -> new Query("What is needed for " + name + "?", "For " + name + ", " + value + " are needed.");
            case "tool" ->
                new Query("What tool is needed for " + name + "?", "For " + name + ", a " + value + " is needed.");
            case "minutes" ->
                new Query(
                        "How many minutes does " + name + " take?",
                        English.capitalise(name) + " takes " + value + " minutes.");
            default -> throw new IllegalStateException("no question for attribute '" + attribute + "'");
        };
    }
}
