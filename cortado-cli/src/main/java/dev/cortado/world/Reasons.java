package dev.cortado.world;

import dev.cortado.world.Entity.Person;
import java.util.Optional;

/// Why someone feels as they do: the events that can be a reason, in patterns and in answers.
final class Reasons {
    private Reasons() {}

    /// The phrase section that tells a feeling with this reason; there Z feels, the other slots are the event's.
    static Optional<String> section(Event cause, Person who) {
        return switch (cause) {
            case Event.Lose _ -> Optional.of("because lose");
            case Event.Break _ -> Optional.of("because break");
            case Event.Fix _ -> Optional.of("because fix");
            case Event.Find _ -> Optional.of("because find");
            case Event.Give(var _, var _, var to) when to.equals(who) -> Optional.of("because get");
            case Event.Win(var winner, var _, var _) ->
                Optional.of(winner.equals(who) ? "because win" : "because beaten");
            case Event.Share(var _, var _, var to) when to.equals(who) -> Optional.of("because share");
            case Event.Quarrel _ -> Optional.of("because quarrel");
            case Event.Swap _ -> Optional.of("because swap");
            default -> Optional.empty();
        };
    }

    /// The reason as an answer: "because Tom lost the red ball".
    static String answer(Event cause, Person who) {
        return "because "
                + switch (cause) {
                    case Event.Lose(var by, var what, var _) -> by.name() + " lost the " + what.name();
                    case Event.Break(var by, var what) -> by.name() + " broke the " + what.name();
                    case Event.Fix(var by, var what) -> by.name() + " fixed the " + what.name();
                    case Event.Find(var by, var what, var _) -> by.name() + " found the " + what.name();
                    case Event.Give(var by, var what, var _) ->
                        by.name() + " gave " + who.name() + " the " + what.name();
                    case Event.Win(var winner, var _, var _) -> winner.name() + " won the race";
                    case Event.Share(var by, var amount, var _) ->
                        by.name() + " gave " + who.name() + " " + English.number(amount.count()) + " " + amount.name();
                    case Event.Quarrel(var one, var other) -> one.name() + " and " + other.name() + " quarrelled";
                    case Event.Swap(var by, var what, var with, var other) ->
                        who.name() + " got the " + (who.equals(by) ? other : what).name();
                    default -> throw new IllegalArgumentException("no reason in words for " + cause);
                };
    }
}
