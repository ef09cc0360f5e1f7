package dev.cortado.model.pytorch;

/// Untrusted text in messages.
final class Quoted {
    private static final int LENGTH = 120;

    private Quoted() {}

    /// The text fit for one line: quoted, without control characters, not endless.
    static String text(String text) {
        var line = new StringBuilder("'");
        text.codePoints().limit(LENGTH).map(Quoted::visible).forEach(line::appendCodePoint);
        return line.append(text.codePointCount(0, text.length()) > LENGTH ? "…'" : "'")
                .toString();
    }

    private static int visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> '?';
            default -> point;
        };
    }
}
