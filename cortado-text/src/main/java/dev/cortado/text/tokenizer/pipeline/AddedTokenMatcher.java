package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import java.util.ArrayList;
import java.util.List;

/// Finds the added tokens of one kind in a text; [AddedTokens] says by which rules. Immutable.
final class AddedTokenMatcher {
    private final List<AddedToken> tokens;
    private final List<String> spellings;
    private final AhoCorasick automaton;

    /// A token and the characters of the text it covers, the white space it swallowed included.
    record Match(AddedToken token, int start, int end) {}

    /// @param spellings what is looked for, by token; an empty one is never found
    AddedTokenMatcher(List<AddedToken> tokens, List<String> spellings) {
        this.tokens = tokens;
        this.spellings = spellings;
        automaton = new AhoCorasick(spellings);
    }

    /// Whether there is nothing to find.
    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /// The tokens in an original text.
    List<Match> find(String text, SpecialText special) {
        return find(text, special, special::allowed);
    }

    /// The tokens in a text that something may have been done to.
    List<Match> find(AlignedText text, SpecialText special) {
        return find(text.text(), special, (start, end) -> special.allowed(text.start(start), text.end(end - 1)));
    }

    private interface Permission {
        boolean allowed(int start, int end);
    }

    private List<Match> find(String text, SpecialText special, Permission permission) {
        AhoCorasick.Hits hits = automaton.hits(text);
        if (hits.size() == 0) {
            return List.of();
        }
        var search = new Search(text, permission, special instanceof SpecialText.Never);
        for (int i = hits.size() - 1; i >= 0; i--) {
            search.at(hits.place(i), hits.state(i));
        }
        return search.matches;
    }

    /// One pass over one text.
    private final class Search {
        private final String text;
        private final Permission permission;
        private final boolean passOver;
        private final List<Match> matches = new ArrayList<>();
        private int searched; // tokens are looked for from here on
        private int done; // the last match ends here
        private int swallowed; // the farthest a match has reached: white space may have been taken beyond `searched`

        /// @param passOver whether a special token that is not allowed hides what it overlaps
        Search(String text, Permission permission, boolean passOver) {
            this.text = text;
            this.permission = permission;
            this.passOver = passOver;
        }

        /// Looks at the tokens that begin at `start`.
        void at(int start, int longest) {
            if (start < searched) {
                return;
            }
            for (int state = longest; state >= 0; state = automaton.shorter(state)) {
                AddedToken token = tokens.get(automaton.pattern(state));
                int end = start + spellings.get(automaton.pattern(state)).length();
                if (!token.special() || permission.allowed(start, end)) {
                    searched = end;
                    take(token, start, end);
                    return;
                }
                if (passOver) {
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
                while (from > done && CharacterKinds.isWhiteSpace(text.charAt(from - 1))) {
                    from--;
                }
                from = Math.max(from, done);
            }
            // A token of white space inside white space that one before swallowed is found again, but swallows no
            // more: else a million spaces would be a million ever shorter copies of each other.
            if (token.rstrip() && start >= swallowed) {
                while (to < text.length() && CharacterKinds.isWhiteSpace(text.charAt(to))) {
                    to++;
                }
            }
            if (from < to) {
                matches.add(new Match(token, from, to));
                done = to;
                swallowed = Math.max(swallowed, to);
            }
        }

        private boolean wordBefore(int index) {
            return index > 0 && CharacterKinds.isWord(text.codePointBefore(index));
        }

        private boolean wordFrom(int index) {
            return index < text.length() && CharacterKinds.isWord(text.codePointAt(index));
        }
    }
}
