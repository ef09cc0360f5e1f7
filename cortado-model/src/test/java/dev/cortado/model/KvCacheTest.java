package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.StrictScopes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class KvCacheTest {
    private static Tensor tokens(double value, long count) {
        return Tensors.filled(Shape.of(1, 2, count, 3), value, DType.F32, Device.CPU);
    }

    @Test
    void returnsOldAndNewTogether() {
        try (var cache = new KvCache(2, 1, 2, 4, 3, DType.F32, Device.CPU)) {
            assertThat(cache.capacity()).isEqualTo(4);
            cache.remember(0, tokens(1, 3), tokens(-1, 3));
            cache.remember(1, tokens(5, 3), tokens(-5, 3));
            assertThat(cache.length()).isZero();
            cache.advance(3);
            var seen = cache.remember(0, tokens(2, 1), tokens(-2, 1));
            assertTensor(seen.keys()).isSameAs(Tensors.cat(java.util.List.of(tokens(1, 3), tokens(2, 1)), 2));
            assertTensor(seen.values()).isSameAs(Tensors.cat(java.util.List.of(tokens(-1, 3), tokens(-2, 1)), 2));
            assertTensor(cache.remember(1, tokens(6, 1), tokens(-6, 1)).keys().slice(2, 0, 3))
                    .isSameAs(tokens(5, 3));
        }
    }

    @Test
    void convertsToItsOwnDtype() {
        try (var cache = new KvCache(1, 1, 2, 4, 3, DType.BF16, Device.CPU)) {
            var seen = cache.remember(0, tokens(1.5, 2), tokens(2.5, 2));
            assertTensor(seen.keys()).hasDtype(DType.BF16).hasShape(1, 2, 2, 3);
        }
    }

    @Test
    void refusesMoreThanItHolds() {
        try (var cache = new KvCache(1, 1, 2, 4, 3, DType.F32, Device.CPU)) {
            assertThatThrownBy(() -> cache.remember(0, tokens(1, 5), tokens(1, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("longer than the 4 tokens");
            cache.remember(0, tokens(1, 4), tokens(1, 4));
            cache.advance(4);
            assertThatThrownBy(() -> cache.remember(0, tokens(1, 1), tokens(1, 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            cache.truncate(1);
            cache.remember(0, tokens(1, 3), tokens(1, 3));
        }
    }

    @Test
    void cannotBeShortenedToMoreThanItHas() {
        try (var cache = new KvCache(1, 1, 2, 4, 3, DType.F32, Device.CPU)) {
            cache.advance(2);
            assertThatThrownBy(() -> cache.truncate(3)).hasMessage("cannot shorten 2 tokens to 3");
            assertThatThrownBy(() -> cache.truncate(-1)).hasMessage("cannot shorten 2 tokens to -1");
            cache.truncate(2);
            cache.truncate(0);
            assertThat(cache.length()).isZero();
        }
    }
}
