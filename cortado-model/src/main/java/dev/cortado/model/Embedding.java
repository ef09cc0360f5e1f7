package dev.cortado.model;

import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Arrays;

/// A table with a row for each token id, which may also serve as the output projection (Press & Wolf 2017,
/// arXiv:1608.05859).
public sealed interface Embedding {
    /// ids I64 [..] → [.., D] of this dtype.
    Tensor rows(Tensor ids, DType precision);

    /// The table as a projection from D to the number of ids.
    Projection projection();

    /// A table [V, D] of numbers.
    record Dense(Tensor weight) implements Embedding {
        @Override
        public Tensor rows(Tensor ids, DType precision) {
            return Nn.embedding(weight, ids).to(precision);
        }

        @Override
        public Projection projection() {
            return new Projection.Dense(weight);
        }
    }

    /// A table of which only the rows asked for are decoded.
    record Quantised(QuantisedMatrix matrix) implements Embedding {
        @Override
        public Tensor rows(Tensor ids, DType precision) {
            long[] wanted = ids.to(Device.CPU).toLongs();
            long columns = matrix.columns();
            Tensor decoded = Tensors.zeros(Shape.of(wanted.length, columns), DType.F32, Device.CPU);
            for (int i = 0; i < wanted.length; i++) {
                matrix.decode(wanted[i], 1, decoded.bytes().asSlice(4L * i * columns, 4L * columns));
            }
            long[] sizes = Arrays.copyOf(ids.shape().sizes(), ids.rank() + 1);
            sizes[ids.rank()] = columns;
            return decoded.to(ids.device()).to(precision).reshape(sizes);
        }

        @Override
        public Projection projection() {
            return new Projection.Quantised(matrix);
        }
    }
}
