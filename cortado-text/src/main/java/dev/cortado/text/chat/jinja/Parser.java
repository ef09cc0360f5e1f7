package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Parses statements.
final class Parser {
    private static final Set<String> RESERVED = Set.of("true", "True", "false", "False", "none", "None");

    private final Cursor cursor;
    private final ExpressionParser expressions;
    private int loops; // around the current statement, within the same macro

    private Parser(Cursor cursor) {
        this.cursor = cursor;
        this.expressions = new ExpressionParser(cursor);
    }

    static List<Node> parse(List<Token> tokens, int maxDepth) {
        var parser = new Parser(new Cursor(tokens, maxDepth));
        return parser.until(Set.of(), "the template", 1);
    }

    /// Statements up to a tag of one of some names, of which the name is the next token. Without names, to the end.
    private List<Node> until(Set<String> ends, String block, int opened) {
        cursor.enter();
        List<Node> nodes = new ArrayList<>();
        while (true) {
            Token token = cursor.next();
            switch (token.kind()) {
                case DATA -> nodes.add(new Node.Data(Text.literal(token.text())));
                case PRINT_BEGIN -> {
                    Expr value = expressions.tuple(true);
                    cursor.expect(Token.Kind.PRINT_END);
                    nodes.add(new Node.Print(value, token.line()));
                }
                case BLOCK_BEGIN -> {
                    if (cursor.at(Token.Kind.NAME)
                            && ends.contains(cursor.peek().text())) {
                        cursor.leave();
                        return nodes;
                    }
                    nodes.add(statement());
                    cursor.expect(Token.Kind.BLOCK_END);
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw TemplateException.at(
                                token.line(),
                                "the template ends, but '" + block + "' of line " + opened + " is not closed; expected "
                                        + ends.stream().sorted().toList());
                    }
                    cursor.leave();
                    return nodes;
                }
                default -> throw cursor.fail("unexpected " + token.shown());
            }
        }
    }

    /// The body of a block up to its end tag, of which everything but the closing sign is read.
    private List<Node> body(String block, String end, int opened) {
        cursor.expect(Token.Kind.BLOCK_END);
        List<Node> nodes = until(Set.of(end), block, opened);
        cursor.next();
        return nodes;
    }

    private Node statement() {
        Token tag = cursor.expect(Token.Kind.NAME);
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> condition();
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro(line);
            case "call" -> call(line);
            case "filter" -> {
                Expr value = expressions.filterChain(new Expr.Name(Node.BODY));
                yield new Node.FilterBlock(body("filter", "endfilter", line), value, line);
            }
            case "with" -> with(line);
            case "generation" -> new Node.Generation(outsideLoops(() -> body("generation", "endgeneration", line)));
            case "break", "continue" -> {
                if (loops == 0) {
                    throw TemplateException.at(line, "'" + tag.text() + "' stands outside a loop");
                }
                yield new Node.Jump(tag.text().equals("break"));
            }
            default -> throw TemplateException.at(line, "unknown tag '" + tag.text() + "'");
        };
    }

    private Node condition() {
        List<Node.Branch> branches = new ArrayList<>();
        int opened = cursor.line();
        while (true) {
            int line = cursor.line();
            Expr test = expressions.tuple(false);
            cursor.expect(Token.Kind.BLOCK_END);
            branches.add(new Node.Branch(test, until(Set.of("elif", "else", "endif"), "if", opened), line));
            String end = cursor.next().text();
            if (!end.equals("elif")) {
                List<Node> otherwise = end.equals("else") ? body("if", "endif", opened) : List.of();
                return new Node.If(branches, otherwise);
            }
        }
    }

    private Node loop(int line) {
        Node.Target target = target(false);
        if (!cursor.skipName("in")) {
            throw cursor.expected("'in'");
        }
        Expr items = expressions.tuple(false);
        Optional<Expr> filter = cursor.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        if (cursor.skipName("recursive")) {
            throw TemplateException.at(line, "recursive loops are not supported; use a macro that calls itself");
        }
        cursor.expect(Token.Kind.BLOCK_END);
        loops++;
        List<Node> body = until(Set.of("else", "endfor"), "for", line);
        loops--;
        List<Node> otherwise = cursor.next().text().equals("else") ? body("for", "endfor", line) : List.of();
        return new Node.For(target, items, filter, body, otherwise, line);
    }

    private Node assignment(int line) {
        Node.Target target = target(true);
        if (cursor.skipOperator("=")) {
            return new Node.Set(target, expressions.tuple(true), line);
        }
        Expr body = new Expr.Name(Node.BODY);
        Expr value = cursor.skipOperator("|") ? expressions.filterChain(body) : body;
        return new Node.SetBlock(target, body("set", "endset", line), value, line);
    }

    private Node with(int line) {
        List<Node.Set> assignments = new ArrayList<>();
        while (!cursor.at(Token.Kind.BLOCK_END)) {
            if (!assignments.isEmpty()) {
                cursor.expectOperator(",");
            }
            Node.Target target = variable();
            cursor.expectOperator("=");
            assignments.add(new Node.Set(target, expressions.expression(), line));
        }
        return new Node.With(assignments, body("with", "endwith", line));
    }

    private Node.Macro macro(int line) {
        String name = variable().name();
        return macro(name, signature(), "macro", line);
    }

    private Node call(int line) {
        List<Node.Parameter> parameters = cursor.peek().isOperator("(") ? signature() : List.of();
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw TemplateException.at(line, "expected a call after 'call'");
        }
        return new Node.CallBlock(call, macro("caller", parameters, "call", line), line);
    }

    private Node.Macro macro(String name, List<Node.Parameter> parameters, String block, int line) {
        Set<String> used = new HashSet<>();
        Set<String> around = expressions.collect(used);
        List<Node> body = outsideLoops(() -> body(block, "end" + block, line));
        expressions.collect(around);
        return new Node.Macro(name, parameters, body, used.contains("varargs"), used.contains("kwargs"));
    }

    private List<Node> outsideLoops(Supplier<List<Node>> parse) {
        int around = loops;
        loops = 0;
        List<Node> nodes = parse.get();
        loops = around;
        return nodes;
    }

    private List<Node.Parameter> signature() {
        cursor.expectOperator("(");
        List<Node.Parameter> parameters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (!cursor.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                cursor.expectOperator(",");
            }
            String name = variable().name();
            if (!names.add(name)) {
                throw cursor.fail("two parameters are named '" + name + "'");
            }
            Optional<Expr> otherwise =
                    cursor.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
            if (otherwise.isEmpty()
                    && !parameters.isEmpty()
                    && parameters.getLast().otherwise().isPresent()) {
                throw cursor.fail("parameter '" + name + "' without a value follows one with a value");
            }
            parameters.add(new Node.Parameter(name, otherwise));
        }
        return parameters;
    }

    private Node.Variable variable() {
        Token name = cursor.expect(Token.Kind.NAME);
        if (RESERVED.contains(name.text())) {
            throw TemplateException.at(name.line(), "cannot assign to '" + name.text() + "'");
        }
        return new Node.Variable(name.text());
    }

    /// One target or several with commas between, with or without parentheses.
    private Node.Target target(boolean fields) {
        Node.Target first = oneTarget(fields);
        if (!cursor.peek().isOperator(",")) {
            return first;
        }
        List<Node.Target> targets = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")
                && !cursor.peek().isName("in")
                && !cursor.peek().isOperator(")")
                && !cursor.peek().isOperator("=")) {
            targets.add(oneTarget(fields));
        }
        return new Node.Unpack(targets);
    }

    private Node.Target oneTarget(boolean fields) {
        if (cursor.skipOperator("(")) {
            cursor.enter();
            Node.Target inner = target(fields);
            cursor.leave();
            cursor.expectOperator(")");
            return inner;
        }
        Node.Variable variable = variable();
        return fields && cursor.skipOperator(".")
                ? new Node.Field(variable.name(), cursor.expect(Token.Kind.NAME).text())
                : variable;
    }
}
