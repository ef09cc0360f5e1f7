package dev.cortado.text.tokenizer.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Random pieces and words of few characters, so that they meet; of one to four bytes in UTF-8, two of which share
/// their first unit or byte.
final class Words {
    private static final String[] CHARACTERS = {"a", "b", "c", "é", "è", "中", "\u0431", "😀", "😁"};

    private Words() {}

    static String word(RandomGenerator random, int most) {
        var word = new StringBuilder();
        for (int i = random.nextInt(1, most + 1); i > 0; i--) {
            word.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return word.toString();
    }

    static Set<String> pieces(RandomGenerator random, int most) {
        Set<String> pieces = new LinkedHashSet<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            pieces.add(word(random, random.nextInt(1, 5)));
        }
        return pieces;
    }

    /// What a model makes of a word, with ranges in code points.
    static List<Theirs.Token> tokens(Model model, String word) {
        var out = new TokenBuffer();
        model.tokenize(word, out);
        return tokens(out, word);
    }

    static List<Theirs.Token> tokens(TokenBuffer out, String word) {
        var tokens = new ArrayList<Theirs.Token>();
        for (int i = 0; i < out.size(); i++) {
            tokens.add(new Theirs.Token(
                    out.id(i), word.codePointCount(0, out.start(i)), word.codePointCount(0, out.end(i))));
        }
        return tokens;
    }
}
