package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses what operators stand between: constants, variables, lists, mappings, with their calls and subscripts, signs,
/// filters and tests.
final class OperandParser {
    private final Cursor cursor;
    private final ExpressionParser expressions;
    private Set<String> names = new HashSet<>();

    OperandParser(Cursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    /// From now on collects the names of the variables that expressions read in another set.
    ///
    /// @return the set they were collected in until now
    Set<String> collect(Set<String> names) {
        Set<String> before = this.names;
        this.names = names;
        return before;
    }

    /// With its sign, and with filters and tests behind it, which bind looser than the sign.
    Expr unary() {
        return unary(true);
    }

    private Expr unary(boolean filters) {
        cursor.enter();
        Expr operand;
        if (cursor.skipOperator("-")) {
            operand = new Expr.Sign(true, unary(false));
        } else if (cursor.skipOperator("+")) {
            operand = new Expr.Sign(false, unary(false));
        } else {
            operand = postfix(primary());
        }
        cursor.leave();
        return filters ? filtered(operand) : operand;
    }

    private Expr primary() {
        Token token = cursor.peek();
        return switch (token.kind()) {
            case NAME -> {
                cursor.next();
                yield name(token.text());
            }
            case STRING -> {
                var text = new StringBuilder();
                while (cursor.at(Token.Kind.STRING)) { // neighbours are one string
                    text.append(cursor.next().text());
                }
                yield new Expr.Literal(Text.literal(text.toString()));
            }
            case INTEGER, FLOAT -> new Expr.Literal(Numbers.literal(cursor.next()));
            default -> {
                if (cursor.skipOperator("(")) {
                    yield parenthesised();
                }
                if (cursor.skipOperator("[")) {
                    yield new Expr.Items(list(), false);
                }
                if (cursor.skipOperator("{")) {
                    yield dict();
                }
                throw cursor.expected("an expression");
            }
        };
    }

    private Expr name(String name) {
        return switch (name) {
            case "true", "True" -> new Expr.Literal(Value.bool(true));
            case "false", "False" -> new Expr.Literal(Value.bool(false));
            case "none", "None" -> new Expr.Literal(Value.none());
            default -> {
                names.add(name);
                yield new Expr.Name(name);
            }
        };
    }

    private Expr parenthesised() {
        if (cursor.skipOperator(")")) {
            return new Expr.Items(List.of(), true);
        }
        Expr inner = expressions.tuple(true);
        cursor.expectOperator(")");
        return inner;
    }

    private List<Expr> list() {
        List<Expr> items = new ArrayList<>();
        while (!cursor.skipOperator("]")) {
            if (!items.isEmpty()) {
                cursor.expectOperator(",");
                if (cursor.skipOperator("]")) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        return items;
    }

    private Expr dict() {
        List<Expr.Pair> pairs = new ArrayList<>();
        while (!cursor.skipOperator("}")) {
            if (!pairs.isEmpty()) {
                cursor.expectOperator(",");
                if (cursor.skipOperator("}")) {
                    break;
                }
            }
            Expr key = expressions.expression();
            cursor.expectOperator(":");
            pairs.add(new Expr.Pair(key, expressions.expression()));
        }
        return new Expr.Dict(pairs);
    }

    private Expr postfix(Expr start) {
        Expr object = start;
        while (true) {
            int line = cursor.line();
            if (cursor.skipOperator(".")) {
                if (cursor.at(Token.Kind.INTEGER)) {
                    object = new Expr.Item(object, new Expr.Literal(Numbers.literal(cursor.next())), line);
                } else {
                    object = new Expr.Attribute(
                            object, cursor.expect(Token.Kind.NAME).text(), line);
                }
            } else if (cursor.skipOperator("[")) {
                object = subscript(object, line);
            } else if (cursor.peek().isOperator("(")) {
                object = new Expr.Call(object, arguments(), line);
            } else {
                return object;
            }
        }
    }

    private Expr subscript(Expr object, int line) {
        List<Optional<Expr>> parts = new ArrayList<>();
        boolean slice = false;
        parts.add(bound());
        while (cursor.skipOperator(":")) {
            slice = true;
            parts.add(bound());
        }
        if (!slice && parts.getFirst().isPresent() && cursor.skipOperator(",")) {
            throw cursor.fail("a subscript takes one index or slice");
        }
        cursor.expectOperator("]");
        if (parts.size() > 3 || (!slice && parts.getFirst().isEmpty())) {
            throw cursor.fail("expected an index or start:stop:step between brackets");
        }
        if (!slice) {
            return new Expr.Item(object, parts.getFirst().orElseThrow(), line);
        }
        return new Expr.Slice(
                object, parts.get(0), parts.get(1), parts.size() > 2 ? parts.get(2) : Optional.empty(), line);
    }

    private Optional<Expr> bound() {
        return cursor.peek().isOperator(":") || cursor.peek().isOperator("]")
                ? Optional.empty()
                : Optional.of(expressions.expression());
    }

    private Expr filtered(Expr start) {
        Expr value = start;
        while (true) {
            if (cursor.peek().isOperator("|")) {
                value = filters(value);
            } else if (cursor.peek().isName("is")) {
                value = test(value);
            } else if (cursor.peek().isOperator("(")) {
                value = new Expr.Call(value, arguments(), cursor.line());
            } else {
                return value;
            }
        }
    }

    /// `| a | b(c)`, as many as follow.
    private Expr filters(Expr start) {
        Expr value = start;
        while (cursor.skipOperator("|")) {
            value = filter(value);
        }
        return value;
    }

    /// `a | b(c)`, a name first.
    Expr filterChain(Expr start) {
        return filters(filter(start));
    }

    private Expr filter(Expr value) {
        int line = cursor.line();
        String name = cursor.expect(Token.Kind.NAME).text();
        if (!Filters.ALL.containsKey(name)) {
            throw TemplateException.at(line, "no filter named '" + name + "'");
        }
        Expr.Arguments arguments = cursor.peek().isOperator("(") ? arguments() : Expr.Arguments.NONE;
        return new Expr.Filter(value, name, arguments, line);
    }

    private Expr test(Expr value) {
        int line = cursor.next().line();
        boolean negated = cursor.skipName("not");
        String name = cursor.expect(Token.Kind.NAME).text();
        if (!Tests.ALL.containsKey(name)) {
            throw TemplateException.at(line, "no test named '" + name + "'");
        }
        Expr.Arguments arguments = Expr.Arguments.NONE;
        if (cursor.peek().isOperator("(")) {
            arguments = arguments();
        } else if (startsArgument()) {
            if (cursor.peek().isName("is")) {
                throw cursor.fail("tests cannot be chained with 'is'");
            }
            arguments = new Expr.Arguments(List.of(postfix(primary())), List.of(), Optional.empty(), Optional.empty());
        }
        return new Expr.Test(value, name, arguments, negated, line);
    }

    private boolean startsArgument() {
        Token token = cursor.peek();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME ->
                !Set.of("else", "or", "and").contains(token.text())
                        // Jinja would take these for an argument too, and then miss what they belong to.
                        && !Set.of("if", "in", "not").contains(token.text());
            case OPERATOR -> Set.of("[", "{").contains(token.text());
            default -> false;
        };
    }

    private Expr.Arguments arguments() {
        cursor.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<Expr.Named> named = new ArrayList<>();
        Optional<Expr> rest = Optional.empty();
        Optional<Expr> namedRest = Optional.empty();
        boolean first = true;
        while (!cursor.skipOperator(")")) {
            if (!first) {
                cursor.expectOperator(",");
                if (cursor.skipOperator(")")) {
                    break;
                }
            }
            first = false;
            if (cursor.skipOperator("**")) {
                namedRest = once(namedRest);
            } else if (cursor.skipOperator("*")) {
                rest = once(rest);
            } else if (cursor.at(Token.Kind.NAME) && cursor.peekNext().isOperator("=")) {
                String name = cursor.next().text();
                cursor.next();
                named.add(new Expr.Named(name, expressions.expression()));
            } else if (!named.isEmpty() || rest.isPresent() || namedRest.isPresent()) {
                throw cursor.fail("a positional argument follows a named one");
            } else {
                positional.add(expressions.expression());
            }
        }
        return new Expr.Arguments(positional, named, rest, namedRest);
    }

    private Optional<Expr> once(Optional<Expr> already) {
        if (already.isPresent()) {
            throw cursor.fail("a call takes one '*' and one '**' argument");
        }
        return Optional.of(expressions.expression());
    }
}
