package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Goods;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Chooses who and what a document is about; nothing is chosen twice, so that every noun in it is unambiguous.
final class Casting {
    /// This share of the held-out documents tells of people, pets and things that training never sees; the
    /// others differ from training in their stories only, so that what a model has learned can be told from how
    /// it meets strangers.
    private static final int STRANGE_PERCENT = 20;

    /// In such documents, this share of names and of things is unseen.
    private static final int RARE_PERCENT = 60;

    private final Lexicon lexicon;
    private final Dice dice;
    private final Split split;
    private final boolean strange;
    private final Set<String> used = new HashSet<>();
    private final List<Person> people = new ArrayList<>();
    private final List<Thing> things = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final List<EntityFacts> profiles = new ArrayList<>();

    Casting(Lexicon lexicon, Dice dice, Split split) {
        this.lexicon = lexicon;
        this.dice = dice;
        this.split = split;
        this.strange = split == Split.HELD_OUT && dice.chance(STRANGE_PERCENT);
    }

    List<Person> people() {
        return people;
    }

    List<Thing> things() {
        return things;
    }

    List<Place> places() {
        return places;
    }

    /// Facts about people and towns of the atlas that a document describes.
    List<EntityFacts> profiles() {
        return profiles;
    }

    Split split() {
        return split;
    }

    /// A child, an animal that talks, now and then a grown-up.
    Person anyone() {
        int roll = dice.below(10);
        return roll < 6 ? child() : roll < 9 ? animal() : adult();
    }

    Person child() {
        boolean girl = dice.chance(50);
        String kind = girl ? "girl" : "boy";
        return add(kind(kind, "child kinds"), girl, name(girl));
    }

    Person animal() {
        String kind = unused(lexicon.list("animals"));
        boolean female = dice.chance(50);
        return add(kind(kind, "child kinds"), female, dice.chance(50) ? rare("pets") : name(female));
    }

    Person adult() {
        boolean woman = dice.chance(50);
        String job = unused(lexicon.list("jobs").stream()
                .filter(each -> !(woman && (each.endsWith("man") && !each.equals("woman"))))
                .toList());
        return add(job, woman, name(woman));
    }

    /// Mother, brother and so on; called by that word.
    Person relative(Person of) {
        boolean woman = dice.chance(50);
        String kind = unused(lexicon.list(woman ? "relatives she" : "relatives he"));
        Person relative = new Person(
                of.name() + "'s " + kind, woman ? Pronoun.SHE : Pronoun.HE, kind, List.of(trait()), Optional.of(of));
        people.add(relative);
        return relative;
    }

    private Person add(String kind, boolean female, String name) {
        Person person = new Person(name, female ? Pronoun.SHE : Pronoun.HE, kind, List.of(trait()), Optional.empty());
        people.add(person);
        return person;
    }

    private String trait() {
        return unused(lexicon.list("traits"));
    }

    private String kind(String noun, String adjectives) {
        return dice.chance(45) ? dice.pick(lexicon.list(adjectives)) + " " + noun : noun;
    }

    private String name(boolean female) {
        return rare(female ? "girls" : "boys");
    }

    private String rare(String section) {
        boolean rare = strange && dice.chance(RARE_PERCENT);
        return unused(lexicon.list(rare ? "held-out " + section : section));
    }

    /// A thing of one of the families: toy, tool, wear, music, treasure, paper.
    Thing thing(String... families) {
        boolean rare = strange && dice.chance(RARE_PERCENT);
        List<String> wanted = List.of(families);
        List<Lexicon.Noun> fitting = lexicon.things(rare ? Split.HELD_OUT : Split.TRAIN).stream()
                .filter(noun -> wanted.contains(noun.family()) && !used.contains(noun.noun()))
                .toList();
        if (fitting.isEmpty()) {
            fitting = lexicon.things(Split.TRAIN).stream()
                    .filter(noun -> wanted.contains(noun.family()) && !used.contains(noun.noun()))
                    .toList();
        }
        Lexicon.Noun noun = dice.pick(fitting);
        used.add(noun.noun());
        Thing thing = new Thing(unused(lexicon.list(noun.family() + " adjectives")), noun.noun(), noun.family());
        things.add(thing);
        return thing;
    }

    Thing anything() {
        return thing("toy", "tool", "wear", "music", "treasure", "paper");
    }

    /// A place of a kind: places, homes, spots.
    Place place(String kind) {
        List<Place> free = lexicon.placesOf(kind).stream()
                .filter(place -> !used.contains(place.noun()))
                .toList();
        Place place = dice.pick(free);
        used.add(place.noun());
        places.add(place);
        return place;
    }

    /// A town by name.
    Place town() {
        Place town = new Place(rare("towns"), "in", true);
        places.add(town);
        return town;
    }

    Goods goods(String... families) {
        List<String> wanted = List.of(families);
        Goods goods = dice.pick(lexicon.goods().stream()
                .filter(each -> wanted.contains(each.family()) && !used.contains(each.singular()))
                .toList());
        used.add(goods.singular());
        return goods;
    }

    Amount amount(int count, Goods goods) {
        return new Amount(count, goods);
    }

    /// One of the words that this document has not used yet.
    String unused(List<String> options) {
        for (int attempt = 0; attempt < 50; attempt++) {
            String option = dice.pick(options);
            if (used.add(option)) {
                return option;
            }
        }
        throw new IllegalStateException("a document needs more different words than " + options);
    }
}
