package dev.cortado.text.chat.jinja;

import java.util.Locale;

/// Case of text that is not in any language.
final class Ascii {
    private Ascii() {}

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
