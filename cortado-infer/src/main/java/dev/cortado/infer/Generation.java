package dev.cortado.infer;

import java.time.Duration;
import java.util.List;

/// What a model said.
///
/// @param ids     the new tokens, without the one that ended the text
/// @param prefill time for the prompt
/// @param decode  time for the new tokens
public record Generation(List<Integer> ids, Finish finish, int promptTokens, Duration prefill, Duration decode) {
    public Generation {
        ids = List.copyOf(ids);
    }

    /// New tokens a second, the prompt's time left out; 0 when there are none.
    public double tokensPerSecond() {
        return ids.isEmpty() ? 0 : ids.size() / Math.max(1e-9, decode.toNanos() / 1e9);
    }
}
