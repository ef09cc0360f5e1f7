package dev.cortado.text.chat.jinja;

/// What an `is` asks.
@FunctionalInterface
interface Test {
    boolean holds(Rendering rendering, Value input, Args args);
}
