package dev.cortado.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the known name that a misspelled one most likely meant.
public final class DidYouMean {
    private DidYouMean() {}

    /// The known name nearest to `wrong`, when it is near enough to be worth suggesting: at most one edit for every
    /// three characters, letters' case and the separators `-` and `_` not counted.
    public static Optional<String> among(String wrong, Collection<String> known) {
        String bare = bare(wrong);
        int limit = Math.max(1, bare.length() / 3);
        return known.stream()
                .filter(name -> distance(bare, bare(name)) <= limit)
                .min(Comparator.comparingInt((String name) -> distance(bare, bare(name)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /// Edits (insert, delete, replace, swap of neighbours) between two strings: the optimal string alignment distance.
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(d[i - 1][j - 1] + (same ? 0 : 1), Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
