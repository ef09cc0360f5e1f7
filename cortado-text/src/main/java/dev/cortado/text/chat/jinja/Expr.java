package dev.cortado.text.chat.jinja;

import java.util.List;
import java.util.Optional;

/// An expression of a template.
sealed interface Expr {
    /// A constant.
    record Literal(Value value) implements Expr {}

    /// A variable.
    record Name(String name) implements Expr {}

    /// `[a, b]` or `(a, b)`.
    record Items(List<Expr> items, boolean tuple) implements Expr {}

    /// `{a: b}`.
    record Dict(List<Pair> pairs) implements Expr {}

    /// A key and its value.
    record Pair(Expr key, Expr value) {}

    /// `-a`, `+a`.
    record Sign(boolean negative, Expr operand) implements Expr {}

    /// `not a`.
    record Not(Expr operand) implements Expr {}

    /// `a and b and c`, `a or b or c`: the first operand that decides is the value.
    record Logic(boolean or, List<Expr> operands) implements Expr {}

    /// Arithmetic.
    record Binary(String operator, Expr left, Expr right, int line) implements Expr {}

    /// `a ~ b ~ c`: concatenation of what they print as.
    record Concat(List<Expr> parts) implements Expr {}

    /// `a < b <= c`.
    record Compare(Expr first, List<Step> steps, int line) implements Expr {}

    /// One operator of a comparison and what stands at its right.
    record Step(String operator, Expr right) {}

    /// `a if b else c`.
    record Conditional(Expr then, Expr test, Optional<Expr> otherwise) implements Expr {}

    /// `a.b`.
    record Attribute(Expr object, String name, int line) implements Expr {}

    /// `a[b]`.
    record Item(Expr object, Expr key, int line) implements Expr {}

    /// `a[b:c:d]`.
    record Slice(Expr object, Optional<Expr> start, Optional<Expr> stop, Optional<Expr> step, int line)
            implements Expr {}

    /// `a(b, c=d)`.
    record Call(Expr function, Arguments arguments, int line) implements Expr {}

    /// `a | b(c)`.
    record Filter(Expr input, String name, Arguments arguments, int line) implements Expr {}

    /// `a is b(c)`, `a is not b(c)`.
    record Test(Expr input, String name, Arguments arguments, boolean negated, int line) implements Expr {}

    /// What stands between the parentheses of a call.
    record Arguments(List<Expr> positional, List<Named> named, Optional<Expr> rest, Optional<Expr> namedRest) {
        static final Arguments NONE = new Arguments(List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /// `name=value` in a call.
    record Named(String name, Expr value) {}
}
