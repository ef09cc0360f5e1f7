package dev.cortado.world;

import dev.cortado.world.WorldDocument.Preference;
import dev.cortado.world.WorldDocument.Question;
import java.util.ArrayList;
import java.util.List;

/// Pairs of a better and a worse answer, for preference learning.
final class Preferences {
    private static final List<String> OFF_TOPIC = List.of(
            "The sky is very big.",
            "I like warm bread.",
            "Ducks can swim.",
            "It may rain on Monday.",
            "My shoes are new.",
            "A year has four seasons.",
            "Birds sing in the morning.",
            "Soup is good in winter.");

    private Preferences() {}

    /// For up to three questions: the right sentence against a wrong, an irrelevant or an ungrammatical one.
    static List<Preference> of(List<Question> questions, Dice dice) {
        List<Preference> pairs = new ArrayList<>();
        for (Question question : questions.subList(0, Math.min(3, questions.size()))) {
            pairs.add(
                    switch (dice.below(3)) {
                        case 0 -> wrong(question, dice);
                        case 1 ->
                            new Preference(
                                    question.question(), question.sentence(), dice.pick(OFF_TOPIC), "irrelevant");
                        default -> ungrammatical(question, dice);
                    });
        }
        return pairs;
    }

    /// The right sentence with the wrong answer in it.
    private static Preference wrong(Question question, Dice dice) {
        String other = dice.pick(question.wrong());
        String answer = question.answer();
        String worse = question.asks().containsKey("goods")
                ? question.sentence().replace(counted(question, answer), counted(question, other))
                : swapped(question.sentence(), answer, other);
        return new Preference(question.question(), question.sentence(), worse, "wrong");
    }

    /// "no plums", "one plum", "two plums".
    private static String counted(Question question, String number) {
        String plural = question.question().split(" ", -1)[2];
        String noun = number.equals("one") ? question.asks().get("goods") : plural;
        return (number.equals("none") ? "no" : number) + " " + noun;
    }

    private static String swapped(String sentence, String answer, String other) {
        String capital = English.capitalise(answer);
        if (sentence.startsWith(capital)) {
            return English.capitalise(other) + sentence.substring(capital.length());
        }
        String replaced = English.articles(sentence.replace(answer, other));
        return replaced.equals(sentence) ? English.capitalise(other) + "." : replaced;
    }

    /// The right words in a wrong order.
    private static Preference ungrammatical(Question question, Dice dice) {
        String sentence = question.sentence();
        List<String> words = new ArrayList<>(
                List.of(sentence.substring(0, sentence.length() - 1).split(" ", -1)));
        int from = dice.below(words.size() - 1);
        String moved = words.remove(from);
        words.add(from == 0 ? words.size() : from - 1, moved);
        return new Preference(
                question.question(), sentence, English.capitalise(String.join(" ", words)) + ".", "ungrammatical");
    }
}
