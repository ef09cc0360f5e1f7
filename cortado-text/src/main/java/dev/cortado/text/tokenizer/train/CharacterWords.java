package dev.cortado.text.tokenizer.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Words as symbols for each of their characters, with a prefix on those that continue a word and a suffix on those
/// that
/// end one. Where a character is not in the alphabet a word falls apart: nothing is ever merged across it.
///
/// @param tokens   by id: some fixed ones; the alphabet; then, in the order of their strings, the characters with a
/// prefix or suffix that occur
/// @param segments of symbols that are ids of tokens
record CharacterWords(List<String> tokens, Segments segments) {
    static CharacterWords of(
            CountedWords words, List<String> fixed, List<Integer> alphabet, String prefix, String suffix) {
        Set<String> plain = new LinkedHashSet<>();
        alphabet.forEach(c -> plain.add(Character.toString(c)));
        Set<String> marked = new TreeSet<>((Comparator<String>) TieOrder::compareText);
        if (!prefix.isEmpty() || !suffix.isEmpty()) {
            Set<Integer> known = new HashSet<>(alphabet);
            for (CountedWords.Word word : words.words()) {
                int[] text = word.text().codePoints().toArray();
                for (int i = 0; i < text.length; i++) {
                    if (known.contains(text[i])) {
                        marked.add(symbol(text, i, prefix, suffix));
                    }
                }
            }
        }
        plain.addAll(marked);
        List<String> tokens = new ArrayList<>(fixed);
        for (String token : plain) {
            if (fixed.contains(token)) {
                throw new IllegalArgumentException("special token '" + token
                        + "' is also a character of the text; use a name such as <|" + token + "|>");
            }
            tokens.add(token);
        }
        return new CharacterWords(List.copyOf(tokens), segments(words, tokens, Set.copyOf(alphabet), prefix, suffix));
    }

    private static Segments segments(
            CountedWords words, List<String> tokens, Set<Integer> alphabet, String prefix, String suffix) {
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (String token : tokens) {
            ids.put(token, ids.size());
        }
        var segments = new Segments.Builder();
        for (CountedWords.Word word : words.words()) {
            int[] text = word.text().codePoints().toArray();
            for (int i = 0; i < text.length; i++) {
                if (alphabet.contains(text[i])) {
                    segments.add(ids.get(symbol(text, i, prefix, suffix)));
                } else {
                    segments.end(word.count());
                }
            }
            segments.end(word.count());
        }
        return segments.build();
    }

    private static String symbol(int[] text, int at, String prefix, String suffix) {
        String character = Character.toString(text[at]);
        return (at == 0 ? "" : prefix) + character + (at + 1 == text.length ? suffix : "");
    }
}
