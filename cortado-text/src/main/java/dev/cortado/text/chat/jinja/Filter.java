package dev.cortado.text.chat.jinja;

/// What a filter makes of a value.
@FunctionalInterface
interface Filter {
    Value apply(Rendering rendering, Value input, Args args);
}
