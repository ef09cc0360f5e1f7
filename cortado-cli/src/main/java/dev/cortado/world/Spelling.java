package dev.cortado.world;

/// The last pass over a sentence: spaces, capitals and the final stop.
final class Spelling {
    private Spelling() {}

    /// Collapses spaces, drops those before punctuation, starts the sentence and each quotation with a capital and
    /// adds a full stop where none is.
    static String clean(String raw) {
        StringBuilder out = new StringBuilder(raw.length() + 2);
        boolean quoted = false;
        boolean capital = true;
        boolean spoken = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == ' ') {
                if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ' && !justOpened(out, quoted)) {
                    out.append(' ');
                }
                continue;
            }
            if (".,!?;".indexOf(c) >= 0 || (c == '"' && quoted)) {
                dropSpace(out);
            }
            if (c == ',' && (out.isEmpty() || ",".indexOf(out.charAt(out.length() - 1)) >= 0)) {
                continue;
            }
            if (c == '"') {
                quoted = !quoted;
                // A second quotation goes on with the first: "Yes," said Tom, "it was me."
                capital |= quoted && !spoken;
                spoken = true;
            } else if (quoted && ".!?".indexOf(c) >= 0) {
                capital = true;
            } else if (Character.isLetterOrDigit(c)) {
                out.append(capital ? Character.toUpperCase(c) : c);
                capital = false;
                continue;
            }
            if (c == '"' && !quoted) {
                capital = false;
            }
            out.append(c);
        }
        dropSpace(out);
        if (!ended(out)) {
            out.append('.');
        }
        return out.toString();
    }

    private static boolean justOpened(StringBuilder out, boolean quoted) {
        return quoted && out.charAt(out.length() - 1) == '"';
    }

    private static void dropSpace(StringBuilder out) {
        if (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
            out.setLength(out.length() - 1);
        }
    }

    private static boolean ended(StringBuilder out) {
        int last = out.length() - 1;
        if (last >= 1 && out.charAt(last) == '"') {
            last--;
        }
        return last >= 0 && ".!?,:".indexOf(out.charAt(last)) >= 0;
    }
}
