package dev.cortado.text.chat.jinja;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// All tests by name.
final class Tests {
    static final Map<String, Test> ALL = Map.ofEntries(
            Map.entry("defined", is(value -> !(value instanceof Value.Undefined))),
            Map.entry("undefined", is(value -> value instanceof Value.Undefined)),
            Map.entry("none", is(value -> value instanceof Value.None)),
            Map.entry("boolean", is(value -> value instanceof Value.Bool)),
            Map.entry("true", is(value -> value instanceof Value.Bool(boolean bool, Origin _) && bool)),
            Map.entry("false", is(value -> value instanceof Value.Bool(boolean bool, Origin _) && !bool)),
            Map.entry("integer", is(value -> value instanceof Value.Whole)),
            Map.entry("float", is(value -> value instanceof Value.Real)),
            Map.entry("number", is(value -> Types.real(value).isPresent())),
            Map.entry("string", is(value -> value instanceof Text)),
            Map.entry("mapping", is(value -> value instanceof Mapping)),
            Map.entry("iterable", is(Types::iterable)),
            Map.entry("sequence", is(Tests::isSequence)),
            Map.entry("callable", is(value -> value instanceof Value.Callable || value instanceof Value.Undefined)),
            Map.entry("escaped", is(_ -> false)),
            Map.entry(
                    "lower", (r, value, _) -> StringMethods.isCase(r.printing().str(value), false)),
            Map.entry(
                    "upper", (r, value, _) -> StringMethods.isCase(r.printing().str(value), true)),
            Map.entry("odd", (_, value, _) -> remainder(value, 2) == 1),
            Map.entry("even", (_, value, _) -> remainder(value, 2) == 0),
            Map.entry("divisibleby", (_, value, args) -> {
                Args.Bound bound = args.bind("divisibleby", "num");
                bound.required(0);
                return remainder(value, bound.whole(0, 0)) == 0;
            }),
            Map.entry("sameas", (_, value, args) -> same(value, other(args))),
            Map.entry("filter", (_, value, _) -> value instanceof Text name && Filters.ALL.containsKey(name.chars())),
            Map.entry("test", (_, value, _) -> value instanceof Text name && isTest(name.chars())),
            Map.entry("in", compares("in")),
            Map.entry("==", compares("==")),
            Map.entry("eq", compares("==")),
            Map.entry("equalto", compares("==")),
            Map.entry("!=", compares("!=")),
            Map.entry("ne", compares("!=")),
            Map.entry(">", compares(">")),
            Map.entry("gt", compares(">")),
            Map.entry("greaterthan", compares(">")),
            Map.entry(">=", compares(">=")),
            Map.entry("ge", compares(">=")),
            Map.entry("<", compares("<")),
            Map.entry("lt", compares("<")),
            Map.entry("lessthan", compares("<")),
            Map.entry("<=", compares("<=")),
            Map.entry("le", compares("<=")));

    private Tests() {}

    /// A test by a name that was computed.
    static Test named(String name) {
        return Optional.ofNullable(ALL.get(name))
                .orElseThrow(() -> new TemplateException("no test named '" + name + "'"));
    }

    private static boolean isTest(String name) {
        return ALL.containsKey(name);
    }

    private static Test is(Predicate<Value> property) {
        return (_, value, args) -> {
            args.bind("test");
            return property.test(value);
        };
    }

    private static Value other(Args args) {
        return args.bind("test", "other").required(0);
    }

    private static Test compares(String operator) {
        return (r, value, args) -> r.operators().compare(operator, value, other(args));
    }

    private static boolean isSequence(Value value) {
        return switch (value) {
            case Text _, Mapping _, Value.Undefined _ -> true;
            case Value.Sequence sequence -> sequence.kind().indexed();
            default -> false;
        };
    }

    private static long remainder(Value value, long divisor) {
        OptionalLong whole = Types.whole(Types.defined(value));
        if (whole.isEmpty() || divisor == 0) {
            throw new TemplateException(
                    divisor == 0 ? "division by zero" : "a whole number is needed, not '" + Types.name(value) + "'");
        }
        return Math.floorMod(whole.getAsLong(), divisor);
    }

    /// Identity. Of constants there is one each; and so there is, for short strings and small numbers, in Python.
    private static boolean same(Value a, Value b) {
        return switch (a) {
            case Value.None _ -> b instanceof Value.None;
            case Value.Bool(boolean x, Origin _) -> b instanceof Value.Bool(boolean y, Origin _) && x == y;
            case Value.Whole(long x, Origin _) -> b instanceof Value.Whole(long y, Origin _) && x == y;
            case Text text -> text.equals(b);
            default -> identical(a, b);
        };
    }

    @SuppressWarnings("ReferenceEquality") // identity is what is asked for
    private static boolean identical(Value a, Value b) {
        return a == b;
    }
}
