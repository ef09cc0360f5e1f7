package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Executes statements.
final class Interpreter {
    private final Rendering rendering;
    private final Budget budget;
    private final Evaluator evaluator;

    Interpreter(Rendering rendering) {
        this.rendering = rendering;
        this.budget = rendering.budget();
        this.evaluator = new Evaluator(rendering);
    }

    /// Where to go on after a statement.
    private enum Flow {
        NEXT,
        CONTINUE,
        BREAK
    }

    void run(List<Node> nodes, Scope scope) {
        execute(nodes, scope);
    }

    private Flow execute(List<Node> nodes, Scope scope) {
        budget.enter();
        for (Node node : nodes) {
            Flow flow = execute(node, scope);
            if (flow != Flow.NEXT) {
                budget.leave();
                return flow;
            }
        }
        budget.leave();
        return Flow.NEXT;
    }

    private Flow execute(Node node, Scope scope) {
        budget.step();
        switch (node) {
            case Node.Data(Text text) -> rendering.out().append(text);
            case Node.Print(Expr value, int line) -> {
                rendering.at(line);
                rendering.out().append(rendering.printing().str(evaluator.evaluate(value, scope)));
            }
            case Node.If choice -> {
                return choose(choice, scope);
            }
            case Node.For loop -> loop(loop, scope);
            case Node.Set(Node.Target target, Expr value, int line) -> {
                rendering.at(line);
                assign(target, evaluator.evaluate(value, scope), scope);
            }
            case Node.SetBlock(Node.Target target, List<Node> body, Expr value, int line) ->
                assign(target, filtered(body, value, line, scope), scope);
            case Node.FilterBlock(List<Node> body, Expr value, int line) ->
                rendering.out().append(rendering.printing().str(filtered(body, value, line, scope)));
            case Node.With(List<Node.Set> assignments, List<Node> body) -> {
                Scope inner = scope.inner();
                for (Node.Set assignment : assignments) {
                    rendering.at(assignment.line());
                    assign(assignment.target(), evaluator.evaluate(assignment.value(), scope), inner);
                }
                return execute(body, inner);
            }
            case Node.Macro macro -> scope.put(macro.name(), callable(macro, scope));
            case Node.CallBlock(Expr.Call call, Node.Macro caller, int line) -> {
                rendering.at(line);
                Value called = evaluator.evaluate(call.function(), scope);
                Args args = evaluator.arguments(call.arguments(), scope);
                var named = new LinkedHashMap<>(args.named());
                named.put("caller", callable(caller, scope));
                rendering
                        .out()
                        .append(rendering.printing().str(evaluator.call(called, new Args(args.positional(), named))));
            }
            case Node.Generation(List<Node> body) -> {
                boolean around = rendering.out().generating();
                rendering.out().generating(true);
                execute(body, scope.inner());
                rendering.out().generating(around);
            }
            case Node.Jump(boolean out) -> {
                return out ? Flow.BREAK : Flow.CONTINUE;
            }
        }
        return Flow.NEXT;
    }

    private Flow choose(Node.If choice, Scope scope) {
        for (Node.Branch branch : choice.branches()) {
            rendering.at(branch.line());
            if (Types.truth(evaluator.evaluate(branch.test(), scope))) {
                return execute(branch.body(), scope);
            }
        }
        return execute(choice.otherwise(), scope);
    }

    /// What a filter makes of what a block puts out.
    private Value filtered(List<Node> body, Expr value, int line, Scope scope) {
        Scope inner = scope.inner();
        Text captured = rendering.capture(() -> execute(body, inner));
        rendering.at(line);
        inner.put(Node.BODY, captured);
        return evaluator.evaluate(value, inner);
    }

    /// Items are known before the first turn, since `loop` tells their number; what the filter drops does not count.
    private void loop(Node.For loop, Scope scope) {
        rendering.at(loop.line());
        List<Value> items = Types.elements(budget, evaluator.evaluate(loop.items(), scope));
        if (loop.filter().isPresent()) {
            List<Value> kept = new ArrayList<>();
            for (Value item : items) {
                Scope inner = scope.inner();
                assign(loop.target(), item, inner);
                if (Types.truth(evaluator.evaluate(loop.filter().get(), inner))) {
                    kept.add(item);
                }
            }
            items = kept;
        }
        if (items.isEmpty()) {
            execute(loop.otherwise(), scope.inner());
            return;
        }
        var state = new LoopState(rendering, items);
        for (Value item : items) {
            budget.steps(8); // a scope and a turn
            Scope inner = scope.inner();
            inner.put("loop", state.value());
            rendering.at(loop.line());
            assign(loop.target(), item, inner);
            if (execute(loop.body(), inner) == Flow.BREAK) {
                return;
            }
            state.next();
        }
    }

    private void assign(Node.Target target, Value value, Scope scope) {
        switch (target) {
            case Node.Variable(String name) -> scope.put(name, value);
            case Node.Field(String namespace, String name) -> {
                if (!(Types.defined(scope.find(namespace)) instanceof Namespace fields)) {
                    throw new TemplateException("cannot set '" + namespace + "." + name
                            + "': only the attributes of a namespace() can be set");
                }
                fields.put(name, value);
            }
            case Node.Unpack(List<Node.Target> targets) -> {
                List<Value> parts = Types.elements(budget, Types.defined(value));
                if (parts.size() != targets.size()) {
                    throw new TemplateException(
                            "cannot unpack " + parts.size() + " values into " + targets.size() + " names");
                }
                for (int i = 0; i < parts.size(); i++) {
                    assign(targets.get(i), parts.get(i), scope);
                }
            }
        }
    }

    /// A macro sees the variables around its definition as they are when it is called.
    private Value callable(Node.Macro macro, Scope defined) {
        return new Value.Callable(macro.name(), (_, args) -> {
            budget.steps(16); // a scope, its arguments and a string
            Scope scope = bind(macro, args, defined.inner());
            int line = rendering.line();
            Text text = rendering.capture(() -> execute(macro.body(), scope));
            rendering.at(line);
            return text;
        });
    }

    /// The variables of a macro's body: parameters, then what is left over.
    private Scope bind(Node.Macro macro, Args args, Scope scope) {
        List<Node.Parameter> parameters = macro.parameters();
        var named = new LinkedHashMap<>(args.named());
        int count = args.positional().size();
        if (count > parameters.size() && !macro.takesRest()) {
            throw new TemplateException("macro '" + macro.name() + "' takes not more than " + parameters.size()
                    + " argument(s), " + count + " given");
        }
        Value caller = named.remove("caller");
        for (int i = 0; i < parameters.size(); i++) {
            Node.Parameter parameter = parameters.get(i);
            Optional<Value> byName = Optional.ofNullable(named.remove(parameter.name()));
            if (i < count && byName.isPresent()) {
                throw new TemplateException(
                        "macro '" + macro.name() + "' got two values for '" + parameter.name() + "'");
            }
            Value value;
            if (i < count) {
                value = args.positional().get(i);
            } else if (byName.isPresent()) {
                value = byName.get();
            } else if (parameter.otherwise().isPresent()) {
                value = evaluator.evaluate(parameter.otherwise().get(), scope);
            } else {
                value = new Value.Undefined("parameter '" + parameter.name() + "' was not provided");
            }
            scope.put(parameter.name(), value);
        }
        if (!named.isEmpty() && !macro.takesNamedRest()) {
            throw new TemplateException("macro '" + macro.name() + "' has no parameter '"
                    + named.keySet().iterator().next() + "'");
        }
        scope.put("varargs", Value.tuple(args.positional().subList(Math.min(count, parameters.size()), count)));
        scope.put("kwargs", Mapping.of(named, Origin.TEMPLATE));
        if (parameters.stream().noneMatch(parameter -> parameter.name().equals("caller"))) {
            scope.put("caller", caller == null ? new Value.Undefined("no caller defined") : caller);
        }
        return scope;
    }
}
