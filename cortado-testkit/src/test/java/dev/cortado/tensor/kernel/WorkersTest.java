package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final Workers workers = new Workers(3);

    private static void assertOnceEach(AtomicIntegerArray visits) {
        for (int i = 0; i < visits.length(); i++) {
            assertThat(visits.get(i)).as("visits of %d", i).isEqualTo(1);
        }
    }

    @Test
    void everyNumberIsVisitedOnceInPartsThatAreAlwaysTheSame() {
        for (int trial = 0; trial < 2000; trial++) {
            int count = trial % 97;
            int grain = 1 + trial % 7;
            var visits = new AtomicIntegerArray(count);
            workers.forRange(count, grain, (from, to) -> {
                assertThat(from % grain).isZero();
                assertThat(to).isEqualTo(Math.min(count, from + grain));
                for (int i = from; i < to; i++) {
                    visits.incrementAndGet(i);
                }
            });
            assertOnceEach(visits);
        }
    }

    @Test
    void anExceptionReachesTheCallerAndTheNextJobRuns() {
        assertThatThrownBy(() -> workers.forRange(100, 1, (from, _) -> {
                    if (from == 57) {
                        throw new IllegalStateException("57");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("57");
        var visits = new AtomicIntegerArray(100);
        workers.forRange(100, 1, (from, _) -> visits.incrementAndGet(from));
        assertOnceEach(visits);
    }

    @Test
    void jobsInsideJobsAndOfManyThreadsFinish() throws InterruptedException {
        var visits = new AtomicIntegerArray(4 * 50 * 50);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int base = t * 2500;
            threads.add(Thread.ofPlatform()
                    .start(() -> workers.forRange(
                            50,
                            1,
                            (outer, _) -> workers.forRange(50, 3, (from, to) -> {
                                for (int i = from; i < to; i++) {
                                    visits.incrementAndGet(base + outer * 50 + i);
                                }
                            }))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertOnceEach(visits);
    }
}
