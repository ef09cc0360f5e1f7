package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses expressions, from the loosest binding operator to the tightest: `if else`, `or`, `and`, `not`, comparisons,
/// `+ -`, `~`, `* / // %`, `**`. What they stand between, [OperandParser] parses.
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    private final Cursor cursor;
    private final OperandParser operands;

    ExpressionParser(Cursor cursor) {
        this.cursor = cursor;
        this.operands = new OperandParser(cursor, this);
    }

    /// From now on collects the names of the variables that expressions read in another set.
    ///
    /// @return the set they were collected in until now
    Set<String> collect(Set<String> names) {
        return operands.collect(names);
    }

    /// `a | b(c)`, a name first.
    Expr filterChain(Expr start) {
        return operands.filterChain(start);
    }

    Expr expression() {
        cursor.enter();
        Expr then = or();
        int chained = 0;
        List<Expr> parts = new ArrayList<>(List.of(then)); // a if b else c if d else e: a, b, c, d, e
        boolean open = false;
        while (!open && cursor.skipName("if")) {
            parts.add(or());
            if (cursor.skipName("else")) {
                parts.add(or());
            } else {
                open = true;
            }
            chained++;
            cursor.enter();
        }
        for (int i = 0; i <= chained; i++) {
            cursor.leave();
        }
        Optional<Expr> last = open ? Optional.empty() : Optional.of(parts.removeLast());
        while (!parts.isEmpty()) {
            Expr test = parts.removeLast();
            last = Optional.of(new Expr.Conditional(parts.removeLast(), test, last));
        }
        return last.orElseThrow();
    }

    /// One expression, or a tuple when commas follow, without parentheses.
    ///
    /// @param conditional whether `if` may follow as part of it
    Expr tuple(boolean conditional) {
        Expr first = conditional ? expression() : or();
        if (!cursor.peek().isOperator(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",") && !endsTuple()) {
            items.add(conditional ? expression() : or());
        }
        return new Expr.Items(items, true);
    }

    private boolean endsTuple() {
        return cursor.at(Token.Kind.BLOCK_END)
                || cursor.at(Token.Kind.PRINT_END)
                || cursor.peek().isOperator(")")
                || cursor.peek().isName("in");
    }

    private Expr or() {
        List<Expr> operands = new ArrayList<>(List.of(and()));
        while (cursor.skipName("or")) {
            operands.add(and());
        }
        return operands.size() == 1 ? operands.getFirst() : new Expr.Logic(true, operands);
    }

    private Expr and() {
        List<Expr> operands = new ArrayList<>(List.of(not()));
        while (cursor.skipName("and")) {
            operands.add(not());
        }
        return operands.size() == 1 ? operands.getFirst() : new Expr.Logic(false, operands);
    }

    private Expr not() {
        if (!cursor.skipName("not")) {
            return comparison();
        }
        cursor.enter();
        Expr operand = not();
        cursor.leave();
        return new Expr.Not(operand);
    }

    private Expr comparison() {
        int line = cursor.line();
        Expr first = sum();
        List<Expr.Step> steps = new ArrayList<>();
        while (true) {
            if (cursor.at(Token.Kind.OPERATOR)
                    && COMPARISONS.contains(cursor.peek().text())) {
                String operator = cursor.next().text();
                steps.add(new Expr.Step(operator, sum()));
            } else if (cursor.skipName("in")) {
                steps.add(new Expr.Step("in", sum()));
            } else if (cursor.peek().isName("not") && cursor.peekNext().isName("in")) {
                cursor.next();
                cursor.next();
                steps.add(new Expr.Step("not in", sum()));
            } else {
                return steps.isEmpty() ? first : new Expr.Compare(first, steps, line);
            }
        }
    }

    private Expr sum() {
        Expr left = concatenation();
        while (cursor.peek().isOperator("+") || cursor.peek().isOperator("-")) {
            Token operator = cursor.next();
            left = new Expr.Binary(operator.text(), left, concatenation(), operator.line());
        }
        return left;
    }

    private Expr concatenation() {
        List<Expr> parts = new ArrayList<>(List.of(product()));
        while (cursor.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expr.Concat(parts);
    }

    private Expr product() {
        Expr left = power();
        while (cursor.peek().isOperator("*")
                || cursor.peek().isOperator("/")
                || cursor.peek().isOperator("//")
                || cursor.peek().isOperator("%")) {
            Token operator = cursor.next();
            left = new Expr.Binary(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    /// Unlike in Python, `**` groups to the left and a sign binds tighter.
    private Expr power() {
        Expr left = operands.unary();
        while (cursor.peek().isOperator("**")) {
            Token operator = cursor.next();
            left = new Expr.Binary(operator.text(), left, operands.unary(), operator.line());
        }
        return left;
    }
}
