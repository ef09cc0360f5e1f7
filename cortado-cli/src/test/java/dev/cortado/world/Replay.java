package dev.cortado.world;

import dev.cortado.world.State.Snapshot;
import dev.cortado.world.WorldDocument.EntityFacts;
import dev.cortado.world.WorldDocument.Facts;
import dev.cortado.world.WorldDocument.Question;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A second, naive reading of the written facts: flat keys such as "has red ball" to values, changed event by event.
final class Replay {
    static final List<String> NUMBERS = List.of(
            "no",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty");

    private final Facts facts;
    private final Map<String, String> world;

    Replay(Facts facts) {
        this.facts = facts;
        this.world = flat(facts.start());
        facts.events().forEach(event -> step(world, event));
        world.values().removeIf("0"::equals);
    }

    /// The state after all events by this replay.
    Map<String, String> end() {
        return world;
    }

    /// The state after all events as the document has it.
    Map<String, String> told() {
        Map<String, String> told = flat(facts.end());
        told.values().removeIf("0"::equals);
        return told;
    }

    /// Number words of all counts that anybody has at any time.
    static Set<String> countsOnTheWay(Facts facts) {
        Map<String, String> world = flat(facts.start());
        Set<String> counts = new HashSet<>();
        facts.events().forEach(event -> {
            step(world, event);
            world.forEach((key, value) -> {
                if (key.startsWith("count ")) {
                    counts.add(NUMBERS.get(Integer.parseInt(value)));
                }
            });
        });
        return counts;
    }

    private static void step(Map<String, String> world, Map<String, Object> event) {
        String who = (String) event.get("who");
        String whom = (String) event.get("whom");
        String what = (String) event.get("what");
        String where = (String) event.get("where");
        switch ((String) event.get("event")) {
            case "go" -> world.put("at " + who, where);
            case "go with", "win" -> {
                world.put("at " + who, where);
                world.put("at " + whom, where);
            }
            case "take", "find", "make" -> {
                world.remove("lies " + what);
                world.put("has " + what, who);
            }
            case "give" -> world.put("has " + what, whom);
            case "lose", "hide" -> {
                world.remove("has " + what);
                world.put("lies " + what, where);
            }
            case "swap" -> {
                world.put("has " + what, whom);
                world.put("has " + event.get("other"), who);
            }
            case "gain" -> add(world, who, event, 1);
            case "spend" -> add(world, who, event, -1);
            case "share" -> {
                add(world, who, event, -1);
                add(world, whom, event, 1);
            }
            case "break" -> world.put("broken " + what, "true");
            case "fix" -> world.put("broken " + what, "false");
            case "feel" -> world.put("feels " + who, (String) event.get("feeling"));
            case "want", "meet", "help", "quarrel", "make up", "learn" -> {}
            default -> throw new AssertionError("unknown event " + event);
        }
    }

    private static void add(Map<String, String> world, String who, Map<String, Object> event, int sign) {
        int change = sign * (Integer) event.get("count");
        world.merge(
                "count " + who + " " + event.get("goods"),
                Integer.toString(change),
                (old, more) -> Integer.toString(Integer.parseInt(old) + Integer.parseInt(more)));
    }

    private static Map<String, String> flat(Snapshot snapshot) {
        Map<String, String> flat = new TreeMap<>();
        snapshot.at().forEach((who, where) -> flat.put("at " + who, where));
        snapshot.has().forEach((what, who) -> flat.put("has " + what, who));
        snapshot.lies().forEach((what, where) -> flat.put("lies " + what, where));
        snapshot.feels().forEach((who, feeling) -> flat.put("feels " + who, feeling));
        snapshot.broken().forEach((what, broken) -> flat.put("broken " + what, broken.toString()));
        snapshot.counts()
                .forEach((who, goods) ->
                        goods.forEach((one, count) -> flat.put("count " + who + " " + one, count.toString())));
        return flat;
    }

    /// The answer by the replayed state and the events.
    String answer(Question question) {
        Map<String, String> asks = question.asks();
        String who = asks.get("who");
        String what = asks.get("what");
        return switch (asks.get("ask")) {
            case "holder" -> world.get("has " + what);
            case "lies" -> at(world.get("lies " + what));
            case "place" -> at(world.get("at " + who));
            case "feeling" -> world.get("feels " + who);
            case "count" -> {
                int count = Integer.parseInt(world.getOrDefault("count " + who + " " + asks.get("goods"), "0"));
                yield count == 0 ? "none" : NUMBERS.get(count);
            }
            case "giver" -> only("give", "who", asks);
            case "receiver" -> only("give", "whom", asks);
            case "lost at" -> at(only("lose", "where", asks));
            case "found at" -> at(only("find", "where", asks));
            case "hidden at" -> at(only("hide", "where", asks));
            case "finder" -> only("find", "who", asks);
            case "breaker" -> only("break", "who", asks);
            case "fixer" -> only("fix", "who", asks);
            case "maker" -> only("make", "who", asks);
            case "winner" -> only("win", "who", asks);
            case "helper" -> only("help", "who", asks);
            case "wanted" -> indefinite(only("want", "what", asks));
            case "swapped for" -> "the " + only("swap", "other", asks);
            case "shared" -> NUMBERS.get(Integer.parseInt(only("share", "count", asks)));
            case "lesson" -> "that " + only("learn", "lesson", asks);
            case "attribute" ->
                facts.entities().stream()
                        .filter(entity -> entity.name().equals(who))
                        .map(EntityFacts::attributes)
                        .findFirst()
                        .orElseThrow()
                        .get(asks.get("attribute"));
            case "reason" -> {
                Map<String, Object> cause = facts.events().get(Integer.parseInt(only("feel", "because", asks)));
                assertCauseIsPlausible(question, cause, who);
                yield question.answer();
            }
            default -> throw new AssertionError("unknown question " + question);
        };
    }

    /// The reason names what happened, and the one who feels or the one who did it.
    private static void assertCauseIsPlausible(Question question, Map<String, Object> cause, String who) {
        boolean names = question.answer().contains((String) cause.get("who"))
                || question.answer().contains(who);
        boolean thing = !cause.containsKey("what")
                || question.answer().contains((String) cause.get("what"))
                || question.answer().contains(String.valueOf(cause.get("other")));
        if (!names || !thing) {
            throw new AssertionError("reason of " + question + " is not " + cause);
        }
    }

    /// The value of one participant in the sole event that fits the question.
    private String only(String event, String wanted, Map<String, String> asks) {
        List<Map<String, Object>> fitting = facts.events().stream()
                .filter(record -> record.get("event").equals(event))
                .filter(record -> asks.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("ask"))
                        .allMatch(entry -> entry.getValue().equals(String.valueOf(record.get(entry.getKey())))))
                .toList();
        if (fitting.size() != 1) {
            throw new AssertionError(asks + " is answered by " + fitting);
        }
        return String.valueOf(fitting.getFirst().get(wanted));
    }

    private String at(String place) {
        EntityFacts entity = facts.entities().stream()
                .filter(each ->
                        each.name().equals(place) && List.of("place", "town").contains(each.type()))
                .findFirst()
                .orElseThrow();
        return entity.attributes().get("at") + (entity.type().equals("town") ? " " : " the ") + place;
    }

    private static String indefinite(String phrase) {
        return ("aeiou".indexOf(phrase.charAt(0)) >= 0 && !phrase.startsWith("use") ? "an " : "a ") + phrase;
    }
}
