package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Questions about a value's type, truth, length and elements, answered as Python does.
final class Types {
    private Types() {}

    /// Python's name of the type, for messages.
    static String name(Value value) {
        return switch (value) {
            case Text _ -> "str";
            case Value.Whole _ -> "int";
            case Value.Real _ -> "float";
            case Value.Bool _ -> "bool";
            case Value.None _ -> "NoneType";
            case Value.Undefined _ -> "Undefined";
            case Value.Sequence sequence -> sequence.kind().type;
            case Value.Generator _ -> "generator";
            case Mapping _ -> "dict";
            case Namespace _ -> "Namespace";
            case Value.Callable _ -> "function";
            case Value.Thing thing -> thing.type();
        };
    }

    static boolean truth(Value value) {
        return switch (value) {
            case Text text -> text.length() > 0;
            case Value.Whole(long whole, Origin _) -> whole != 0;
            case Value.Real(double real, Origin _) -> real != 0;
            case Value.Bool(boolean bool, Origin _) -> bool;
            case Value.None _, Value.Undefined _ -> false;
            case Value.Sequence sequence -> !sequence.items().isEmpty();
            case Mapping mapping -> mapping.size() > 0;
            case Value.Generator _, Namespace _, Value.Callable _, Value.Thing _ -> true;
        };
    }

    /// Elements a `for` would see.
    ///
    /// @throws TemplateException when there is nothing to iterate over
    static List<Value> elements(Budget budget, Value value) {
        return switch (value) {
            case Value.Sequence sequence -> sequence.items();
            case Mapping mapping -> mapping.keys(Value.Sequence.Kind.LIST).items();
            case Text text -> characters(budget, text);
            case Value.Undefined _ -> List.of();
            case Value.Generator(Iterator<Value> items) -> {
                List<Value> rest = new ArrayList<>();
                items.forEachRemaining(rest::add);
                yield rest;
            }
            default -> throw new TemplateException("'" + name(value) + "' object is not iterable");
        };
    }

    static boolean iterable(Value value) {
        return switch (value) {
            case Value.Sequence _, Mapping _, Text _, Value.Undefined _, Value.Generator _ -> true;
            default -> false;
        };
    }

    private static List<Value> characters(Budget budget, Text text) {
        budget.steps(8L * text.length());
        List<Value> characters = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int end = text.chars().offsetByCodePoints(i, 1);
            characters.add(text.slice(i, end));
            i = end;
        }
        return characters;
    }

    /// Elements or characters.
    static int length(Value value) {
        return switch (value) {
            case Text text -> text.codePoints();
            case Value.Sequence sequence -> sequence.items().size();
            case Mapping mapping -> mapping.size();
            case Value.Undefined _ -> 0;
            default -> throw new TemplateException("object of type '" + name(value) + "' has no len()");
        };
    }

    /// The value as a whole number, when it is one (a bool is).
    static OptionalLong whole(Value value) {
        return switch (value) {
            case Value.Whole(long whole, Origin _) -> OptionalLong.of(whole);
            case Value.Bool(boolean bool, Origin _) -> OptionalLong.of(bool ? 1 : 0);
            default -> OptionalLong.empty();
        };
    }

    /// The value as a number, when it is one.
    static OptionalDouble real(Value value) {
        return switch (value) {
            case Value.Real(double real, Origin _) -> OptionalDouble.of(real);
            case Value.Whole(long whole, Origin _) -> OptionalDouble.of((double) whole);
            case Value.Bool(boolean bool, Origin _) -> OptionalDouble.of(bool ? 1 : 0);
            default -> OptionalDouble.empty();
        };
    }

    /// Refuses the use of what is not there.
    static Value defined(Value value) {
        if (value instanceof Value.Undefined(String problem)) {
            throw new TemplateException(problem);
        }
        return value;
    }
}
