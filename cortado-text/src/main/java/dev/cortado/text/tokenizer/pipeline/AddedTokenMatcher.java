package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cuts text at the added tokens of one kind; [AddedTokens] says by which rules. Immutable.
final class AddedTokenMatcher {
    private final List<AddedToken> tokens;
    private final List<String> spellings;
    private final AhoCorasick automaton;

    /// @param spellings what is looked for, by token; an empty one is never found
    AddedTokenMatcher(List<AddedToken> tokens, List<String> spellings) {
        this.tokens = tokens;
        this.spellings = spellings;
        automaton = new AhoCorasick(spellings);
    }

    /// The stretches of a text in order, none of them empty.
    List<Segment> split(AlignedText text, SpecialText special) {
        AhoCorasick.Hits hits = automaton.hits(text.text());
        if (hits.size() == 0) {
            return text.length() == 0 ? List.of() : List.of(new Segment(text, Optional.empty()));
        }
        var cut = new Cut(text, special);
        for (int i = hits.size() - 1; i >= 0; i--) {
            cut.at(hits.places()[i], hits.states()[i]);
        }
        return cut.finish();
    }

    /// One pass over one text.
    private final class Cut {
        private final AlignedText text;
        private final SpecialText special;
        private final List<Segment> segments = new ArrayList<>();
        private int searched; // tokens are looked for from here on
        private int done; // the stretches so far end here
        private int swallowed; // the farthest a stretch has reached: white space may have been taken beyond `searched`

        Cut(AlignedText text, SpecialText special) {
            this.text = text;
            this.special = special;
        }

        /// Looks at the tokens that begin at `start`.
        void at(int start, int longest) {
            if (start < searched) {
                return;
            }
            for (int state = longest; state >= 0; state = automaton.shorter(state)) {
                AddedToken token = tokens.get(automaton.pattern(state));
                int end = start + spellings.get(automaton.pattern(state)).length();
                if (!token.special() || special.allowed(text.start(start), text.end(end - 1))) {
                    searched = end;
                    take(token, start, end);
                    return;
                }
                if (special instanceof SpecialText.Never) {
                    searched = end;
                    return;
                }
            }
        }

        private void take(AddedToken token, int start, int end) {
            if (token.singleWord() && (wordBefore(start) || wordFrom(end))) {
                return;
            }
            int from = start;
            int to = end;
            if (token.lstrip()) {
                while (from > done && Characters.isSpace(text.text().charAt(from - 1))) {
                    from--;
                }
                from = Math.max(from, done);
            }
            // A token of white space inside white space that one before swallowed is found again, but swallows no
            // more: else a million spaces would be a million ever shorter copies of each other.
            if (token.rstrip() && start >= swallowed) {
                while (to < text.length() && Characters.isSpace(text.text().charAt(to))) {
                    to++;
                }
            }
            if (from >= to) {
                return;
            }
            if (done < from) {
                segments.add(new Segment(text.slice(done, from), Optional.empty()));
            }
            segments.add(new Segment(text.slice(from, to), Optional.of(token)));
            done = to;
            swallowed = Math.max(swallowed, to);
        }

        private boolean wordBefore(int index) {
            return index > 0 && Characters.isWord(text.text().codePointBefore(index));
        }

        private boolean wordFrom(int index) {
            return index < text.length() && Characters.isWord(text.text().codePointAt(index));
        }

        List<Segment> finish() {
            if (done < text.length()) {
                segments.add(new Segment(text.slice(done, text.length()), Optional.empty()));
            }
            return segments;
        }
    }
}
