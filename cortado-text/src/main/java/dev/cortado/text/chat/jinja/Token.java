package dev.cortado.text.chat.jinja;

/// A piece of a template's source.
///
/// @param text for data and strings their content, otherwise the characters as written
/// @param line counted from 1
record Token(Kind kind, String text, int line) {
    /// What kind of piece it is, and how to call it in a message.
    enum Kind {
        DATA("text"),
        PRINT_BEGIN("'{{'"),
        PRINT_END("'}}'"),
        BLOCK_BEGIN("'{%'"),
        BLOCK_END("'%}'"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        FLOAT("a float"),
        OPERATOR("an operator"),
        END("the end of the template");

        final String shown;

        Kind(String shown) {
            this.shown = shown;
        }
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    String shown() {
        return switch (kind) {
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
            default -> kind.shown;
        };
    }
}
