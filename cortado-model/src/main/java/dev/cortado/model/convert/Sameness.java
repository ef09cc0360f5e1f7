package dev.cortado.model.convert;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Optional;

/// How much the weights of two files are the same, for files that cannot be run here.
///
/// @param tensors found in both
/// @param distance  largest norm of the difference of two tensors
public record Sameness(int tensors, double distance) {
    /// Compares what a copy holds with an original of the same names.
    ///
    /// @throws IllegalStateException for a tensor of another shape
    public static Sameness of(WeightSource original, WeightSource copy) {
        int tensors = 0;
        double most = 0;
        for (String name : copy.names()) {
            Optional<StoredTensor> mine = original.find(name);
            if (mine.isEmpty()) {
                continue;
            }
            StoredTensor theirs = copy.find(name).orElseThrow();
            if (!theirs.shape().equals(mine.get().shape())) {
                throw new IllegalStateException(copy.path() + " holds " + name + " as " + theirs.shape()
                        + " instead of " + mine.get().shape());
            }
            try (var _ = Scope.open("same");
                    var _ = Grad.off()) {
                Tensor difference = numbers(mine.get()).sub(numbers(theirs));
                most = Math.max(most, difference.norm().toDouble());
            }
            tensors++;
            original.release();
            copy.release();
        }
        return new Sameness(tensors, most);
    }

    private static Tensor numbers(StoredTensor stored) {
        return Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape()).to(DType.F32);
    }
}
