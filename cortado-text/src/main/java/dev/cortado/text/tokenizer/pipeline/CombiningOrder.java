package dev.cortado.text.tokenizer.pipeline;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// What the JDK knows of Unicode's canonical combining classes and composites but has no methods for, found out by
/// normalizing short texts.
final class CombiningOrder {
    private static final int HIGHEST = 0x345; // COMBINING GREEK YPOGEGRAMMENI, of class 240, alone in it
    private static final int[] MARKS = marks();
    private static final int[] RANKS = ranks(MARKS);

    private CombiningOrder() {}

    /// The order of combining classes: 0 for class 0 (starters), equal for equal classes, greater for greater ones.
    static int rank(int codePoint) {
        if (codePoint < 0x300) {
            return 0;
        }
        int index = Arrays.binarySearch(MARKS, codePoint);
        return index < 0 ? 0 : RANKS[index];
    }

    /// The primary composite of two neighbours, if they have one.
    static OptionalInt composite(int first, int second) {
        if (!canBeSecond(second)) {
            return OptionalInt.empty();
        }
        String pair = text(first, second);
        String composed = Normalizer.normalize(pair, Form.NFC);
        int composite = composed.codePointAt(0);
        // What the JDK composed only after putting marks in order, as â with a dot below, is no pair.
        boolean isPair = composed.length() == Character.charCount(composite)
                && Normalizer.normalize(composed, Form.NFD)
                        .equals(Normalizer.normalize(text(first), Form.NFD)
                                + Normalizer.normalize(text(second), Form.NFD));
        return isPair ? OptionalInt.of(composite) : OptionalInt.empty();
    }

    // Marks, the vowels and final consonants of Hangul, and letters of Kirat Rai: the others need not be tried.
    private static boolean canBeSecond(int codePoint) {
        return codePoint >= 0x300
                && (CharacterKinds.isMark(codePoint)
                        || (codePoint >= 0x1161 && codePoint <= 0x11C2)
                        || (codePoint >= 0x16D60 && codePoint <= 0x16D7F));
    }

    // Without those that decompose, as U+0F73 into two marks: they stand in no order, and are gone when it is asked.
    private static int[] marks() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(codePoint -> CharacterKinds.isMark(codePoint)
                        && decomposed(codePoint).equals(text(codePoint))
                        && (codePoint == HIGHEST || isAfter(HIGHEST, codePoint)))
                .toArray();
    }

    private static int[] ranks(int[] marks) {
        Integer[] order = IntStream.range(0, marks.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> compare(marks[a], marks[b]));
        int[] ranks = new int[marks.length];
        int rank = 1;
        for (int i = 0; i < order.length; i++) {
            if (i > 0 && compare(marks[order[i - 1]], marks[order[i]]) != 0) {
                rank++;
            }
            ranks[order[i]] = rank;
        }
        return ranks;
    }

    private static int compare(int a, int b) {
        if (isAfter(a, b)) {
            return 1;
        }
        return isAfter(b, a) ? -1 : 0;
    }

    // Whether canonical ordering exchanges the two.
    private static boolean isAfter(int a, int b) {
        return a != b && Normalizer.normalize(text(a, b), Form.NFD).equals(decomposed(b) + decomposed(a));
    }

    private static String decomposed(int codePoint) {
        return Normalizer.normalize(text(codePoint), Form.NFD);
    }

    private static String text(int... codePoints) {
        return new String(codePoints, 0, codePoints.length);
    }
}
