package dev.cortado.text.chat.jinja;

import java.time.Clock;

/// One rendering in progress: what is left of its limits, its clock, where in the template it is, and what it has put
/// out.
final class Rendering {
    private final Budget budget;
    private final Clock clock;
    private final Printing printing;
    private final Operators operators;
    private final Access access;
    private TextBuilder out;
    private int line = 1;

    Rendering(Limits limits, Clock clock) {
        this.budget = new Budget(limits);
        this.clock = clock;
        this.printing = new Printing(budget);
        this.operators = new Operators(budget);
        this.access = new Access(budget);
        this.out = builder();
    }

    Budget budget() {
        return budget;
    }

    Clock clock() {
        return clock;
    }

    Printing printing() {
        return printing;
    }

    Operators operators() {
        return operators;
    }

    Access access() {
        return access;
    }

    /// Notes where in the template we are, for errors.
    void at(int line) {
        this.line = line;
    }

    int line() {
        return line;
    }

    TextBuilder builder() {
        return new TextBuilder(budget);
    }

    TextBuilder out() {
        return out;
    }

    /// Has something put its output aside.
    Text capture(Runnable work) {
        TextBuilder around = out;
        out = builder();
        out.generating(around.generating());
        work.run();
        Text captured = out.build();
        out = around;
        return captured;
    }
}
