package dev.cortado.tensor.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/// Threads that share the work of one kernel call: the caller and one daemon thread per further physical core.
///
/// Starting a job costs a few microseconds: idle helpers look for the next one for a short while before they sleep.
/// Pieces are claimed one after the other, so a helper that the system runs late does not hold the others up.
public final class Workers {
    /// How often an idle helper looks for work before it parks: about 20 µs. Longer would take a core from
    /// LibTorch's threads, which work between two of our calls.
    private static final int LOOKS = 500;

    private final ReentrantLock busy = new ReentrantLock();
    private final Thread[] helpers;
    private volatile @Nullable Job job;

    /// Work on the numbers `from` (included) to `to` (excluded).
    @FunctionalInterface
    public interface Piece {
        void run(int from, int to);
    }

    /// A pool of `threads` threads, the caller of [#forRange] among them.
    public Workers(int threads) {
        helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("cortado-kernel-" + (i + 1))
                    .start(this::help);
        }
    }

    /// The pool of this process.
    public static Workers shared() {
        return Shared.WORKERS;
    }

    /// Runs `piece` on every part of 0 to `count`, each of `grain` numbers (the last may be shorter), and returns
    /// when all are done. Which thread runs which part is left open; the parts are always the same.
    ///
    /// When the pool is busy with another thread's call, or with the one this is called from, the caller does
    /// everything. The first exception of a piece is rethrown here, after all threads have left the job.
    public void forRange(int count, int grain, Piece piece) {
        int pieces = Math.ceilDiv(count, grain);
        if (pieces <= 1 || helpers.length == 0 || busy.isHeldByCurrentThread() || !busy.tryLock()) {
            for (int i = 0; i < pieces; i++) {
                piece.run(i * grain, Math.min(count, (i + 1) * grain));
            }
            return;
        }
        try {
            Job mine = new Job(count, grain, pieces, piece);
            job = mine;
            for (Thread helper : helpers) {
                LockSupport.unpark(helper);
            }
            mine.work();
            job = null;
            mine.awaitOthers();
            mine.rethrow();
        } finally {
            busy.unlock();
        }
    }

    private void help() {
        Job done = null;
        int looks = 0;
        while (true) {
            Job current = job;
            if (current != null && current != done) {
                current.work();
                done = current;
                looks = 0;
            } else if (looks < LOOKS) {
                looks++;
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                looks = 0;
            }
        }
    }

    private static final class Job {
        private final int count;
        private final int grain;
        private final int pieces;
        private final Piece piece;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger finished = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Job(int count, int grain, int pieces, Piece piece) {
            this.count = count;
            this.grain = grain;
            this.pieces = pieces;
            this.piece = piece;
        }

        /// Claims pieces until none is left. After a failure the rest are claimed but not run.
        @SuppressWarnings("CatchingUnchecked") // everything is handed to the caller
        void work() {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        piece.run(i * grain, Math.min(count, (i + 1) * grain));
                    }
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    finished.incrementAndGet();
                }
            }
        }

        /// The wait is at most that for one piece. It ends only when every piece has: their writes are
        /// visible then.
        @SuppressWarnings("ThreadPriorityCheck") // only a hint: a helper that lost its core may take ours
        void awaitOthers() {
            for (int looks = 0; finished.get() < pieces; looks++) {
                if (looks < LOOKS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }

        void rethrow() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }

    /// Initialisation on demand.
    private static final class Shared {
        static final Workers WORKERS = new Workers(Math.max(1, Loader.totalCores()));
    }
}
