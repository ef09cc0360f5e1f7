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
        String answer = question.answer().equals("none") ? "no" : question.answer();
        String capital = English.capitalise(answer);
        String other = dice.pick(question.wrong()).replace("none", "no");
        String worse = question.sentence().startsWith(capital)
                ? English.capitalise(other) + question.sentence().substring(capital.length())
                : question.sentence().replace(answer, other);
        if (worse.equals(question.sentence())) {
            worse = English.capitalise(other) + ".";
        }
        return new Preference(question.question(), question.sentence(), worse, "wrong");
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
