package dev.cortado.model.gguf;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line of a table of names: what Hugging Face and GGUF call a tensor, or one of each layer or expert, and how
/// it lies in the file.
///
/// @param name   Hugging Face's, without `.weight` or `.bias`; `*` is a layer's number, `#` an expert's
/// @param stored GGUF's, the same way
/// @param order  how the file has it
/// @param names      matches full names of Hugging Face
/// @param storedNames matches full names of GGUF
record Rule(String name, String stored, Order order, Pattern names, Pattern storedNames) {
    Rule(String name, String stored, Order order) {
        this(name, stored, order, pattern(name), pattern(stored));
    }

    /// An [Arrangement] before the numbers of the model are known.
    enum Order {
        SAME,
        QUERIES,
        KEYS,
        JOINED,
        TRANSPOSED,
        SHIFTED,
        ROW,
        EXPERTS;

        /// In a model of so many heads; of experts, where they are stacked, that of the first.
        Arrangement arrangement(long heads, long keyHeads) {
            return switch (this) {
                case SAME -> new Arrangement.Same();
                case QUERIES -> new Arrangement.RotaryRows(heads);
                case KEYS -> new Arrangement.RotaryRows(keyHeads);
                case JOINED -> new Arrangement.JoinedRows(heads);
                case TRANSPOSED -> new Arrangement.Transposed();
                case SHIFTED -> new Arrangement.Shifted();
                case ROW -> new Arrangement.SingleRow();
                case EXPERTS -> new Arrangement.Expert(0);
            };
        }
    }

    /// A tensor by both names.
    ///
    /// @param expert of a stack of experts, which one: [#of] gives it; a tensor of a file may stand for all of
    /// them
    record Match(String name, String stored, Order order, OptionalInt layer, OptionalInt expert) {
        /// The same for one of the experts.
        Match of(int number) {
            return new Match(name.replace("#", Integer.toString(number)), stored, order, layer, OptionalInt.of(number));
        }
    }

    /// What a tensor of this Hugging Face name is.
    Optional<Match> ofName(String full) {
        return match(names, full).map(m -> {
            OptionalInt layer = group(m, "layer");
            OptionalInt expert = group(m, "expert");
            return new Match(full, fill(stored, layer) + m.group("ending"), order(m), layer, expert);
        });
    }

    /// What a tensor of this GGUF name is; of stacked experts, with `#` in its name.
    Optional<Match> ofStored(String full) {
        return match(storedNames, full).map(m -> {
            OptionalInt layer = group(m, "layer");
            return new Match(fill(name, layer) + m.group("ending"), full, order(m), layer, OptionalInt.empty());
        });
    }

    /// A bias is never turned.
    private Order order(Matcher matcher) {
        return order == Order.TRANSPOSED && matcher.group("ending").equals(".bias") ? Order.SAME : order;
    }

    private static String fill(String pattern, OptionalInt layer) {
        return layer.isPresent() ? pattern.replace("*", Integer.toString(layer.getAsInt())) : pattern;
    }

    private static Pattern pattern(String name) {
        return Pattern.compile("\\Q"
                + name.replace("*", "\\E(?<layer>0|[1-9]\\d{0,5})\\Q").replace("#", "\\E(?<expert>0|[1-9]\\d{0,5})\\Q")
                + "\\E(?<ending>\\.weight|\\.bias)");
    }

    private static Optional<Matcher> match(Pattern pattern, String full) {
        Matcher matcher = pattern.matcher(full);
        return matcher.matches() ? Optional.of(matcher) : Optional.empty();
    }

    private static OptionalInt group(Matcher matcher, String group) {
        return matcher.namedGroups().containsKey(group)
                ? OptionalInt.of(Integer.parseInt(matcher.group(group)))
                : OptionalInt.empty();
    }
}
