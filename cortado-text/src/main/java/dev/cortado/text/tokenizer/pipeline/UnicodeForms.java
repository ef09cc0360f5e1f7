package dev.cortado.text.tokenizer.pipeline;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/// Unicode normalization (UAX 15) that knows what became of each character, which [java.text.Normalizer] does not
/// tell: the text is decomposed character by character, the marks are put in order, and pairs are composed, the JDK's
/// data being asked about single characters and pairs only.
///
/// Every character carries its `change`, see [TextEdit#apply]: it stands for `1 - change` characters of the old text.
/// The first of a decomposition stands for the one it came from and the others for none; a composition stands for
/// what both its parts stood for.
final class UnicodeForms {
    private record Changed(int codePoint, int change, int rank) {}

    private final TextEdit edit;
    private final boolean composes;
    private final Form decomposition;
    private final List<Changed> marks = new ArrayList<>(); // of the last starter, still to be put in order
    private final Composer composer = new Composer();

    private UnicodeForms(AlignedText text, Form form) {
        edit = text.edit();
        composes = form == Form.NFC || form == Form.NFKC;
        decomposition = form == Form.NFC || form == Form.NFD ? Form.NFD : Form.NFKD;
    }

    /// The normalized text; the same object when it consists of characters that the form never changes.
    static AlignedText normalize(AlignedText text, Form form) {
        int unchanged = switch (form) {
            case NFC -> 0x300;
            case NFD -> 0xC0;
            case NFKC, NFKD -> 0xA0;
        };
        if (text.text().chars().allMatch(c -> c < unchanged)) {
            return text;
        }
        return new UnicodeForms(text, form).normalized(text.text());
    }

    private AlignedText normalized(String text) {
        for (int i = 0, width; i < text.length(); i += width) {
            int codePoint = text.codePointAt(i);
            width = Character.charCount(codePoint);
            if (codePoint < 0xA0) {
                decomposed(codePoint, 0);
            } else {
                String parts = Normalizer.normalize(text.substring(i, i + width), decomposition);
                for (int j = 0; j < parts.length(); j += Character.charCount(parts.codePointAt(j))) {
                    decomposed(parts.codePointAt(j), j == 0 ? 0 : 1);
                }
            }
        }
        order();
        if (composes) {
            composer.finish();
        }
        return edit.finish();
    }

    private void decomposed(int codePoint, int change) {
        int rank = CombiningOrder.rank(codePoint);
        if (rank == 0) {
            order();
            ordered(new Changed(codePoint, change, rank));
        } else {
            marks.add(new Changed(codePoint, change, rank));
        }
    }

    private void order() {
        if (marks.size() > 1) {
            marks.sort(Comparator.comparingInt(Changed::rank)); // stable, as UAX 15 wants it
        }
        marks.forEach(this::ordered);
        marks.clear();
    }

    private void ordered(Changed next) {
        if (composes) {
            composer.accept(next);
        } else {
            edit.apply(next.codePoint(), next.change());
        }
    }

    /// The composition algorithm: a starter takes in each following mark it forms a composite with, unless a mark
    /// between them that stays has the same or a higher combining class.
    private final class Composer {
        private final List<Changed> waiting = new ArrayList<>(); // what has not composed, the starter first

        void accept(Changed next) {
            if (waiting.isEmpty()) {
                waiting.add(next);
                if (next.rank() > 0) {
                    finish();
                }
                return;
            }
            Changed starter = waiting.getFirst();
            boolean blocked = waiting.size() > 1 && waiting.getLast().rank() >= next.rank();
            OptionalInt composite =
                    blocked ? OptionalInt.empty() : CombiningOrder.composite(starter.codePoint(), next.codePoint());
            if (composite.isPresent()) {
                waiting.set(0, new Changed(composite.getAsInt(), starter.change() + next.change() - 1, 0));
            } else {
                if (next.rank() == 0) {
                    finish();
                }
                waiting.add(next);
            }
        }

        void finish() {
            waiting.forEach(done -> edit.apply(done.codePoint(), done.change()));
            waiting.clear();
        }
    }
}
