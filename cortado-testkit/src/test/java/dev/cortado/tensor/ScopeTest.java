package dev.cortado.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.StrictScopes;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class ScopeTest {
    private static Tensor two() {
        return Tensors.of(new float[] {1, 2}, 2);
    }

    @Test
    void freesWhatIsLeftInIt() {
        long before = Scope.liveTensors();
        try (var _ = Scope.open("outer")) {
            two();
            try (var _ = Scope.open("inner")) {
                two().add(two());
                assertThat(Scope.liveTensors()).isEqualTo(before + 4);
            }
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aResultBelongsToTheInnermostScopeAndNotToAnOperand() {
        Tensor x = two();
        Tensor y;
        try (var _ = Scope.open("inner")) {
            y = x.add(1);
        }
        assertThat(x.toFloats()).containsExactly(1, 2);
        assertThatThrownBy(y::toFloats)
                .isInstanceOf(TensorException.class)
                .hasMessage("this tensor was closed by scope 'inner'; use scope.keep or scope.own");
        assertThatThrownBy(() -> x.add(y)).isInstanceOf(TensorException.class).hasMessageContaining("'inner'");
        assertThat(y.describe()).isEqualTo("(closed)");
        assertThat(y).hasToString("Tensor (closed)");
    }

    @Test
    void keepHandsToTheEnclosingScope() {
        Tensor kept;
        try (var scope = Scope.open("inner")) {
            kept = scope.keep(two().mul(2));
        }
        assertThat(kept.toFloats()).containsExactly(2, 4);
        try (var scope = Scope.open("other")) {
            assertThatThrownBy(() -> scope.keep(kept))
                    .hasMessageContaining("'other' does not own")
                    .hasMessageContaining("[2]");
        }
    }

    @Test
    void ownMakesFreeStandingAndTakeTakesBack() {
        long before = Scope.liveTensors();
        Tensor owned;
        try (var scope = Scope.open("inner")) {
            owned = scope.own(two());
        }
        assertThat(owned.toFloats()).containsExactly(1, 2);
        try (var scope = Scope.open("taker")) {
            assertThat(scope.take(owned)).isSameAs(owned);
            assertThatThrownBy(() -> scope.take(owned)).hasMessageContaining("another scope owns it");
        }
        assertThatThrownBy(owned::toFloats).hasMessageContaining("'taker'");
        assertThat(Scope.liveTensors()).isEqualTo(before);

        Tensor closed;
        try (var scope = Scope.open("inner")) {
            closed = scope.own(two());
        }
        closed.close();
        closed.close();
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThatThrownBy(closed::shape).hasMessageContaining("its owner");
    }

    @Test
    void closingEarlyForgetsTheTensor() {
        long before = Scope.liveTensors();
        try (var _ = Scope.open("inner")) {
            Tensor x = two();
            x.close();
            assertThat(Scope.liveTensors()).isEqualTo(before);
            assertThatThrownBy(x::count).hasMessageContaining("'inner'");
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void closesInnermostFirst() {
        Scope outer = Scope.open("outer");
        Scope inner = Scope.open("inner");
        assertThatThrownBy(outer::close)
                .isInstanceOf(TensorException.class)
                .hasMessage("scope 'outer' closed while 'inner' inside it is open");
        inner.close();
        outer.close();
        outer.close();
        assertThat(outer.name()).isEqualTo("outer");
    }

    @Test
    void closesOnItsOwnThread() throws InterruptedException {
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                var scope = Scope.open("mine")) {
            assertThatThrownBy(() -> other.submit(scope::close).get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(TensorException.class)
                    .hasMessage("scope 'mine' was opened by thread "
                            + Thread.currentThread().getName());
        }
    }

    @Test
    void outsideOfAnyScopeNothingIsMade() throws InterruptedException {
        Tensor x = two();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) { // a thread without scopes
            assertThatThrownBy(() -> other.submit(ScopeTest::two).get())
                    .hasRootCauseInstanceOf(TensorException.class)
                    .rootCause()
                    .hasMessageContaining("no scope is open on thread");
            assertThatThrownBy(() -> other.submit(() -> x.add(1)).get())
                    .rootCause()
                    .hasMessageContaining("add: no scope is open");
            assertThatThrownBy(() -> other.submit(() -> {
                                try (var scope = Scope.open("outermost")) {
                                    scope.keep(two());
                                }
                            })
                            .get())
                    .rootCause()
                    .hasMessageContaining("'outermost' has no enclosing scope");
        }
        assertThat(x.toFloats()).containsExactly(1, 2);
    }

    @Test
    void aRefusedOperationLeaksNothing() {
        Tensor x = two();
        Tensor y = Tensors.of(new float[3], 3);
        long before = Scope.liveTensors();
        assertThatThrownBy(() -> x.add(y)).isInstanceOf(TensorException.class);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }
}
