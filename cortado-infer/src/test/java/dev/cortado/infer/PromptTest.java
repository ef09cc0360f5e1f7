package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.LlamaSpec;
import org.junit.jupiter.api.Test;

class PromptTest {
    private static final LlamaSpec SPEC = new LlamaSpec(10, 4, 2, 1, 1, 1, 2, 2, 1e-5, 10_000, true);

    @Test
    void holdsItsIds() {
        int[] ids = {0, 9, 5};
        Prompt prompt = Prompt.of(ids, SPEC);
        ids[0] = 7;
        prompt.ids()[1] = 7;
        assertThat(prompt.ids()).containsExactly(0, 9, 5);
        assertThat(prompt.length()).isEqualTo(3);
        assertThat(prompt).hasToString("Prompt[0, 9, 5]");
    }

    @Test
    void refusesWhatTheModelCannotContinue() {
        assertThatThrownBy(() -> Prompt.of(new int[0], SPEC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> Prompt.of(new int[] {1, 10}, SPEC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token id 10 is outside the model's vocabulary of 10 (0 to 9)");
        assertThatThrownBy(() -> Prompt.of(new int[] {-1}, SPEC)).hasMessageContaining("token id -1");
        assertThatThrownBy(() -> Prompt.of(new int[] {1, 2, 3, 4}, SPEC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 tokens")
                .hasMessageContaining("sees 4 at most");
    }
}
