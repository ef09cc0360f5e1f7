package dev.cortado.world;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// English morphology and spelling: verb forms, articles, plurals, number words, contractions.
final class English {
    /// Past or present narration.
    enum Tense {
        PAST,
        PRESENT
    }

    private static final List<String> NUMBERS = List.of(
            "no",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty");
    private static final Set<String> VOWEL_SPELT_CONSONANTS = Set.of("one", "useful", "unicorn", "ukulele", "uniform");
    private static final Set<String> SILENT_H = Set.of("hour", "honest", "honor", "heir");
    private static final List<List<String>> CONTRACTIONS = List.of(
            List.of("did not", "didn't"),
            List.of("was not", "wasn't"),
            List.of("were not", "weren't"),
            List.of("could not", "couldn't"),
            List.of("does not", "doesn't"),
            List.of("do not", "don't"),
            List.of("is not", "isn't"),
            List.of("can not", "can't"),
            List.of("had not", "hadn't"),
            List.of("would not", "wouldn't"),
            List.of("it is ", "it's "),
            List.of("It is ", "It's "));

    /// Principal parts of irregular verbs by base form: past, participle.
    private final Map<String, List<String>> irregular = new HashMap<>();

    English(List<String> irregularVerbs) {
        for (String line : irregularVerbs) {
            List<String> parts = List.of(line.split(" ", -1));
            irregular.put(parts.getFirst(), parts.subList(1, parts.size()));
        }
    }

    /// The finite form that agrees with a subject.
    String finite(String verb, Tense tense, Pronoun subject) {
        return tense == Tense.PAST ? past(verb, subject) : present(verb, subject);
    }

    private String past(String verb, Pronoun subject) {
        return switch (verb) {
            case "be" -> subject.plural() ? "were" : "was";
            case "can" -> "could";
            case "will" -> "would";
            case "must" -> "had to";
            default -> irregular.containsKey(verb) ? irregular.get(verb).getFirst() : regularPast(verb);
        };
    }

    private static String present(String verb, Pronoun subject) {
        boolean bare = subject.plural() || subject == Pronoun.I;
        return switch (verb) {
            case "be" -> subject == Pronoun.I ? "am" : bare ? "are" : "is";
            case "have" -> bare ? "have" : "has";
            case "must" -> bare ? "have to" : "has to";
            case "can", "will" -> verb;
            default -> bare ? verb : sibilantEnding(verb);
        };
    }

    /// "given", "lost", "painted".
    String participle(String verb) {
        if (verb.equals("be")) {
            return "been";
        }
        return irregular.containsKey(verb) ? irregular.get(verb).getLast() : regularPast(verb);
    }

    private static String regularPast(String verb) {
        if (verb.endsWith("e")) {
            return verb + "d";
        }
        if (endsInConsonantAndY(verb)) {
            return verb.substring(0, verb.length() - 1) + "ied";
        }
        return (doubles(verb) ? verb + verb.charAt(verb.length() - 1) : verb) + "ed";
    }

    /// One syllable with a short vowel before one consonant: "dropped", "hummed".
    private static boolean doubles(String verb) {
        int last = verb.length() - 1;
        long vowels = verb.chars().filter(c -> "aeiou".indexOf(c) >= 0).count();
        return last >= 2
                && vowels == 1
                && "aeiou".indexOf(verb.charAt(last - 1)) >= 0
                && "wxy".indexOf(verb.charAt(last)) < 0;
    }

    /// Third person singular of a verb and plural of a noun are spelt by one rule: "watches", "carries", "plays".
    static String sibilantEnding(String word) {
        if (endsInConsonantAndY(word)) {
            return word.substring(0, word.length() - 1) + "ies";
        }
        boolean hissing = word.endsWith("s") || word.endsWith("sh") || word.endsWith("ch") || word.endsWith("x");
        return hissing || word.endsWith("z") || word.endsWith("o") ? word + "es" : word + "s";
    }

    private static boolean endsInConsonantAndY(String word) {
        return word.endsWith("y") && word.length() > 1 && "aeiou".indexOf(word.charAt(word.length() - 2)) < 0;
    }

    /// Number word, 0 is "no".
    static String number(int count) {
        return count < NUMBERS.size() ? NUMBERS.get(count) : Integer.toString(count);
    }

    /// Whether "an" stands before the word.
    static boolean takesAn(String word) {
        String lower = word.toLowerCase(java.util.Locale.ROOT);
        if (SILENT_H.contains(lower)) {
            return true;
        }
        return !lower.isEmpty() && "aeiou".indexOf(lower.charAt(0)) >= 0 && !VOWEL_SPELT_CONSONANTS.contains(lower);
    }

    /// A noun phrase with its indefinite article.
    static String indefinite(String phrase) {
        return (takesAn(firstWord(phrase, 0)) ? "an " : "a ") + phrase;
    }

    /// Turns every "a" before a vowel sound into "an".
    static String articles(String sentence) {
        StringBuilder fixed = new StringBuilder(sentence.length() + 4);
        for (int i = 0; i < sentence.length(); i++) {
            char c = sentence.charAt(i);
            fixed.append(c);
            boolean article = (c == 'a' || c == 'A')
                    && (i == 0 || (!Character.isLetter(sentence.charAt(i - 1)) && sentence.charAt(i - 1) != '\''))
                    && i + 1 < sentence.length()
                    && sentence.charAt(i + 1) == ' ';
            if (article && takesAn(firstWord(sentence, i + 2))) {
                fixed.append('n');
            }
        }
        return fixed.toString();
    }

    private static String firstWord(String text, int from) {
        int end = from;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(from, end);
    }

    /// Spoken short forms: "didn't", "couldn't".
    static String contract(String sentence) {
        String shorter = sentence;
        if (shorter.contains("not ") || shorter.contains("t is ")) {
            for (List<String> pair : CONTRACTIONS) {
                shorter = shorter.replace(pair.getFirst(), pair.getLast());
            }
        }
        return shorter;
    }

    /// Upper case for the first letter, past an opening quotation mark.
    static String capitalise(String text) {
        int first = text.startsWith("\"") ? 1 : 0;
        return text.length() <= first
                ? text
                : text.substring(0, first) + Character.toUpperCase(text.charAt(first)) + text.substring(first + 1);
    }
}
