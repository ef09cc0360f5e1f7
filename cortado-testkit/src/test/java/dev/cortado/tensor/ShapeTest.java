package dev.cortado.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void countsAndIndexesFromBothEnds() {
        Shape shape = Shape.of(2, 3, 5);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.count()).isEqualTo(30);
        assertThat(shape.size(0)).isEqualTo(2);
        assertThat(shape.size(-1)).isEqualTo(5);
        assertThat(shape).hasToString("[2, 3, 5]").isEqualTo(Shape.of(2, 3, 5)).isNotEqualTo(Shape.of(2, 3));
        assertThat(shape.hashCode()).isEqualTo(Shape.of(2, 3, 5).hashCode());
        assertThat(Shape.of().count()).isEqualTo(1);
        assertThat(Shape.of(4, 0).count()).isZero();
    }

    @Test
    void cannotBeChangedFromOutside() {
        long[] sizes = {2, 3};
        Shape shape = Shape.of(sizes);
        sizes[0] = 7;
        shape.sizes()[1] = 7;
        assertThat(shape).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void refusesWhatIsNoShape() {
        assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("[2, -1]");
        assertThatThrownBy(() -> Shape.of(Long.MAX_VALUE, 2)).hasMessageContaining("too many elements");
        assertThatThrownBy(() -> Shape.of(2, 3).size(2)).hasMessageContaining("dimension 2 of shape [2, 3]");
        assertThatThrownBy(() -> Shape.of(2, 3).size(-3)).hasMessageContaining("dimension -3 of shape [2, 3]");
    }
}
