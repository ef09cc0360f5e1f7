package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Operators on values of any type, with Python's meaning.
final class Operators {
    private final Budget budget;

    Operators(Budget budget) {
        this.budget = budget;
    }

    /// Arithmetic, and what its operators mean for strings and lists.
    Value binary(String operator, Value left, Value right) {
        if (operator.equals("%") && left instanceof Text format) {
            return new PercentFormat(budget).apply(format, right);
        }
        Types.defined(left);
        Types.defined(right);
        if (operator.equals("+")) {
            if (left instanceof Text a && right instanceof Text b) {
                return new TextBuilder(budget).append(a).append(b).build();
            }
            if (left instanceof Text || right instanceof Text) {
                throw new TemplateException(
                        "can only concatenate str, not '" + Types.name(left instanceof Text ? right : left) + "'");
            }
            if (left instanceof Value.Sequence a
                    && right instanceof Value.Sequence b
                    && a.kind() == b.kind()
                    && a.kind() != Value.Sequence.Kind.RANGE) {
                return joined(a, b);
            }
        }
        if (operator.equals("*")) {
            Optional<Value> repeated = repeated(left, right).or(() -> repeated(right, left));
            if (repeated.isPresent()) {
                return repeated.get();
            }
        }
        return Numbers.arithmetic(operator, left, right);
    }

    private Value joined(Value.Sequence a, Value.Sequence b) {
        budget.steps(a.items().size() + b.items().size());
        List<Value> items = new ArrayList<>(a.items());
        items.addAll(b.items());
        return new Value.Sequence(a.kind(), items, a.origin().mix(b.origin()));
    }

    private Optional<Value> repeated(Value value, Value times) {
        OptionalLong count = Types.whole(times);
        if (count.isEmpty()) {
            return Optional.empty();
        }
        long n = Math.max(0, count.getAsLong());
        if (value instanceof Text text) {
            return Optional.of(new TextBuilder(budget).repeat(text, n).build());
        }
        if (value instanceof Value.Sequence sequence && sequence.kind().indexed()) {
            long size = Math.multiplyHigh(n, sequence.items().size()) == 0
                    ? n * sequence.items().size()
                    : -1;
            budget.steps(size);
            List<Value> items = new ArrayList<>((int) size);
            for (long i = 0; i < n && !sequence.items().isEmpty(); i++) {
                items.addAll(sequence.items());
            }
            return Optional.of(new Value.Sequence(sequence.kind(), items, sequence.origin()));
        }
        return Optional.empty();
    }

    /// A comparison or a question of membership.
    boolean compare(String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            default -> {
                if (isNaN(left) || isNaN(right)) {
                    Types.real(left).orElseThrow(() -> unordered(operator, left, right));
                    Types.real(right).orElseThrow(() -> unordered(operator, left, right));
                    yield false;
                }
                int order = order(operator, left, right);
                yield switch (operator) {
                    case "<" -> order < 0;
                    case ">" -> order > 0;
                    case "<=" -> order <= 0;
                    default -> order >= 0;
                };
            }
        };
    }

    private static boolean isNaN(Value value) {
        return value instanceof Value.Real(double real, Origin _) && Double.isNaN(real);
    }

    private static TemplateException unordered(String operator, Value left, Value right) {
        return new TemplateException("'" + operator + "' not supported between instances of '" + Types.name(left)
                + "' and '" + Types.name(right) + "'");
    }

    /// The order of two values, for sorting.
    int order(Value left, Value right) {
        return order("<", left, right);
    }

    private int order(String operator, Value left, Value right) {
        Types.defined(left);
        Types.defined(right);
        budget.step();
        if (Types.real(left).isPresent() && Types.real(right).isPresent()) {
            return numbers(left, right);
        }
        if (left instanceof Text a && right instanceof Text b) {
            budget.steps(Math.min(a.length(), b.length()) / 16);
            return codePoints(a.chars(), b.chars());
        }
        if (left instanceof Value.Sequence a
                && right instanceof Value.Sequence b
                && a.kind() == b.kind()
                && a.kind().indexed()) {
            budget.enter();
            Iterator<Value> second = b.items().iterator();
            for (Value item : a.items()) {
                if (!second.hasNext()) {
                    break;
                }
                Value other = second.next();
                if (!equal(item, other)) {
                    int order = order(operator, item, other);
                    budget.leave();
                    return order;
                }
            }
            budget.leave();
            return Integer.compare(a.items().size(), b.items().size());
        }
        throw unordered(operator, left, right);
    }

    private static int numbers(Value left, Value right) {
        OptionalLong a = Types.whole(left);
        OptionalLong b = Types.whole(right);
        if (a.isPresent() && b.isPresent()) {
            return Long.compare(a.getAsLong(), b.getAsLong());
        }
        double x = Types.real(left).orElseThrow();
        double y = Types.real(right).orElseThrow();
        return x < y ? -1 : x > y ? 1 : Boolean.compare(Double.isNaN(x), Double.isNaN(y));
    }

    /// Order by Unicode character; UTF-16 order differs where surrogates meet the characters after them.
    private static int codePoints(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        boolean high = Character.isSurrogate(a.charAt(i));
        boolean otherHigh = Character.isSurrogate(b.charAt(i));
        return high == otherHigh ? Character.compare(a.charAt(i), b.charAt(i)) : Boolean.compare(high, otherHigh);
    }

    /// Python's `==`: numbers of all types compare, other values of different types are different.
    boolean equal(Value left, Value right) {
        budget.step();
        if (Types.real(left).isPresent() && Types.real(right).isPresent()) {
            return !isNaN(left) && !isNaN(right) && numbers(left, right) == 0;
        }
        if (left instanceof Text a && right instanceof Text b) {
            budget.steps(a.length() == b.length() ? a.length() / 16 : 0);
            return a.equals(b);
        }
        budget.enter();
        boolean equal = switch (left) {
            case Value.None _ -> right instanceof Value.None;
            case Value.Undefined _ -> right instanceof Value.Undefined;
            case Value.Sequence a ->
                right instanceof Value.Sequence b && a.kind() == b.kind() && equal(a.items(), b.items());
            case Mapping a -> right instanceof Mapping b && equal(a, b);
            default -> false;
        };
        budget.leave();
        return equal;
    }

    private boolean equal(List<Value> a, List<Value> b) {
        if (a.size() != b.size()) {
            return false;
        }
        Iterator<Value> other = b.iterator();
        for (Value item : a) {
            if (!equal(item, other.next())) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(Mapping a, Mapping b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Mapping.Entry entry : a.entries()) {
            Optional<Value> other = b.find(entry.key());
            if (other.isEmpty() || !equal(entry.value(), other.get())) {
                return false;
            }
        }
        return true;
    }

    /// Python's `in`.
    boolean contains(Value container, Value item) {
        return switch (container) {
            case Text text -> {
                if (!(item instanceof Text part)) {
                    throw new TemplateException(
                            "'in <string>' requires string as left operand, not " + Types.name(item));
                }
                yield new Search(budget, part.chars()).occurs(text.chars());
            }
            case Mapping mapping -> mapping.find(item).isPresent();
            case Value.Callable _, Value.Thing _, Namespace _ ->
                throw new TemplateException("argument of type '" + Types.name(container) + "' is not iterable");
            default -> {
                for (Value element : Types.elements(budget, container)) {
                    if (equal(item, element)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }
}
