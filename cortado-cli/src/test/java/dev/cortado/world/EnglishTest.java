package dev.cortado.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.world.English.Tense;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnglishTest {
    private final English english = new Lexicon().english();

    @Test
    void inflectsVerbs() {
        Map.of(
                        "give", "gave", "drop", "dropped", "carry", "carried", "play", "played", "bake", "baked",
                        "open", "opened", "look", "looked", "be", "was", "hang", "hung", "become", "became")
                .forEach((base, past) ->
                        assertThat(english.finite(base, Tense.PAST, Pronoun.HE)).isEqualTo(past));
        Map.of(
                        "give", "gives", "watch", "watches", "carry", "carries", "play", "plays", "go", "goes", "have",
                        "has", "be", "is", "can", "can")
                .forEach((base, third) -> assertThat(english.finite(base, Tense.PRESENT, Pronoun.SHE))
                        .isEqualTo(third));
        assertThat(english.finite("be", Tense.PAST, Pronoun.THEY)).isEqualTo("were");
        assertThat(english.finite("be", Tense.PRESENT, Pronoun.I)).isEqualTo("am");
        assertThat(english.participle("give")).isEqualTo("given");
        assertThat(english.participle("hop")).isEqualTo("hopped");
    }

    @Test
    void putsArticlesBySound() {
        assertThat(English.articles("A apple, a hour and a useful owl; a old one, a one."))
                .isEqualTo("An apple, an hour and a useful owl; an old one, a one.");
        assertThat(English.articles("Tom's a b, banana a egg")).isEqualTo("Tom's a b, banana an egg");
    }

    @Test
    void cleansSentences() {
        assertThat(Spelling.clean("tom  went , and \"come here ! now\" ,  he said "))
                .isEqualTo("Tom went, and \"Come here! Now\", he said.");
        assertThat(Spelling.clean("\"why?\" asked Tom")).isEqualTo("\"Why?\" asked Tom.");
    }

    @Test
    void contractsNegations() {
        assertThat(English.contract("He did not go and could not stay.")).isEqualTo("He didn't go and couldn't stay.");
    }
}
