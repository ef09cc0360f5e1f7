package dev.cortado.text.chat.jinja;

import java.util.List;

/// A position in a template's tokens, for a parser that looks one token ahead.
final class Cursor {
    private final List<Token> tokens;
    private final int maxDepth;
    private int position;
    private int depth;

    Cursor(List<Token> tokens, int maxDepth) {
        this.tokens = tokens;
        this.maxDepth = maxDepth;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekNext() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    /// The current token; the end stays current for ever.
    Token next() {
        Token token = peek();
        if (token.kind() != Token.Kind.END) {
            position++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean at(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean skipName(String name) {
        return peek().isName(name) && skip();
    }

    boolean skipOperator(String operator) {
        return peek().isOperator(operator) && skip();
    }

    private boolean skip() {
        next();
        return true;
    }

    Token expect(Token.Kind kind) {
        if (!at(kind)) {
            throw expected(kind.shown);
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected("'" + operator + "'");
        }
    }

    /// The error that something else should stand here.
    TemplateException expected(String what) {
        return fail("expected " + what + ", got " + peek().shown());
    }

    TemplateException fail(String problem) {
        return TemplateException.at(line(), problem);
    }

    /// Goes one level deeper into nested source; every call needs its [#leave].
    void enter() {
        if (++depth > maxDepth) {
            throw fail("the template nests deeper than " + maxDepth + " levels");
        }
    }

    void leave() {
        depth--;
    }
}
