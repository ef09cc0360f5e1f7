package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Pair;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What can happen. Preconditions and effects are in [State#apply]; wordings in the phrase files, one section for each
/// [#kind].
sealed interface Event {
    /// Walks, runs, drives somewhere else.
    record Go(Person who, Place to) implements Event {}

    /// Two go together.
    record GoWith(Person who, Person with, Place to) implements Event {}

    /// Picks up what lies about.
    record Take(Person who, Thing what) implements Event {}

    record Give(Person who, Thing what, Person to) implements Event {}

    /// Loses a thing at the place where `who` is.
    record Lose(Person who, Thing what, Place where) implements Event {}

    /// Finds a thing that lies at a place or hiding place.
    record Find(Person who, Thing what, Place where) implements Event {}

    /// Puts a thing at a hiding place such as "under the old bench".
    record Hide(Person who, Thing what, Place where) implements Event {}

    /// Comes to have more: picks, buys, bakes, finds.
    record Gain(Person who, Amount amount, Word how) implements Event {}

    /// Gives some of the counted things away.
    record Share(Person who, Amount amount, Person to) implements Event {}

    /// Comes to have fewer: eats, loses, sells.
    record Spend(Person who, Amount amount, Word how) implements Event {}

    record Swap(Person who, Thing what, Person with, Thing other) implements Event {}

    record Break(Person who, Thing what) implements Event {}

    record Fix(Person who, Thing what) implements Event {}

    record Make(Person who, Thing what) implements Event {}

    /// @param because an earlier event, when the text says so
    record Feel(Person who, Word feeling, Optional<Event> because) implements Event {}

    record Want(Person who, Thing what) implements Event {}

    record Meet(Person who, Person whom) implements Event {}

    record Help(Person who, Person whom) implements Event {}

    record Win(Person who, Person whom, Place where) implements Event {}

    record Quarrel(Person who, Person whom) implements Event {}

    record MakeUp(Person who, Person whom) implements Event {}

    record Learn(Person who, Word lesson) implements Event {}

    /// Name in the facts and of its phrase section.
    default String kind() {
        return switch (this) {
            case GoWith _ -> "go with";
            case MakeUp _ -> "make up";
            case Go _ -> "go";
            case Take _ -> "take";
            case Give _ -> "give";
            case Lose _ -> "lose";
            case Find _ -> "find";
            case Hide _ -> "hide";
            case Gain _ -> "gain";
            case Share _ -> "share";
            case Spend _ -> "spend";
            case Swap _ -> "swap";
            case Break _ -> "break";
            case Fix _ -> "fix";
            case Make _ -> "make";
            case Feel _ -> "feel";
            case Want _ -> "want";
            case Meet _ -> "meet";
            case Help _ -> "help";
            case Win _ -> "win";
            case Quarrel _ -> "quarrel";
            case Learn _ -> "learn";
        };
    }

    /// The participants by slot: A who, B the other person, X what, Y the other thing, L where, N how many, F feeling,
    /// W other words.
    default Map<String, Entity> slots() {
        Map<String, Entity> slots = new LinkedHashMap<>();
        switch (this) {
            case Go(var who, var to) -> put(slots, "A", who, "L", to);
            case GoWith(var who, var with, var to) -> {
                put(slots, "A", who, "B", with, "L", to);
                slots.put("G", new Pair(who, with));
            }
            case Take(var who, var what) -> put(slots, "A", who, "X", what);
            case Give(var who, var what, var to) -> put(slots, "A", who, "X", what, "B", to);
            case Lose(var who, var what, var where) -> put(slots, "A", who, "X", what, "L", where);
            case Find(var who, var what, var where) -> put(slots, "A", who, "X", what, "L", where);
            case Hide(var who, var what, var where) -> put(slots, "A", who, "X", what, "L", where);
            case Gain(var who, var amount, var how) -> put(slots, "A", who, "N", amount, "W", how);
            case Share(var who, var amount, var to) -> put(slots, "A", who, "N", amount, "B", to);
            case Spend(var who, var amount, var how) -> put(slots, "A", who, "N", amount, "W", how);
            case Swap(var who, var what, var with, var other) -> {
                put(slots, "A", who, "X", what, "B", with);
                slots.put("Y", other);
            }
            case Break(var who, var what) -> put(slots, "A", who, "X", what);
            case Fix(var who, var what) -> put(slots, "A", who, "X", what);
            case Make(var who, var what) -> put(slots, "A", who, "X", what);
            case Feel(var who, var feeling, var _) -> put(slots, "A", who, "F", feeling);
            case Want(var who, var what) -> put(slots, "A", who, "X", what);
            case Meet(var who, var whom) -> put(slots, "A", who, "B", whom);
            case Help(var who, var whom) -> put(slots, "A", who, "B", whom);
            case Win(var who, var whom, var where) -> put(slots, "A", who, "B", whom, "L", where);
            case Quarrel(var who, var whom) -> put(slots, "A", who, "B", whom);
            case MakeUp(var who, var whom) -> {
                put(slots, "A", who, "B", whom);
                slots.put("G", new Pair(who, whom));
            }
            case Learn(var who, var lesson) -> put(slots, "A", who, "W", lesson);
        }
        return slots;
    }

    private static void put(Map<String, Entity> slots, String a, Entity first, String b, Entity second) {
        slots.put(a, first);
        slots.put(b, second);
    }

    private static void put(
            Map<String, Entity> slots, String a, Entity first, String b, Entity second, String c, Entity third) {
        put(slots, a, first, b, second);
        slots.put(c, third);
    }
}
