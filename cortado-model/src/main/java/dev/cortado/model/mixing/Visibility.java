package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// Which columns a token may look at; its own is where its key stands. Always one contiguous run.
public sealed interface Visibility {
    /// All columns.
    record Everything() implements Visibility {}

    /// Its own column and those before it.
    record Past() implements Visibility {}

    /// Its own column and the `width` − 1 before it: own − width + 1 to own.
    record Window(int width) implements Visibility {
        public Window {
            if (width < 1) {
                throw new IllegalArgumentException("window width is " + width + "; give a number from 1 on");
            }
        }
    }

    /// The first visible column.
    default long first(long own) {
        return switch (this) {
            case Everything _, Past _ -> 0;
            case Window(int width) -> Math.max(0, own - width + 1);
        };
    }

    /// One past the last visible column of so many.
    default long end(long own, long columns) {
        return switch (this) {
            case Everything _ -> columns;
            case Past _, Window _ -> Math.min(columns, own + 1);
        };
    }

    /// Which of `columns` (I64 [.., S]) the tokens whose own columns are `own` (I64 [T, 1]) may not look at: BOOL
    /// [.., T, S].
    default Tensor hidden(Tensor own, Tensor columns) {
        Tensor future = columns.gt(own);
        return switch (this) {
            case Everything _ -> Tensors.zeros(future.shape(), DType.BOOL, own.device());
            case Past _ -> future;
            case Window(int width) ->
                future.or(columns.le(own.sub(Tensors.filled(own.shape(), width, DType.I64, own.device()))));
        };
    }
}
