package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Who is where, who has what and how many, who feels how. Names are those of the facts.
///
/// [#apply] refuses an event whose precondition does not hold: a plot that tells the impossible fails instead of
/// producing a wrong fact.
public final class State {
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Map<String, String> holders = new LinkedHashMap<>();
    private final Map<String, String> lies = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
    private final Map<String, String> feelings = new LinkedHashMap<>();
    private final Map<String, Boolean> broken = new TreeMap<>();

    /// A copy as it is written into the facts.
    ///
    /// @param at person to place
    /// @param has thing to person
    /// @param lies thing nobody has to place
    /// @param counts person to singular noun to how many
    /// @param feels person to feeling
    /// @param broken thing to whether it is broken now; only things that were broken once
    public record Snapshot(
            Map<String, String> at,
            Map<String, String> has,
            Map<String, String> lies,
            Map<String, Map<String, Integer>> counts,
            Map<String, String> feels,
            Map<String, Boolean> broken) {}

    void stand(Person who, Place where) {
        places.put(who.name(), where.name());
    }

    void own(Person who, Thing what) {
        holders.put(what.name(), who.name());
    }

    void leave(Thing what, Place where) {
        holders.remove(what.name());
        lies.put(what.name(), where.name());
    }

    void own(Person who, Amount amount) {
        counts.computeIfAbsent(who.name(), _ -> new TreeMap<>())
                .merge(amount.goods().singular(), amount.count(), Integer::sum);
    }

    int count(Person who, Entity.Goods goods) {
        return counts.getOrDefault(who.name(), Map.of()).getOrDefault(goods.singular(), 0);
    }

    boolean has(Person who, Thing what) {
        return who.name().equals(holders.get(what.name()));
    }

    Optional<String> placeOf(Person who) {
        return Optional.ofNullable(places.get(who.name()));
    }

    /// Changes the state as the event says.
    ///
    /// @throws IllegalStateException when the event is impossible here
    void apply(Event event) {
        switch (event) {
            case Event.Go(var who, var to) -> move(event, who, to);
            case Event.GoWith(var who, var with, var to) -> {
                require(near(who, with), event);
                move(event, who, to);
                move(event, with, to);
            }
            case Event.Take(var who, var what) -> pickUp(event, who, what);
            case Event.Give(var who, var what, var to) -> {
                require(has(who, what) && near(who, to), event);
                own(to, what);
            }
            case Event.Lose(var who, var what, var where) -> {
                require(has(who, what) && where.name().equals(places.get(who.name())), event);
                leave(what, where);
            }
            case Event.Find(var who, var what, var where) -> {
                require(where.name().equals(lies.get(what.name())), event);
                pickUp(event, who, what);
            }
            case Event.Hide(var who, var what, var where) -> {
                require(has(who, what), event);
                leave(what, where);
            }
            case Event.Gain(var who, var amount, var _) -> own(who, amount);
            case Event.Share(var who, var amount, var to) -> {
                require(near(who, to), event);
                lessen(event, who, amount);
                own(to, amount);
            }
            case Event.Spend(var who, var amount, var _) -> lessen(event, who, amount);
            case Event.Swap(var who, var what, var with, var other) -> {
                require(has(who, what) && has(with, other) && near(who, with), event);
                own(with, what);
                own(who, other);
            }
            case Event.Break(var _, var what) -> {
                require(!broken.getOrDefault(what.name(), false), event);
                broken.put(what.name(), true);
            }
            case Event.Fix(var _, var what) -> {
                require(broken.getOrDefault(what.name(), false), event);
                broken.put(what.name(), false);
            }
            case Event.Make(var who, var what) -> {
                require(!holders.containsKey(what.name()) && !lies.containsKey(what.name()), event);
                own(who, what);
            }
            case Event.Feel(var who, var feeling, var _) -> feelings.put(who.name(), feeling.name());
            case Event.Want _, Event.Learn _ -> {}
            case Event.Meet(var who, var whom) -> require(near(who, whom), event);
            case Event.Help(var who, var whom) -> require(near(who, whom), event);
            case Event.Win(var who, var whom, var where) -> {
                require(near(who, whom) && !who.equals(whom), event);
                places.put(who.name(), where.name());
                places.put(whom.name(), where.name());
            }
            case Event.Quarrel(var who, var whom) -> require(near(who, whom), event);
            case Event.MakeUp(var who, var whom) -> require(near(who, whom), event);
        }
    }

    Snapshot snapshot() {
        Map<String, Map<String, Integer>> counted = new LinkedHashMap<>();
        counts.forEach((who, goods) -> counted.put(who, new TreeMap<>(goods)));
        return new Snapshot(
                new LinkedHashMap<>(places),
                new LinkedHashMap<>(holders),
                new LinkedHashMap<>(lies),
                counted,
                new LinkedHashMap<>(feelings),
                new TreeMap<>(broken));
    }

    private void move(Event event, Person who, Place to) {
        require(!to.name().equals(places.get(who.name())), event);
        places.put(who.name(), to.name());
    }

    private void pickUp(Event event, Person who, Thing what) {
        require(lies.containsKey(what.name()), event);
        lies.remove(what.name());
        own(who, what);
    }

    private void lessen(Event event, Person who, Amount amount) {
        require(count(who, amount.goods()) >= amount.count(), event);
        counts.get(who.name()).merge(amount.goods().singular(), -amount.count(), Integer::sum);
    }

    private boolean near(Person one, Person other) {
        return placeOf(one).isPresent() && placeOf(one).equals(placeOf(other));
    }

    private static void require(boolean possible, Event event) {
        if (!possible) {
            throw new IllegalStateException("impossible here: " + event);
        }
    }
}
