package dev.cortado.text.chat.jinja;

import java.util.List;
import java.util.Optional;

/// A statement of a template.
sealed interface Node {
    /// Text between tags.
    record Data(Text text) implements Node {}

    /// `{{ a }}`.
    record Print(Expr value, int line) implements Node {}

    /// `{% if %}`, with a branch for each `elif`.
    record If(List<Branch> branches, List<Node> otherwise) implements Node {}

    /// A condition and what to do when it holds.
    record Branch(Expr test, List<Node> body, int line) {}

    /// `{% for %}`.
    record For(Target target, Expr items, Optional<Expr> filter, List<Node> body, List<Node> otherwise, int line)
            implements Node {}

    /// `{% set a = b %}`.
    record Set(Target target, Expr value, int line) implements Node {}

    /// `{% set a %}…{% endset %}`; the value sees what the body put out as [#BODY].
    record SetBlock(Target target, List<Node> body, Expr value, int line) implements Node {}

    /// `{% filter a %}…{% endfilter %}`.
    record FilterBlock(List<Node> body, Expr value, int line) implements Node {}

    /// `{% with a = b %}`.
    record With(List<Set> assignments, List<Node> body) implements Node {}

    /// `{% macro %}`.
    record Macro(String name, List<Parameter> parameters, List<Node> body, boolean takesRest, boolean takesNamedRest)
            implements Node {}

    /// A parameter of a macro.
    record Parameter(String name, Optional<Expr> otherwise) {}

    /// `{% call(a) b() %}`.
    record CallBlock(Expr.Call call, Macro caller, int line) implements Node {}

    /// `{% generation %}`: what the assistant said.
    record Generation(List<Node> body) implements Node {}

    /// `{% break %}`, `{% continue %}`.
    record Jump(boolean out) implements Node {}

    /// The name, impossible to write, of what a block put out.
    String BODY = "{body}";

    /// What is assigned to.
    sealed interface Target {}

    /// A variable.
    record Variable(String name) implements Target {}

    /// `ns.a`.
    record Field(String namespace, String name) implements Target {}

    /// `a, b`.
    record Unpack(List<Target> targets) implements Target {}
}
