package dev.cortado.model.gguf;

import dev.cortado.model.quant.QuantError;
import dev.cortado.model.quant.WritableFormat;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.text.file.Content;
import dev.cortado.text.gguf.GgmlType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Encodes matrices some rows at a time, on all cores: a few pieces of at most a megabyte of floats are under way at
/// once, and are written in order.
final class RowEncoder implements AutoCloseable {
    private static final int PIECE = 1 << 18; // floats

    private final int cores = Runtime.getRuntime().availableProcessors();
    private final ExecutorService workers = Executors.newFixedThreadPool(cores, task -> {
        var thread = new Thread(task, "gguf encoder");
        thread.setDaemon(true);
        return thread;
    });

    /// Rows that are ready.
    private record Piece(MemorySegment bytes, Optional<QuantError> error) {}

    /// Encodes all of a tensor.
    ///
    /// @return what that lost; empty where nothing was rounded
    Optional<QuantError> write(WeightSource source, WritePlan.Planned tensor, Content.Sink sink) throws IOException {
        Deque<Future<Piece>> underWay = new ArrayDeque<>();
        Optional<QuantError> total = Optional.empty();
        try {
            for (String part : tensor.parts()) {
                FileRows rows = FileRows.of(source, part, tensor.arrangement());
                long step = Math.max(1, PIECE / rows.columns());
                for (long row = 0; row < rows.count(); row += step) {
                    long first = row;
                    int count = (int) Math.min(step, rows.count() - row);
                    underWay.add(workers.submit(() -> piece(rows, first, count, tensor)));
                    if (underWay.size() > 2 * cores) {
                        total = finish(tensor, underWay.remove(), sink, total);
                    }
                }
            }
            while (!underWay.isEmpty()) {
                total = finish(tensor, underWay.remove(), sink, total);
            }
            return total;
        } finally {
            // After a failure nobody reads the source any more: it may be closed.
            for (Future<Piece> other : underWay) {
                await(other);
            }
        }
    }

    private static Optional<QuantError> finish(
            WritePlan.Planned tensor, Future<Piece> future, Content.Sink sink, Optional<QuantError> total)
            throws IOException {
        Piece piece;
        try {
            piece = future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IllegalArgumentException wrong ->
                    throw new IllegalArgumentException(
                            "tensor '" + tensor.name() + "' cannot be written as " + tensor.type() + ": "
                                    + wrong.getMessage(),
                            wrong);
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IOException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while '" + tensor.name() + "' was encoded", e);
        }
        sink.write(piece.bytes());
        return piece.error().isPresent()
                ? Optional.of(
                        total.orElse(QuantError.NOTHING).plus(piece.error().get()))
                : total;
    }

    private static void await(Future<Piece> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            // The first failure is the one that is reported.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Piece piece(FileRows rows, long first, int count, WritePlan.Planned tensor) {
        WritableFormat format = WritableFormat.of(tensor.type()).orElseThrow();
        int columns = Math.toIntExact(rows.columns());
        byte[] bytes = new byte[Math.toIntExact(count * format.rowBytes(columns))];
        if (rows.copies(tensor.type())) {
            rows.copy(first, count, MemorySegment.ofArray(bytes));
            return new Piece(MemorySegment.ofArray(bytes), Optional.empty());
        }
        float[] floats = new float[Math.multiplyExact(count, columns)];
        rows.read(first, count, floats);
        int blocks = floats.length / format.blockLength();
        format.encode(floats, 0, blocks, bytes, 0);
        if (tensor.type() == GgmlType.F32) {
            return new Piece(MemorySegment.ofArray(bytes), Optional.empty());
        }
        float[] decoded = new float[floats.length];
        format.decode(bytes, 0, blocks, decoded, 0);
        return new Piece(MemorySegment.ofArray(bytes), Optional.of(QuantError.of(floats, decoded, bytes.length)));
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
