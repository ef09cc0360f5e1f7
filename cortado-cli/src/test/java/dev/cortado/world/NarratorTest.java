package dev.cortado.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.world.Entity.Pair;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Narrator.Flow;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The discourse model on small grammars: what every throw of the dice must and may say.
final class NarratorTest {
    private static final Person TOM = person("Tom", Pronoun.HE, "boy");
    private static final Person BEN = person("Ben", Pronoun.HE, "little boy");
    private static final Person MIA = person("Mia", Pronoun.SHE, "girl");
    private static final Thing BALL = new Thing("red", "ball", "toy");
    private static final Thing KITE = new Thing("old", "kite", "toy");

    private static final English ENGLISH = new Lexicon().english();

    private static final Phrases PHRASES = new Phrases(new Sections(Map.of(
            "both", List.of("{A.name} and {B.name} ~meet."),
            "one", List.of("{A} ~smile."),
            "mine", List.of("{A} ~take {A.p} {X.b}."),
            "give", List.of("{A} ~give {X} to {B.o}."),
            "be", List.of("{A} ~be here."),
            "pair", List.of("{G} ~be friends."),
            "quote", List.of("\"{B.n} has {X.d},\" ~say {A.n}."),
            "then", List.of("Then"))));

    private static Person person(String name, Pronoun pronoun, String kind) {
        return new Person(name, pronoun, kind, List.of("kind"), Optional.empty());
    }

    /// All texts that 200 streams of dice make of a script.
    private static Set<String> all(English.Tense tense, Consumer<Narrator> script) {
        Set<String> texts = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            Narrator narrator = new Narrator(Dice.of(seed), PHRASES, ENGLISH, tense);
            script.accept(narrator);
            texts.add(narrator.text());
        }
        return texts;
    }

    private static Map<String, Entity> slots(Person a, Person b) {
        return Map.of("A", a, "B", b, "X", BALL, "G", new Pair(a, b));
    }

    private static void know(Narrator narrator, Entity... entities) {
        List.of(entities).forEach(narrator::know);
    }

    @Test
    void twoOfOneGenderAreNeverCalledByAPronoun() {
        Set<String> texts = all(English.Tense.PAST, narrator -> {
            know(narrator, TOM, BEN);
            narrator.say("both", slots(TOM, BEN), Flow.STATE);
            narrator.say("one", slots(TOM, BEN), Flow.STATE);
        });
        assertThat(texts).containsExactly("Tom and Ben met. Tom smiled.");
    }

    @Test
    void differentGendersMayBe() {
        Set<String> texts = all(English.Tense.PAST, narrator -> {
            know(narrator, TOM, MIA);
            narrator.say("both", slots(TOM, MIA), Flow.STATE);
            narrator.say("one", slots(TOM, MIA), Flow.STATE);
        });
        assertThat(texts)
                .containsExactlyInAnyOrder(
                        "Tom and Mia met. He smiled.",
                        "Tom and Mia met. Tom smiled.",
                        "Tom and Mia met. The boy smiled.");
    }

    @Test
    void paragraphsBeginWithNames() {
        Set<String> texts = all(English.Tense.PAST, narrator -> {
            know(narrator, TOM);
            narrator.say("one", slots(TOM, MIA), Flow.STATE);
            narrator.paragraph();
            narrator.say("one", slots(TOM, MIA), Flow.STATE);
        });
        assertThat(texts).containsExactly("Tom smiled.\n\nTom smiled.");
    }

    @Test
    void theNewIsIntroducedAndTheKnownIsDefinite() {
        Set<String> texts = all(English.Tense.PAST, narrator -> {
            know(narrator, TOM);
            narrator.say("give", slots(TOM, MIA), Flow.STATE);
            narrator.paragraph();
            narrator.say("give", slots(MIA, TOM), Flow.STATE);
        });
        assertThat(texts)
                .allSatisfy(text -> assertThat(text)
                        .startsWith("Tom gave a red ball to a kind girl named Mia.\n\nMia gave the ")
                        .containsPattern("Mia gave the (red )?ball to Tom\\."));
    }

    @Test
    void twoThingsAreNeverIt() {
        Set<String> texts = all(English.Tense.PAST, narrator -> {
            know(narrator, TOM, MIA, BALL, KITE);
            narrator.say("give", slots(TOM, MIA), Flow.STATE);
            narrator.say("give", Map.of("A", TOM, "B", MIA, "X", KITE), Flow.STATE);
        });
        assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContain(" it "));
    }

    @Test
    void verbsAgreeWithWhoSpeaks() {
        assertThat(all(English.Tense.PRESENT, narrator -> {
                    narrator.call(TOM, Pronoun.I);
                    narrator.say("be", slots(TOM, MIA), Flow.STATE);
                }))
                .containsExactly("I am here.");
        assertThat(all(English.Tense.PAST, narrator -> {
                    narrator.call(TOM, Pronoun.I);
                    narrator.call(MIA, Pronoun.YOU);
                    narrator.say("mine", slots(TOM, MIA), Flow.STATE);
                    narrator.say("be", slots(MIA, TOM), Flow.STATE);
                }))
                .containsExactly("I took my red ball. You were here.");
        assertThat(all(English.Tense.PAST, narrator -> {
                    know(narrator, TOM, MIA);
                    narrator.say("pair", slots(TOM, MIA), Flow.STATE);
                }))
                .containsExactly("Tom and Mia were friends.");
    }

    @Test
    void quotationsUseNames() {
        assertThat(all(English.Tense.PAST, narrator -> {
                    know(narrator, TOM, MIA, BALL);
                    narrator.say("one", slots(MIA, TOM), Flow.STATE);
                    narrator.say("quote", slots(TOM, MIA), Flow.STATE);
                }))
                .allSatisfy(text -> assertThat(text).matches("Mia smiled\\. \"Mia has the (red )?ball,\" said Tom\\."));
    }
}
