package dev.cortado.text.chat.jinja;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A template that was read, to be rendered any number of times, by any number of threads.
public final class Template {
    private final List<Node> nodes;
    private final boolean generates;
    private final Limits limits;

    private Template(List<Node> nodes, boolean generates, Limits limits) {
        this.nodes = nodes;
        this.generates = generates;
        this.limits = limits;
    }

    /// Reads a template.
    ///
    /// @throws IllegalArgumentException when it is not one, with the line, what was expected and what stands there
    public static Template parse(String source, Syntax syntax, Limits limits) {
        if (source.length() > limits.templateLength()) {
            throw new IllegalArgumentException(
                    "the chat template has " + source.length() + " characters, more than " + limits.templateLength());
        }
        List<Token> tokens = Lexer.scan(source, syntax);
        boolean generates = tokens.stream().anyMatch(token -> token.isName("endgeneration"));
        return new Template(Parser.parse(tokens, limits.depth()), generates, limits);
    }

    /// Whether the template marks what is generated, with `{% generation %}`.
    public boolean generates() {
        return generates;
    }

    /// Renders the template with variables; a name that is not among them is undefined.
    ///
    /// @param clock what `strftime_now` reads
    /// @throws IllegalArgumentException when it fails, refuses its input or exceeds a limit; names the line
    public Text render(Map<String, Value> variables, Clock clock) {
        var rendering = new Rendering(limits, clock);
        var globals = new Scope(Optional.empty());
        Globals.ALL.forEach((name, body) -> globals.put(name, new Value.Callable(name, body)));
        Scope scope = globals.inner();
        variables.forEach(scope::put);
        try {
            new Interpreter(rendering).run(nodes, scope);
        } catch (TemplateException e) {
            throw e.in(rendering.line());
        }
        return rendering.out().build();
    }
}
