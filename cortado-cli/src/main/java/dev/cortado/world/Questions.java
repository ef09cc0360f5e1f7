package dev.cortado.world;

import dev.cortado.world.WorldDocument.EntityFacts;
import dev.cortado.world.WorldDocument.Facts;
import dev.cortado.world.WorldDocument.Question;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Derives questions with known answers from the events and the final state of a document.
///
/// A question is asked only if it has one answer: an event question only about the sole event of its kind and thing.
final class Questions {
    private static final int WRONG = 3;
    private static final int LIMIT = 8;
    private static final int CANDIDATES = 6;

    private final Lexicon lexicon;
    private final Dice dice;
    private final Facts facts;
    private final Casting casting;
    private final String text;
    private final List<Question> questions = new ArrayList<>();

    Questions(Lexicon lexicon, Dice dice, Facts facts, Casting casting, String text) {
        this.lexicon = lexicon;
        this.dice = dice;
        this.facts = facts;
        this.casting = casting;
        this.text = text;
    }

    /// Up to eight questions, in the order of what they ask about.
    List<Question> all(List<Event> events) {
        events.forEach(event -> ask(event, events));
        state();
        casting.profiles().forEach(this::profile);
        Set<String> seen = new LinkedHashSet<>();
        List<Question> distinct = new ArrayList<>(
                questions.stream().filter(q -> seen.add(q.question())).toList());
        while (distinct.size() > LIMIT) {
            distinct.remove(dice.below(distinct.size()));
        }
        return distinct;
    }

    private void ask(Event event, List<Event> events) {
        boolean sole = events.stream().filter(other -> same(event, other)).count() == 1;
        if (!sole) {
            return;
        }
        switch (event) {
            case Event.Give(var who, var what, var to) -> {
                String thing = "the " + what.name();
                person(
                        "Who gave " + thing + " to " + to.name() + "?",
                        who.name(),
                        who.name() + " gave " + thing + " to " + to.name() + ".",
                        asks("giver", "what", what.name(), "whom", to.name()));
                person(
                        "Who got " + thing + " from " + who.name() + "?",
                        to.name(),
                        to.name() + " got " + thing + " from " + who.name() + ".",
                        asks("receiver", "what", what.name(), "who", who.name()));
            }
            case Event.Lose(var who, var what, var where) -> {
                place(
                        "Where did " + who.name() + " lose the " + what.name() + "?",
                        at(where),
                        who.name() + " lost the " + what.name() + " " + at(where) + ".",
                        asks("lost at", "what", what.name(), "who", who.name()));
            }
            case Event.Find(var who, var what, var where) -> {
                person(
                        "Who found the " + what.name() + "?",
                        who.name(),
                        who.name() + " found the " + what.name() + ".",
                        asks("finder", "what", what.name()));
                place(
                        "Where was the " + what.name() + " found?",
                        at(where),
                        "The " + what.name() + " was found " + at(where) + ".",
                        asks("found at", "what", what.name()));
            }
            case Event.Hide(var who, var what, var where) ->
                place(
                        "Where did " + who.name() + " hide the " + what.name() + "?",
                        at(where),
                        who.name() + " hid the " + what.name() + " " + at(where) + ".",
                        asks("hidden at", "what", what.name(), "who", who.name()));
            case Event.Break(var who, var what) ->
                person(
                        "Who broke the " + what.name() + "?",
                        who.name(),
                        who.name() + " broke the " + what.name() + ".",
                        asks("breaker", "what", what.name()));
            case Event.Fix(var who, var what) ->
                person(
                        "Who fixed the " + what.name() + "?",
                        who.name(),
                        who.name() + " fixed the " + what.name() + ".",
                        asks("fixer", "what", what.name()));
            case Event.Make(var who, var what) ->
                person(
                        "Who made the " + what.name() + "?",
                        who.name(),
                        who.name() + " made the " + what.name() + ".",
                        asks("maker", "what", what.name()));
            case Event.Win(var who, var whom, var where) ->
                person(
                        "Who won the race?",
                        who.name(),
                        who.name() + " won the race against " + whom.name() + ".",
                        asks("winner"));
            case Event.Help(var who, var whom) ->
                person(
                        "Who helped " + whom.name() + "?",
                        who.name(),
                        who.name() + " helped " + whom.name() + ".",
                        asks("helper", "whom", whom.name()));
            case Event.Want(var who, var what) ->
                thing(
                        "What did " + who.name() + " want?",
                        English.indefinite(what.name()),
                        who.name() + " wanted " + English.indefinite(what.name()) + ".",
                        asks("wanted", "who", who.name()));
            case Event.Swap(var who, var what, var with, var other) ->
                thing(
                        "What did " + who.name() + " get for the " + what.name() + "?",
                        "the " + other.name(),
                        who.name() + " got the " + other.name() + " for the " + what.name() + ".",
                        asks("swapped for", "who", who.name(), "what", what.name()));
            case Event.Share(var who, var amount, var to) ->
                number(
                        "How many " + amount.goods().plural() + " did " + who.name() + " give to " + to.name() + "?",
                        amount.count(),
                        who.name() + " gave " + English.number(amount.count()) + " " + amount.name() + " to "
                                + to.name() + ".",
                        asks(
                                "shared",
                                "who",
                                who.name(),
                                "whom",
                                to.name(),
                                "goods",
                                amount.goods().singular()));
            case Event.Learn(var who, var lesson) ->
                question(
                        "What did " + who.name() + " learn?",
                        "that " + lesson.name(),
                        who.name() + " learned that " + lesson.name() + ".",
                        otherLessons(),
                        asks("lesson", "who", who.name()));
            case Event.Feel(var who, var feeling, var because)
            when because.isPresent() -> {
                String reason = Reasons.answer(because.get(), who);
                question(
                        "Why was " + who.name() + " " + feeling.name() + "?",
                        reason,
                        who.name() + " was " + feeling.name() + " " + reason + ".",
                        otherReasons(who),
                        asks("reason", "who", who.name(), "feeling", feeling.name()));
            }
            default -> {}
        }
    }

    private List<String> otherReasons(Entity.Person who) {
        String other = dice.pick(lexicon.list("boys"));
        Lexicon.Noun noun = dice.pick(lexicon.things(Split.TRAIN));
        return List.of(
                "because it rained all day",
                "because " + who.name() + " found " + English.indefinite(noun.noun()),
                "because " + other + " went home",
                "because " + who.name() + " was hungry",
                "because " + who.name() + " lost " + English.indefinite(noun.noun()),
                "because " + other + " broke the " + noun.noun());
    }

    private List<String> otherLessons() {
        return Stream.of("lessons race", "lessons quarrel", "lessons share", "lessons truth")
                .flatMap(list -> lexicon.list(list).stream())
                .map(lesson -> "that " + lesson)
                .toList();
    }

    /// Whether two events would answer the same question.
    private static boolean same(Event one, Event other) {
        if (!one.kind().equals(other.kind())) {
            return false;
        }
        Map<String, Entity> a = one.slots();
        Map<String, Entity> b = other.slots();
        return switch (one) {
            case Event.Want _ -> a.get("A").equals(b.get("A"));
            case Event.Help _ -> a.get("B").equals(b.get("B"));
            case Event.Share(var who, var amount, var to) ->
                other instanceof Event.Share(var giver, var gift, var taker)
                        && who.equals(giver)
                        && to.equals(taker)
                        && amount.goods().equals(gift.goods());
            case Event.Win _ -> true;
            case Event.Learn _ -> a.get("A").equals(b.get("A"));
            case Event.Give _ ->
                a.get("X").equals(b.get("X"))
                        && (a.get("A").equals(b.get("A")) || a.get("B").equals(b.get("B")));
            case Event.Feel _ -> a.get("A").equals(b.get("A")) && a.get("F").equals(b.get("F"));
            default -> !a.containsKey("X") || a.get("X").equals(b.get("X"));
        };
    }

    private void state() {
        facts.end().has().forEach((what, who) -> {
            if (!who.equals(facts.start().has().get(what)) || dice.chance(30)) {
                person(
                        "Who has the " + what + " at the end?",
                        who,
                        who + " has the " + what + ".",
                        asks("holder", "what", what));
            }
        });
        facts.end().lies().forEach((what, where) -> {
            String at = placePhrase(where);
            place(
                    "Where is the " + what + " at the end?",
                    at,
                    "The " + what + " is " + at + ".",
                    asks("lies", "what", what));
        });
        facts.end().at().forEach((who, where) -> {
            // Only what the text tells can be asked.
            if (text.contains(where) && dice.chance(50)) {
                String at = placePhrase(where);
                place("Where is " + who + " at the end?", at, who + " is " + at + ".", asks("place", "who", who));
            }
        });
        facts.end().feels().forEach((who, feeling) -> {
            if (dice.chance(60)) {
                question(
                        "How does " + who + " feel at the end?",
                        feeling,
                        who + " feels " + feeling + ".",
                        opposite(feeling),
                        asks("feeling", "who", who));
            }
        });
        facts.end()
                .counts()
                .forEach((who, goods) -> goods.forEach((one, count) -> {
                    String plural = lexicon.goods().stream()
                            .filter(each -> each.singular().equals(one))
                            .findFirst()
                            .orElseThrow()
                            .plural();
                    number(
                            "How many " + plural + " does " + who + " have at the end?",
                            count,
                            who + " has " + English.number(count) + " " + (count == 1 ? one : plural) + ".",
                            asks("count", "who", who, "goods", one));
                }));
    }

    /// Feelings of the other kind.
    private List<String> opposite(String feeling) {
        boolean bad = List.of("bad", "guilty", "lonely", "angry").stream()
                .anyMatch(mood -> lexicon.list("feelings " + mood).contains(feeling));
        return lexicon.list(bad ? "feelings good" : "feelings bad");
    }

    private void profile(EntityFacts profile) {
        profile.attributes().forEach((attribute, value) -> {
            if (attribute.equals("pronoun")) {
                return;
            }
            Atlas.Query query = Atlas.query(profile, attribute);
            List<String> others = new ArrayList<>(Atlas.alternatives(lexicon, attribute, casting.split()));
            others.removeIf(other -> profile.attributes().containsValue(other));
            question(
                    query.question(),
                    value,
                    query.sentence(),
                    others,
                    asks("attribute", "who", profile.name(), "attribute", attribute));
        });
    }

    private void person(String question, String answer, String sentence, Map<String, String> asks) {
        List<String> others = new ArrayList<>(casting.people().stream()
                .map(Entity.Person::name)
                .filter(name -> !name.equals(answer))
                .toList());
        others.addAll(some(lexicon.list(dice.chance(50) ? "boys" : "girls")));
        question(question, answer, sentence, others.subList(0, Math.min(WRONG, others.size())), asks);
    }

    private void place(String question, String answer, String sentence, Map<String, String> asks) {
        List<String> others =
                new ArrayList<>(casting.places().stream().map(Questions::at).toList());
        List<Entity.Place> alike =
                lexicon.placesOf(answer.startsWith("in ") || answer.startsWith("at ") ? "places" : "spots");
        for (int i = 0; i < CANDIDATES; i++) {
            others.add(at(dice.pick(alike)));
        }
        question(question, answer, sentence, others, asks);
    }

    private void thing(String question, String answer, String sentence, Map<String, String> asks) {
        String article = answer.startsWith("the ") ? "the " : "a ";
        List<String> others = new ArrayList<>();
        casting.things().forEach(each -> others.add(English.articles(article + each.name())));
        for (int i = 0; i < CANDIDATES; i++) {
            Lexicon.Noun noun = dice.pick(lexicon.things(Split.TRAIN));
            String adjective = dice.pick(lexicon.list(noun.family() + " adjectives"));
            others.add(English.articles(article + adjective + " " + noun.noun()));
        }
        question(question, answer, sentence, others, asks);
    }

    private void number(String question, int answer, String sentence, Map<String, String> asks) {
        List<String> others = new ArrayList<>();
        for (int off : List.of(1, -1, 2, -2, 3)) {
            if (answer + off >= 0) {
                others.add(spoken(answer + off));
            }
        }
        question(question, spoken(answer), sentence, others.subList(0, WRONG), asks);
    }

    private static String spoken(int number) {
        return number == 0 ? "none" : English.number(number);
    }

    private void question(
            String question, String answer, String sentence, List<String> others, Map<String, String> asks) {
        Set<String> wrong = new LinkedHashSet<>();
        for (int attempt = 0; wrong.size() < WRONG && attempt < 30; attempt++) {
            String option = dice.pick(others);
            if (!option.equals(answer)) {
                wrong.add(option);
            }
        }
        questions.add(new Question(
                English.capitalise(question), answer, English.capitalise(sentence), List.copyOf(wrong), asks));
    }

    private List<String> some(List<String> names) {
        int from = dice.below(names.size() - WRONG);
        List<String> cast = casting.people().stream().map(Entity.Person::name).toList();
        return names.subList(from, from + WRONG).stream()
                .filter(name -> !cast.contains(name))
                .toList();
    }

    private String placePhrase(String name) {
        return casting.places().stream()
                .filter(place -> place.name().equals(name))
                .findFirst()
                .map(Questions::at)
                .orElseThrow();
    }

    private static String at(Entity.Place place) {
        return place.at() + (place.proper() ? " " : " the ") + place.noun();
    }

    private static Map<String, String> asks(String ask, String... arguments) {
        Map<String, String> asks = new LinkedHashMap<>();
        asks.put("ask", ask);
        for (int i = 0; i < arguments.length; i += 2) {
            asks.put(arguments[i], arguments[i + 1]);
        }
        return asks;
    }
}
