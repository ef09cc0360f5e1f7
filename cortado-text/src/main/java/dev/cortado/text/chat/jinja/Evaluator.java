package dev.cortado.text.chat.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Evaluates expressions.
final class Evaluator {
    private final Rendering rendering;
    private final Budget budget;

    Evaluator(Rendering rendering) {
        this.rendering = rendering;
        this.budget = rendering.budget();
    }

    /// The value of an expression; every compound one is a level of depth.
    Value evaluate(Expr expression, Scope scope) {
        budget.step();
        return switch (expression) {
            case Expr.Literal(Value value) -> value;
            case Expr.Name(String name) -> scope.find(name);
            default -> {
                budget.enter();
                Value value = compound(expression, scope);
                budget.leave();
                yield value;
            }
        };
    }

    private Value compound(Expr expression, Scope scope) {
        return switch (expression) {
            case Expr.Literal(Value value) -> value;
            case Expr.Name(String name) -> scope.find(name);
            case Expr.Items(List<Expr> items, boolean tuple) -> {
                List<Value> values = all(items, scope);
                yield tuple ? Value.tuple(values) : Value.list(values);
            }
            case Expr.Dict(List<Expr.Pair> pairs) -> dict(pairs, scope);
            case Expr.Sign(boolean negative, Expr operand) ->
                Numbers.sign(negative, Types.defined(evaluate(operand, scope)));
            case Expr.Not(Expr operand) -> Value.bool(!Types.truth(evaluate(operand, scope)));
            case Expr.Logic logic -> logic(logic, scope);
            case Expr.Binary binary -> binary(binary, scope);
            case Expr.Concat(List<Expr> parts) -> {
                TextBuilder out = rendering.builder();
                for (Expr part : parts) {
                    out.append(rendering.printing().str(evaluate(part, scope)));
                }
                yield out.build();
            }
            case Expr.Compare compare -> compare(compare, scope);
            case Expr.Conditional conditional -> conditional(conditional, scope);
            case Expr.Attribute(Expr object, String name, int line) -> {
                Value value = evaluate(object, scope);
                rendering.at(line);
                yield rendering.access().attribute(value, name);
            }
            case Expr.Item(Expr object, Expr key, int line) -> {
                Value value = evaluate(object, scope);
                Value index = evaluate(key, scope);
                rendering.at(line);
                yield rendering.access().item(value, index);
            }
            case Expr.Slice(Expr object, var start, var stop, var step, int line) -> {
                Value value = evaluate(object, scope);
                Optional<Value> first = start.map(bound -> evaluate(bound, scope));
                Optional<Value> end = stop.map(bound -> evaluate(bound, scope));
                Optional<Value> stride = step.map(bound -> evaluate(bound, scope));
                rendering.at(line);
                yield rendering.access().slice(value, first, end, stride);
            }
            case Expr.Call(Expr function, Expr.Arguments arguments, int line) -> {
                Value called = evaluate(function, scope);
                Args args = arguments(arguments, scope);
                rendering.at(line);
                yield call(called, args);
            }
            case Expr.Filter(Expr input, String name, Expr.Arguments arguments, int line) -> {
                Value value = evaluate(input, scope);
                Args args = arguments(arguments, scope);
                rendering.at(line);
                yield named(Filters.ALL, name, "filter").apply(rendering, value, args);
            }
            case Expr.Test(Expr input, String name, Expr.Arguments arguments, boolean negated, int line) -> {
                Value value = evaluate(input, scope);
                Args args = arguments(arguments, scope);
                rendering.at(line);
                yield Value.bool(negated != Tests.named(name).holds(rendering, value, args));
            }
        };
    }

    private static <T> T named(Map<String, T> all, String name, String kind) {
        return Optional.ofNullable(all.get(name))
                .orElseThrow(() -> new TemplateException("no " + kind + " named '" + name + "'"));
    }

    /// Calls a function, method or macro.
    Value call(Value called, Args args) {
        if (Types.defined(called) instanceof Value.Callable callable) {
            return callable.body().call(rendering, args);
        }
        throw new TemplateException("'" + Types.name(called) + "' object is not callable");
    }

    private List<Value> all(List<Expr> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expr expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value dict(List<Expr.Pair> pairs, Scope scope) {
        List<Mapping.Entry> entries = new ArrayList<>(pairs.size());
        for (Expr.Pair pair : pairs) {
            entries.add(new Mapping.Entry(evaluate(pair.key(), scope), evaluate(pair.value(), scope)));
        }
        return Mapping.ofEntries(entries, Origin.TEMPLATE);
    }

    private Value logic(Expr.Logic logic, Scope scope) {
        Value value = evaluate(logic.operands().getFirst(), scope);
        for (Expr operand : logic.operands().subList(1, logic.operands().size())) {
            if (Types.truth(value) == logic.or()) {
                return value;
            }
            value = evaluate(operand, scope);
        }
        return value;
    }

    /// Long sums lean to the left: they are walked in a loop, so that their length is no depth.
    private Value binary(Expr.Binary last, Scope scope) {
        Deque<Expr.Binary> chain = new ArrayDeque<>();
        Expr left = last;
        while (left instanceof Expr.Binary binary) {
            chain.push(binary);
            left = binary.left();
        }
        Value value = evaluate(left, scope);
        for (Expr.Binary binary : chain) {
            Value right = evaluate(binary.right(), scope);
            rendering.at(binary.line());
            value = rendering.operators().binary(binary.operator(), value, right);
        }
        return value;
    }

    private Value compare(Expr.Compare compare, Scope scope) {
        Value left = evaluate(compare.first(), scope);
        for (Expr.Step step : compare.steps()) {
            Value right = evaluate(step.right(), scope);
            rendering.at(compare.line());
            if (!rendering.operators().compare(step.operator(), left, right)) {
                return Value.bool(false);
            }
            left = right;
        }
        return Value.bool(true);
    }

    /// A chain of `else` parts is walked in a loop, so that its length is no depth.
    private Value conditional(Expr.Conditional first, Scope scope) {
        Expr.Conditional conditional = first;
        while (true) {
            if (Types.truth(evaluate(conditional.test(), scope))) {
                return evaluate(conditional.then(), scope);
            }
            if (conditional.otherwise().isEmpty()) {
                return new Value.Undefined("an 'if' without 'else' has no value, its condition does not hold");
            }
            if (!(conditional.otherwise().get() instanceof Expr.Conditional next)) {
                return evaluate(conditional.otherwise().get(), scope);
            }
            conditional = next;
        }
    }

    /// Arguments in the order Python evaluates them.
    Args arguments(Expr.Arguments arguments, Scope scope) {
        List<Value> positional = all(arguments.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expr.Named argument : arguments.named()) {
            if (named.put(argument.name(), evaluate(argument.value(), scope)) != null) {
                throw new TemplateException("two values are given for '" + argument.name() + "'");
            }
        }
        if (arguments.rest().isPresent()) {
            List<Value> rest = Types.elements(budget, evaluate(arguments.rest().get(), scope));
            budget.steps(rest.size());
            positional.addAll(rest);
        }
        if (arguments.namedRest().isPresent()) {
            if (!(evaluate(arguments.namedRest().get(), scope) instanceof Mapping rest)) {
                throw new TemplateException("what follows '**' in a call must be a mapping");
            }
            for (Mapping.Entry entry : rest.entries()) {
                if (!(entry.key() instanceof Text name) || named.put(name.chars(), entry.value()) != null) {
                    throw new TemplateException("'**' in a call needs names that are not given yet");
                }
            }
        }
        return new Args(positional, named);
    }
}
