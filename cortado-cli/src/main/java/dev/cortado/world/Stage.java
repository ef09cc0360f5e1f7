package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import dev.cortado.world.WorldDocument.EntityFacts;
import dev.cortado.world.WorldDocument.Facts;
import dev.cortado.world.WorldDocument.Translation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where one document happens: its dice, its cast, its state, its narrator and the record of what happened.
///
/// A plot first casts and places everyone (slots A, B, and so on and the starting state), then tells events. What is
/// said
/// without an event is flavour and changes nothing.
final class Stage {
    private static final List<String> GOOD_MOODS = List.of("good", "relief", "winner");

    private final Lexicon lexicon;
    private final Dice dice;
    private final Casting casting;
    private final Atlas atlas;
    private Narrator narrator;
    private final State state = new State();
    private final Map<String, Entity> slots = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Clause> plain = new ArrayList<>();
    private final int forcedPlain;
    private Optional<State.Snapshot> start = Optional.empty();
    private String summary = "";

    Stage(Lexicon lexicon, Atlas atlas, Casting casting, Dice dice) {
        this.lexicon = lexicon;
        this.atlas = atlas;
        this.casting = casting;
        this.dice = dice;
        this.narrator = new Narrator(dice, lexicon.phrases(), lexicon.english(), English.Tense.PAST);
        this.forcedPlain = dice.below(3);
    }

    Dice dice() {
        return dice;
    }

    Lexicon lexicon() {
        return lexicon;
    }

    /// What a slot means now.
    Entity slot(String name) {
        return Optional.ofNullable(slots.get(name)).orElseThrow();
    }

    Casting casting() {
        return casting;
    }

    State state() {
        return state;
    }

    Atlas atlas() {
        return atlas;
    }

    /// Tells in the present tense from here on; before anything is said.
    void present() {
        narrator = new Narrator(dice, lexicon.phrases(), lexicon.english(), English.Tense.PRESENT);
    }

    Narrator narrator() {
        return narrator;
    }

    List<Event> events() {
        return events;
    }

    /// Gives a slot a meaning for all later patterns.
    <E extends Entity> E bind(String slot, E entity) {
        slots.put(slot, entity);
        return entity;
    }

    void word(String slot, String text) {
        slots.put(slot, new Word(text));
    }

    void say(String section) {
        narrator.say(section, slots, Narrator.Flow.STATE);
    }

    void maybe(int percent, String section) {
        if (dice.chance(percent)) {
            say(section);
        }
    }

    void paragraph() {
        narrator.paragraph();
    }

    void lineBreak() {
        narrator.lineBreak();
    }

    /// Lets an event happen and words it.
    void tell(Event event) {
        tell(event, event.kind());
    }

    /// Lets an event happen and words it by a special section.
    void tell(Event event, String section) {
        record(event);
        Map<String, Entity> view = new LinkedHashMap<>(slots);
        view.putAll(event.slots());
        boolean known = event.slots().values().stream().allMatch(narrator::knows);
        boolean due = plain.isEmpty() && events.size() > forcedPlain;
        if (known && !narrator.personal() && namesOnly(event) && (due || dice.chance(12))) {
            Optional<Clause> clause = Clause.of(event, true);
            if (clause.isPresent()) {
                plain.add(clause.get());
                narrator.verbatim(
                        clause.get().english(lexicon.english(), narrator.tense()),
                        event.slots().values());
                return;
            }
        }
        boolean state = event instanceof Event.Feel || event instanceof Event.Want || event instanceof Event.Meet;
        narrator.say(section, view, state ? Narrator.Flow.STATE : Narrator.Flow.ACTION);
    }

    /// Lets an event happen that the text around it tells.
    void record(Event event) {
        if (start.isEmpty()) {
            start = Optional.of(state.snapshot());
        }
        state.apply(event);
        events.add(event);
    }

    /// Only those with names of their own can stand in a plain sentence.
    private static boolean namesOnly(Event event) {
        return event.slots().values().stream()
                .noneMatch(entity ->
                        entity instanceof Person person && person.relativeOf().isPresent());
    }

    /// Feels and says so; good and bad feelings are worded differently.
    ///
    /// @param mood list of feelings: good, relief, winner, bad, guilty, lonely, angry
    void feel(Person who, String mood) {
        feel(who, mood, Optional.empty());
    }

    /// Feels so because of the last event but one, or whichever is given; the text gives the reason now and then.
    void feelBecause(Person who, String mood, Event cause) {
        feel(who, mood, Optional.of(cause));
    }

    private void feel(Person who, String mood, Optional<Event> cause) {
        boolean good = GOOD_MOODS.contains(mood);
        Word feeling = new Word(dice.pick(lexicon.list("feelings " + mood)));
        slots.put("F", feeling);
        Optional<String> reason = cause.flatMap(event -> Reasons.section(event, who));
        if (reason.isPresent() && dice.chance(50)) {
            Map<String, Entity> view = new LinkedHashMap<>(slots);
            view.putAll(cause.orElseThrow().slots());
            view.put("Z", who);
            view.put("F", feeling);
            record(new Event.Feel(who, feeling, cause));
            narrator.say(reason.get(), view, Narrator.Flow.STATE);
        } else {
            Event event = new Event.Feel(who, feeling, Optional.empty());
            tell(event, dice.chance(30) ? "feel" : good ? "feel good" : "feel bad");
        }
    }

    /// Feels and says so by a special section.
    void mood(Person who, String mood, String section) {
        Word feeling = new Word(dice.pick(lexicon.list("feelings " + mood)));
        slots.put("F", feeling);
        tell(new Event.Feel(who, feeling, Optional.empty()), section);
    }

    /// A random good feeling for flavour, without an event.
    void mood(String section) {
        word("F", dice.pick(lexicon.list("feelings good")));
        say(section);
    }

    /// One or two sentences that say what the document tells.
    void summarise(String section) {
        Narrator short_ = new Narrator(dice, lexicon.phrases(), lexicon.english(), narrator.tense());
        casting.people().forEach(short_::know);
        short_.say(section, slots, Narrator.Flow.STATE);
        summary = short_.text();
    }

    /// The document with everything derived from its facts.
    WorldDocument finish(String id, String kind) {
        State.Snapshot before = start.orElseGet(state::snapshot);
        State.Snapshot after = state.snapshot();
        List<Map<String, Object>> records = events.stream().map(this::json).toList();
        Facts facts = new Facts(entities(), before, records, after);
        List<WorldDocument.Question> questions =
                new Questions(lexicon, dice, facts, casting, narrator.text()).all(events);
        List<Clause> chosen = plain.size() > 2 ? plain.subList(0, 2) : plain;
        Translation translation = new Translation(
                String.join(
                        " ",
                        chosen.stream()
                                .map(clause -> clause.english(lexicon.english(), narrator.tense()))
                                .toList()),
                lexicon.talu().translate(chosen, narrator.tense()));
        return new WorldDocument(
                id,
                kind,
                narrator.text(),
                facts,
                questions,
                summary,
                chosen.isEmpty() ? Optional.empty() : Optional.of(translation),
                Preferences.of(questions, dice));
    }

    private List<EntityFacts> entities() {
        List<EntityFacts> all = new ArrayList<>();
        for (Person person : casting.people()) {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put("kind", person.kind());
            attributes.put("trait", person.traits().getFirst());
            attributes.put("pronoun", person.pronoun().subject());
            person.relativeOf().ifPresent(of -> attributes.put("relative of", of.name()));
            all.add(new EntityFacts(person.name(), "person", attributes));
        }
        for (Thing thing : casting.things()) {
            all.add(new EntityFacts(
                    thing.name(), "thing", Map.of("noun", thing.noun(), "adjective", thing.adjective())));
        }
        for (Place place : casting.places()) {
            all.add(new EntityFacts(place.name(), place.proper() ? "town" : "place", Map.of("at", place.at())));
        }
        all.addAll(casting.profiles());
        return all;
    }

    private Map<String, Object> json(Event event) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("event", event.kind());
        event.slots().forEach((slot, entity) -> {
            switch (slot) {
                case "A" -> record.put("who", entity.name());
                case "B" -> record.put("whom", entity.name());
                case "X" -> record.put("what", entity.name());
                case "Y" -> record.put("other", entity.name());
                case "L" -> record.put("where", entity.name());
                case "F" -> record.put("feeling", entity.name());
                case "W" -> record.put(event instanceof Event.Learn ? "lesson" : "how", entity.name());
                case "N" -> {
                    record.put("count", ((Amount) entity).count());
                    record.put("goods", ((Amount) entity).goods().singular());
                }
                default -> {}
            }
        });
        if (event instanceof Event.Feel(var _, var _, var because) && because.isPresent()) {
            record.put("because", events.indexOf(because.get()));
        }
        return record;
    }
}
