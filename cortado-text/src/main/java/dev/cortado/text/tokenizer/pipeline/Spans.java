package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.pipeline.PreTokenizer.Delimiter;
import dev.cortado.text.tokenizer.pipeline.TextPattern.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// Finds matches in a text and cuts it at them.
final class Spans {
    private final List<Span> spans = new ArrayList<>();
    private final String text;
    private int covered;

    Spans(String text) {
        this.text = text;
    }

    /// Adds the next match and what lies before it.
    void match(int start, int end) {
        if (covered < start) {
            spans.add(new Span(covered, start, false));
        }
        spans.add(new Span(start, end, true));
        covered = end;
    }

    /// All spans, with what lies after the last match.
    List<Span> finish() {
        if (covered < text.length()) {
            spans.add(new Span(covered, text.length(), false));
        }
        return spans;
    }

    /// Each character (code point) of a kind is a match.
    static List<Span> ofCharacters(String text, IntPredicate kind) {
        var spans = new Spans(text);
        for (int i = 0, width; i < text.length(); i += width) {
            int codePoint = text.codePointAt(i);
            width = Character.charCount(codePoint);
            if (kind.test(codePoint)) {
                spans.match(i, i + width);
            }
        }
        return spans.finish();
    }

    /// The matches of characters as they are, from left to right; nothing is found in an empty text.
    static List<Span> ofLiteral(String text, String literal) {
        var spans = new Spans(text);
        if (literal.isEmpty()) {
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                spans.match(i, i);
            }
            if (!text.isEmpty()) {
                spans.match(text.length(), text.length());
            }
            return spans.finish();
        }
        for (int at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length())) {
            spans.match(at, at + literal.length());
        }
        return spans.finish();
    }

    /// The spans with matches and what lies between exchanged.
    static List<Span> inverted(List<Span> spans) {
        return spans.stream()
                .map(span -> new Span(span.start(), span.end(), !span.match()))
                .toList();
    }

    /// Cuts a piece; parts without characters are left out.
    static List<AlignedText> cut(AlignedText piece, List<Span> spans, Delimiter behavior) {
        List<AlignedText> pieces = new ArrayList<>();
        for (Span span : joined(spans, behavior)) {
            if (span.start() < span.end() && !(behavior == Delimiter.REMOVED && span.match())) {
                pieces.add(piece.slice(span.start(), span.end()));
            }
        }
        return pieces;
    }

    /// The piece alone, or nothing when it is empty.
    static List<AlignedText> present(AlignedText piece) {
        return piece.isEmpty() ? List.of() : List.of(piece);
    }

    private static List<Span> joined(List<Span> spans, Delimiter behavior) {
        return switch (behavior) {
            case REMOVED, ISOLATED -> spans;
            case CONTIGUOUS -> contiguous(spans);
            case MERGED_WITH_PREVIOUS -> mergedWithPrevious(spans);
            case MERGED_WITH_NEXT -> mergedWithNext(spans);
        };
    }

    private static List<Span> contiguous(List<Span> spans) {
        List<Span> joined = new ArrayList<>();
        for (Span span : spans) {
            boolean same = !joined.isEmpty() && joined.getLast().match() == span.match();
            int start = same ? joined.removeLast().start() : span.start();
            joined.add(new Span(start, span.end(), span.match()));
        }
        return joined;
    }

    // Of neighbouring matches, the first joins what is before it and the others stand alone.
    private static List<Span> mergedWithPrevious(List<Span> spans) {
        List<Span> joined = new ArrayList<>();
        boolean previous = false;
        for (Span span : spans) {
            boolean joins = span.match() && !previous && !joined.isEmpty();
            int start = joins ? joined.removeLast().start() : span.start();
            joined.add(new Span(start, span.end(), span.match()));
            previous = span.match();
        }
        return joined;
    }

    // The same from the other end: of neighbouring matches, the last joins what is after it.
    private static List<Span> mergedWithNext(List<Span> spans) {
        List<Span> joined = new ArrayList<>();
        boolean next = false;
        for (Span span : spans.reversed()) {
            boolean joins = span.match() && !next && !joined.isEmpty();
            int end = joins ? joined.removeLast().end() : span.end();
            joined.add(new Span(span.start(), end, span.match()));
            next = span.match();
        }
        return joined.reversed();
    }
}
