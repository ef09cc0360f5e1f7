package dev.cortado.model.onnx;

import static dev.cortado.model.onnx.OnnxCall.require;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/// What an operator of [OnnxGraph#OPSET] computes (<https://onnx.ai/onnx/operators/>): those that [OnnxValue] and
/// [OnnxGraph] write, with the inputs and attributes they write.
@FunctionalInterface
interface OnnxOperator {
    /// The result for these inputs; it may be one of them, or a view of it.
    Tensor compute(OnnxCall call);

    /// The operator of a node.
    ///
    /// @throws IllegalArgumentException naming an operator that is none of these
    static OnnxOperator of(OnnxNode node) {
        if (!node.isStandard()) {
            throw unknown(node);
        }
        return switch (node.operator()) {
            case "Abs" -> unary(Tensor::abs);
            case "Add" -> binary(Tensor::add);
            case "And" -> logical(Tensor::and);
            case "Cast" -> call -> call.input(0).to(dtype(call.integer("to")));
            case "Concat" -> OnnxOperator::concat;
            case "Cos" -> floating(Tensor::cos);
            case "CumSum" -> call -> call.input(0).cumulativeSum(axis(call.integer(1), call.input(0)));
            case "Div" -> call -> call.floats(0).div(call.alike(1, call.floats(0)));
            case "Equal" -> binary(Tensor::eq);
            case "Erf" -> floating(Tensor::erf);
            case "Exp" -> floating(Tensor::exp);
            case "Expand" -> call -> call.input(0).expand(broadcast(call.input(0), call.integers(1)));
            case "Gather" -> OnnxOperator::gather;
            case "Gemm" -> OnnxOperator::gemm;
            case "Greater" -> binary(Tensor::gt);
            case "Identity" -> call -> call.input(0);
            case "LayerNormalization" -> OnnxOperator::layerNormalization;
            case "Less" -> binary(Tensor::lt);
            case "LessOrEqual" -> binary(Tensor::le);
            case "Log" -> floating(Tensor::log);
            case "MatMul" -> call -> call.floats(0).matmul(call.alike(1, call.floats(0)));
            case "Max" -> binary(Tensors::larger);
            case "Min" -> binary(Tensors::smaller);
            case "Mul" -> binary(Tensor::mul);
            case "Neg" -> unary(Tensor::neg);
            case "Not" -> call -> call.input(0, DType.BOOL).not();
            case "Or" -> logical(Tensor::or);
            case "Pow" -> OnnxOperator::pow;
            case "Range" -> OnnxOperator::range;
            case "Reciprocal" -> floating(x -> x.pow(-1));
            case "ReduceMean" -> OnnxOperator::reduceMean;
            case "Relu" -> floating(Nn::relu);
            case "Reshape" -> OnnxOperator::reshape;
            case "Shape" ->
                call -> Tensors.of(call.input(0).shape().sizes(), call.input(0).rank());
            case "Sigmoid" -> floating(Tensor::sigmoid);
            case "Sin" -> floating(Tensor::sin);
            case "Slice" -> OnnxOperator::slice;
            case "Softmax" -> call -> call.floats(0).softmax(axis(call.integer("axis", -1), call.input(0)));
            case "Sqrt" -> floating(Tensor::sqrt);
            case "Squeeze" -> OnnxOperator::squeeze;
            case "Sub" -> binary(Tensor::sub);
            case "Tanh" -> floating(Nn::tanh);
            case "Transpose" -> call -> call.input(0).permute(call.integers("perm"));
            case "Unsqueeze" -> OnnxOperator::unsqueeze;
            case "Where" ->
                call -> Tensors.where(call.input(0, DType.BOOL), call.input(1), call.alike(2, call.input(1)));
            default -> throw unknown(node);
        };
    }

    private static IllegalArgumentException unknown(OnnxNode node) {
        String domain = node.domain().isEmpty() ? "" : " of " + node.domain();
        return new IllegalArgumentException(
                "the operator " + node.operator() + domain + " is none of those that can be run");
    }

    // Elementwise; shapes are broadcast, element types never.

    private static OnnxOperator unary(UnaryOperator<Tensor> function) {
        return call -> function.apply(call.input(0));
    }

    private static OnnxOperator floating(UnaryOperator<Tensor> function) {
        return call -> function.apply(call.floats(0));
    }

    private static OnnxOperator binary(BinaryOperator<Tensor> function) {
        return call -> function.apply(call.input(0), call.alike(1, call.input(0)));
    }

    private static OnnxOperator logical(BinaryOperator<Tensor> function) {
        return call -> function.apply(call.input(0, DType.BOOL), call.input(1, DType.BOOL));
    }

    private static DType dtype(long number) {
        return ElementType.dtype(number)
                .orElseThrow(() -> new IllegalArgumentException("has element type " + number + ", not supported"));
    }

    private static Tensor pow(OnnxCall call) {
        Tensor exponent = call.alike(1, call.floats(0));
        require(exponent.rank() == 0, "wants one exponent, not " + exponent.describe());
        return call.floats(0).pow(exponent.toDouble());
    }

    // Products, reductions, norms.

    private static Tensor gemm(OnnxCall call) {
        Tensor a = call.floats(0);
        Tensor b = call.alike(1, a);
        require(a.rank() == 2 && b.rank() == 2, "wants matrices, not " + a.describe() + " and " + b.describe());
        return a.matmul(call.integer("transB", 0) == 0 ? b : b.transpose(0, 1));
    }

    private static Tensor reduceMean(OnnxCall call) {
        Tensor x = call.floats(0);
        for (long axis : call.integers("axes")) {
            x = x.mean(axis(axis, x));
        }
        return x;
    }

    private static Tensor layerNormalization(OnnxCall call) {
        Tensor x = call.floats(0);
        require(axis(call.integer("axis", -1), x) == x.rank() - 1, "norms more than the last axis, not supported");
        return Nn.layerNorm(x, call.alike(1, x), call.alike(2, x), call.number("epsilon", 1e-5f));
    }

    // Shapes.

    private static Tensor concat(OnnxCall call) {
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < call.inputs(); i++) {
            parts.add(call.alike(i, call.input(0)));
            // LibTorch would pass over empty lists.
            require(parts.get(i).rank() == parts.getFirst().rank(), "wants inputs of one rank");
        }
        return Tensors.cat(parts, axis(call.integer("axis"), call.input(0)));
    }

    private static Tensor range(OnnxCall call) {
        long from = call.integer(0);
        require(call.integer(2) == 1, "counts in steps of " + call.integer(2) + ", not supported");
        return Tensors.range(from, Math.max(from, call.integer(1)), Device.CPU);
    }

    /// A size 0 stands for that of the input.
    private static Tensor reshape(OnnxCall call) {
        Tensor x = call.input(0);
        long[] sizes = call.integers(1);
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] == 0 ? x.size(i) : sizes[i];
        }
        return x.reshape(sizes);
    }

    /// Axes are those of the result.
    private static Tensor unsqueeze(OnnxCall call) {
        Tensor x = call.input(0);
        for (int axis : axes(call.integers(1), x.rank() + call.integers(1).length)) {
            x = x.unsqueeze(axis);
        }
        return x;
    }

    private static Tensor squeeze(OnnxCall call) {
        Tensor x = call.input(0);
        for (int axis : axes(call.integers(1), x.rank()).descendingSet()) {
            require(x.size(axis) == 1, "cannot take axis " + axis + " from " + x.describe());
            x = x.squeeze(axis);
        }
        return x;
    }

    /// The shape of a tensor that meets another of these sizes: a size 1 on either side becomes the other's.
    private static long[] broadcast(Tensor x, long[] sizes) {
        int rank = Math.max(x.rank(), sizes.length);
        long[] own = padded(x.shape().sizes(), rank);
        long[] both = padded(sizes, rank);
        for (int i = 0; i < rank; i++) {
            both[i] = both[i] == 1 ? own[i] : both[i];
        }
        return Shape.of(both).sizes();
    }

    private static long[] padded(long[] sizes, int rank) {
        LongStream ones = LongStream.generate(() -> 1).limit(rank - sizes.length);
        return LongStream.concat(ones, Arrays.stream(sizes)).toArray();
    }

    // Parts.

    /// Bounds count from the end when they are negative, and those beyond an end are that end.
    private static Tensor slice(OnnxCall call) {
        Tensor x = call.input(0);
        long[] from = call.integers(1);
        long[] to = call.integers(2);
        long[] axes = call.integers(3);
        require(from.length == axes.length && to.length == axes.length, "has other bounds than axes");
        for (int i = 0; i < axes.length; i++) {
            int axis = axis(axes[i], x);
            long begin = bound(from[i], x.size(axis));
            x = x.slice(axis, begin, Math.max(begin, bound(to[i], x.size(axis))));
        }
        return x;
    }

    private static long bound(long bound, long size) {
        return Math.clamp(bound < 0 ? bound + size : bound, 0, size);
    }

    /// Entries of an axis, in the shape of the indices; negative ones count from the end.
    private static Tensor gather(OnnxCall call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1, DType.I64);
        int axis = axis(call.integer("axis", 0), x);
        Tensor size = Tensors.of(new long[] {x.size(axis)}, 1);
        Tensor zero = Tensors.of(new long[] {0}, 1);
        Tensor list = indices.reshape(indices.count());
        Tensor fromBegin = Tensors.where(list.lt(zero), list.add(size), list);
        long[] before = Arrays.copyOf(x.shape().sizes(), axis);
        long[] behind = Arrays.copyOfRange(x.shape().sizes(), axis + 1, x.rank());
        return x.indexSelect(axis, fromBegin)
                .reshape(joined(before, indices.shape().sizes(), behind));
    }

    private static long[] joined(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }

    private static int axis(long axis, Tensor x) {
        return axis(axis, x.rank());
    }

    private static int axis(long axis, int rank) {
        require(-rank <= axis && axis < rank, "names axis " + axis + " of " + rank);
        return (int) (axis < 0 ? axis + rank : axis);
    }

    private static NavigableSet<Integer> axes(long[] axes, int rank) {
        NavigableSet<Integer> ordered = new TreeSet<>();
        for (long axis : axes) {
            require(ordered.add(axis(axis, rank)), "names axis " + axis + " twice");
        }
        return ordered;
    }
}
