package dev.cortado.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> KNOWN = List.of("lr", "warmupSteps", "weightDecay", "--json");

    @Test
    void findsSlipsOfTheFinger() {
        assertThat(DidYouMean.among("lrr", KNOWN)).contains("lr");
        assertThat(DidYouMean.among("wramupStpes", KNOWN)).contains("warmupSteps");
        assertThat(DidYouMean.among("weight_decay", KNOWN)).contains("weightDecay");
        assertThat(DidYouMean.among("--jsno", KNOWN)).contains("--json");
    }

    @Test
    void doesNotGuessWildly() {
        assertThat(DidYouMean.among("learningRate", KNOWN)).isEmpty();
        assertThat(DidYouMean.among("x", List.of())).isEmpty();
    }

    @Test
    void countsEdits() {
        assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
        assertThat(DidYouMean.distance("abc", "acb")).isEqualTo(1);
        assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
    }
}
