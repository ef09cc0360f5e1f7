package dev.cortado.model;

import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Differentiable;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.function.UnaryOperator;

/// A learned linear map: the one seam where dense, quantised and adapted weights meet.
public sealed interface Projection {
    /// x [.., in] → [.., out], in x's dtype.
    Tensor apply(Tensor x);

    /// x·Wᵀ with W [out, in] kept as it is trained; it is cast to the activation's dtype at each use.
    record Dense(Tensor weight) implements Projection {
        @Override
        public Tensor apply(Tensor x) {
            return cast(weight, x, wide -> Nn.linear(x, wide));
        }
    }

    /// x·W with W [in, out]: the order of GPT-2's "Conv1D".
    record Transposed(Tensor weight) implements Projection {
        @Override
        public Tensor apply(Tensor x) {
            return cast(weight, x, x::matmul);
        }
    }

    /// A product with a weight in x's dtype; a copy made for that is gone when it is done, so that a pass never holds
    /// those of all layers.
    private static Tensor cast(Tensor weight, Tensor x, UnaryOperator<Tensor> product) {
        if (weight.dtype() == x.dtype()) {
            return product.apply(weight);
        }
        try (var scope = Scope.open("projection")) {
            return scope.keep(product.apply(weight.to(x.dtype())));
        }
    }

    /// A map and a bias of as many elements as the map has outputs.
    record Biased(Projection map, Tensor bias) implements Projection {
        @Override
        public Tensor apply(Tensor x) {
            return map.apply(x).add(bias.to(x.dtype()));
        }
    }

    /// x·Wᵀ with W in some number format, decoded some rows at a time and never as a whole. W itself cannot be
    /// trained; gradients reach x.
    record Quantised(QuantisedMatrix matrix) implements Projection {
        private static final long CHUNK_BYTES = 4 << 20;

        @Override
        public Tensor apply(Tensor x) {
            return Differentiable.of("quantised projection", x, () -> forward(x), this::backward);
        }

        private Tensor forward(Tensor x) {
            long[] sizes = x.shape().sizes();
            sizes[sizes.length - 1] = matrix.rows();
            Tensor y = Tensors.zeros(Shape.of(sizes), x.dtype(), x.device());
            long step = chunk();
            for (long row = 0; row < matrix.rows(); row += step) {
                try (var _ = Scope.open("rows")) {
                    Tensor some = rows(row, Math.min(step, matrix.rows() - row), x.dtype(), x.device());
                    y.slice(-1, row, row + some.size(0)).copyInPlace(Nn.linear(x, some));
                }
            }
            return y;
        }

        private Tensor backward(Tensor dy) { // [.., out] → [.., in]
            long[] sizes = dy.shape().sizes();
            sizes[sizes.length - 1] = matrix.columns();
            Tensor dx = Tensors.zeros(Shape.of(sizes), dy.dtype(), dy.device());
            long step = chunk();
            for (long row = 0; row < matrix.rows(); row += step) {
                try (var _ = Scope.open("rows")) {
                    Tensor some = rows(row, Math.min(step, matrix.rows() - row), dy.dtype(), dy.device());
                    dx.addInPlace(dy.slice(-1, row, row + some.size(0)).matmul(some));
                }
            }
            return dx;
        }

        private long chunk() {
            return Math.max(1, CHUNK_BYTES / (4 * matrix.columns()));
        }

        private Tensor rows(long from, long count, DType dtype, Device device) {
            Tensor decoded = Tensors.zeros(Shape.of(count, matrix.columns()), DType.F32, Device.CPU);
            matrix.decode(from, count, decoded.bytes());
            return decoded.to(device).to(dtype);
        }
    }
}
