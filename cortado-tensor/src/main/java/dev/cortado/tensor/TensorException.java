package dev.cortado.tensor;

/// A tensor operation was refused: wrong shapes, dtypes or devices, a closed operand, or no open scope.
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TensorException(String message) {
        super(message);
    }

    TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
