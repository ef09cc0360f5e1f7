package dev.cortado.text.chat.jinja;

/// Finds a string in others in time linear in their length, whatever they hold: Knuth, Morris, Pratt, *Fast Pattern
/// Matching in Strings*, SIAM J. Comput. 6 (1977). The JDK's own search is quadratic on text made for it.
final class Search {
    private static final int SHORT = 16;

    private final Budget budget;
    private final String wanted;
    // fallback[i]: length of the longest proper prefix of the first i + 1 characters that also ends them.
    private final int[] fallback;

    Search(Budget budget, String wanted) {
        this.budget = budget;
        this.wanted = wanted;
        this.fallback = new int[wanted.length() <= SHORT ? 0 : wanted.length()];
        budget.steps(fallback.length);
        for (int i = 1, k = 0; i < fallback.length; i++) {
            while (k > 0 && wanted.charAt(i) != wanted.charAt(k)) {
                k = fallback[k - 1];
            }
            k += wanted.charAt(i) == wanted.charAt(k) ? 1 : 0;
            fallback[i] = k;
        }
    }

    /// Where it next occurs from an index on, or the length of the text when it does not.
    int next(String text, int from) {
        int found = fallback.length == 0 ? text.indexOf(wanted, from) : scan(text, from);
        int at = found < 0 ? text.length() : found;
        budget.steps(1 + Math.max(0, at - from) / (fallback.length == 0 ? 16 : 4));
        return at;
    }

    private int scan(String text, int from) {
        for (int i = from, k = 0; i < text.length(); i++) {
            while (k > 0 && text.charAt(i) != wanted.charAt(k)) {
                k = fallback[k - 1];
            }
            if (text.charAt(i) == wanted.charAt(k) && ++k == wanted.length()) {
                return i - k + 1;
            }
        }
        return -1;
    }

    boolean occurs(String text) {
        int at = next(text, 0);
        return at < text.length() || wanted.isEmpty();
    }

    int length() {
        return wanted.length();
    }
}
