package dev.cortado.text.chat.jinja;

import java.io.Serial;

/// A template that cannot be read or rendered, or that refuses its input. The message names the line when it is known.
public final class TemplateException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String problem;

    TemplateException(String problem) {
        super(problem);
        this.problem = problem;
    }

    private TemplateException(String problem, int line, TemplateException cause) {
        super("chat template, line " + line + ": " + problem, cause);
        this.problem = problem;
    }

    static TemplateException at(int line, String problem) {
        return new TemplateException(problem).in(line);
    }

    /// The same problem, located.
    TemplateException in(int line) {
        return new TemplateException(problem, line, this);
    }

    /// What is wrong, without the line.
    public String problem() {
        return problem;
    }
}
