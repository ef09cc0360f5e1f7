package dev.cortado.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;

/// A multi-dimensional array in native memory, with LibTorch's kernels and gradients.
///
/// Names are PyTorch's in camelCase; a name that ends in `InPlace` changes this tensor and returns it. Dimensions may
/// be
/// counted from the end by negative numbers. Operands of different shapes are broadcast as in NumPy. Legend for shape
/// comments all over the code: B batch, T new tokens, S tokens seen, D width, H query heads, K key/value heads,
/// C channels per head, F hidden width of the feed-forward layer, V vocabulary, L layers, N rows.
///
/// Every result belongs to the innermost [Scope]. Every method throws [TensorException] with the shapes and the scope
/// when
/// LibTorch refuses its operands, and when an operand has been closed.
public final class Tensor implements AutoCloseable {
    private final org.bytedeco.pytorch.Tensor handle;
    private @Nullable Scope owner;
    private @Nullable String closedBy;

    Tensor(org.bytedeco.pytorch.Tensor handle, Scope owner) {
        this.handle = handle;
        Scope.born();
        owner.adopt(this);
    }

    // --- what it is

    /// Sizes of all dimensions.
    public Shape shape() {
        long[] sizes = new long[(int) handle().dim()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = handle.size(i);
        }
        return Shape.of(sizes);
    }

    /// Size of one dimension.
    public long size(int dim) {
        return shape().size(dim);
    }

    /// Number of dimensions.
    public int rank() {
        return (int) handle().dim();
    }

    /// Number of elements.
    public long count() {
        return handle().numel();
    }

    /// Element type.
    public DType dtype() {
        return Native.of(handle().scalar_type());
    }

    /// Where the elements are.
    public Device device() {
        try (var device = handle().device()) {
            return device.is_cuda() ? new Device.Cuda(device.index()) : Device.CPU;
        }
    }

    // --- another form of the same elements

    /// The same values as another element type; this tensor itself when it already has it.
    public Tensor to(DType dtype) {
        return dtype == dtype() ? this : op("to " + dtype, () -> handle.to(Native.of(dtype)));
    }

    /// The same values on another device; this tensor itself when it is already there.
    public Tensor to(Device device) {
        if (device.equals(device())) {
            return this;
        }
        try (var place = Native.of(device)) {
            return op("to " + device, () -> handle.to(place, handle.scalar_type()));
        }
    }

    /// The same elements in another shape; one size may be −1 to be inferred. A view when possible.
    public Tensor reshape(long... sizes) {
        return op("reshape", () -> handle.reshape(sizes));
    }

    /// Two dimensions exchanged. A view.
    public Tensor transpose(int first, int second) {
        return op("transpose", () -> handle.transpose(first, second));
    }

    /// Dimensions reordered: result dimension `i` is dimension `dims[i]`. A view.
    public Tensor permute(long... dims) {
        return op("permute", () -> handle.permute(dims));
    }

    /// Elements `from` (included) to `to` (excluded) along a dimension; negative bounds count from the end. A
    /// view.
    public Tensor slice(int dim, long from, long to) {
        long size = size(dim);
        long begin = from < 0 ? from + size : from;
        long end = to < 0 ? to + size : to;
        if (begin < 0 || end > size || begin > end) {
            throw new TensorException("slice " + from + " to " + to + " of dimension " + dim + " of " + describe());
        }
        return op("slice", () -> handle.narrow(dim, begin, end - begin));
    }

    /// Elements from `from` to the end of a dimension. A view.
    public Tensor slice(int dim, long from) {
        return slice(dim, from, size(dim));
    }

    /// One index of a dimension, which disappears. A view.
    public Tensor select(int dim, long index) {
        return op("select", () -> handle.select(dim, index));
    }

    /// All dimensions from `first` on merged into one.
    public Tensor flatten(int first) {
        return op("flatten", () -> handle.flatten(first, -1));
    }

    /// Dimensions `first` to `last` (both included) merged into one.
    public Tensor flatten(int first, int last) {
        return op("flatten", () -> handle.flatten(first, last));
    }

    /// A dimension of size 1 inserted. A view.
    public Tensor unsqueeze(int dim) {
        return op("unsqueeze", () -> handle.unsqueeze(dim));
    }

    /// A dimension of size 1 removed. A view.
    public Tensor squeeze(int dim) {
        return op("squeeze", () -> handle.squeeze(dim));
    }

    /// Dimensions of size 1 repeated without copying. A view.
    public Tensor expand(long... sizes) {
        return op("expand", () -> handle.expand(sizes));
    }

    /// The same elements laid out row by row; this tensor itself when they are.
    public Tensor contiguous() {
        return handle().is_contiguous() ? this : op("contiguous", () -> handle.contiguous());
    }

    /// A copy with its own memory.
    public Tensor copy() {
        return op("copy", () -> handle.clone());
    }

    /// Equal parts of `size` along a dimension; the last may be smaller. Views.
    public List<Tensor> split(long size, int dim) {
        List<Tensor> parts = new ArrayList<>();
        for (long from = 0; from < size(dim); from += size) {
            parts.add(slice(dim, from, Math.min(from + size, size(dim))));
        }
        return parts;
    }

    // --- arithmetic

    /// Element-wise sum.
    public Tensor add(Tensor other) {
        return op("add", () -> handle.add(other.handle()), other);
    }

    /// Adds a number to every element.
    public Tensor add(double number) {
        return with("add", number, handle::add);
    }

    /// Element-wise difference.
    public Tensor sub(Tensor other) {
        return op("sub", () -> handle.sub(other.handle()), other);
    }

    /// Element-wise product.
    public Tensor mul(Tensor other) {
        return op("mul", () -> handle.mul(other.handle()), other);
    }

    /// Every element times a number.
    public Tensor mul(double number) {
        return with("mul", number, handle::mul);
    }

    /// Element-wise quotient.
    public Tensor div(Tensor other) {
        return op("div", () -> handle.div(other.handle()), other);
    }

    /// Every element divided by a number.
    public Tensor div(double number) {
        return with("div", number, handle::div);
    }

    /// Every element to a power.
    public Tensor pow(double exponent) {
        return with("pow", exponent, handle::pow);
    }

    /// −x.
    public Tensor neg() {
        return op("neg", () -> handle.neg());
    }

    /// |x|.
    public Tensor abs() {
        return op("abs", () -> handle.abs());
    }

    /// eˣ.
    public Tensor exp() {
        return op("exp", () -> handle.exp());
    }

    /// Natural logarithm.
    public Tensor log() {
        return op("log", () -> handle.log());
    }

    /// Square root.
    public Tensor sqrt() {
        return op("sqrt", () -> handle.sqrt());
    }

    /// 1/√x.
    public Tensor rsqrt() {
        return op("rsqrt", () -> handle.rsqrt());
    }

    /// x².
    public Tensor square() {
        return op("square", () -> handle.square());
    }

    /// cos x.
    public Tensor cos() {
        return op("cos", () -> handle.cos());
    }

    /// sin x.
    public Tensor sin() {
        return op("sin", () -> handle.sin());
    }

    /// 1/(1 + e⁻ˣ).
    public Tensor sigmoid() {
        return op("sigmoid", () -> handle.sigmoid());
    }

    /// The error function, 2/√π ∫₀ˣ e⁻ᵗ² dt.
    public Tensor erf() {
        return op("erf", () -> handle.erf());
    }

    /// Matrix product over the last two dimensions, batched over the others: [.., N, M] × [.., M, P] → [.., N,
    /// P].
    public Tensor matmul(Tensor other) {
        return op("matmul", () -> handle.matmul(other.handle()), other);
    }

    // --- reductions

    /// Sum of all elements: a scalar.
    public Tensor sum() {
        return op("sum", () -> handle.sum());
    }

    /// Sum along a dimension, which stays with size 1.
    public Tensor sum(int dim) {
        return op("sum", () -> handle.sum(new long[] {dim}, true, Constants.NO_DTYPE));
    }

    /// Sum of the elements up to each, itself among them, along a dimension.
    public Tensor cumulativeSum(int dim) {
        return op("cumulativeSum", () -> handle.cumsum(dim));
    }

    /// Mean of all elements: a scalar.
    public Tensor mean() {
        return op("mean", () -> handle.mean());
    }

    /// Mean along a dimension, which stays with size 1.
    public Tensor mean(int dim) {
        return op("mean", () -> handle.mean(new long[] {dim}, true, Constants.NO_DTYPE));
    }

    /// Largest element: a scalar.
    public Tensor max() {
        return op("max", () -> handle.max());
    }

    /// Euclidean norm of all elements: a scalar.
    public Tensor norm() {
        return op("norm", () -> handle.norm());
    }

    /// Index (I64) of the largest element along a dimension, which disappears; the first of equals.
    public Tensor argmax(int dim) {
        try (var along = new LongOptional(dim)) {
            return op("argmax", () -> handle.argmax(along, false));
        }
    }

    /// Whether every element is a finite number.
    public boolean isFinite() {
        try (var all = handle().isfinite();
                var one = all.all()) {
            return one.item_bool();
        }
    }

    /// exp(x) normalised to sum 1 along a dimension.
    public Tensor softmax(int dim) {
        return op("softmax", () -> handle.softmax(dim));
    }

    /// Logarithm of [#softmax].
    public Tensor logSoftmax(int dim) {
        return op("logSoftmax", () -> handle.log_softmax(dim));
    }

    /// Logarithm of the sum of exponentials along a dimension, which disappears.
    public Tensor logSumExp(int dim) {
        return op("logSumExp", () -> handle.logsumexp(dim));
    }

    // --- choosing and comparing

    /// The rows (or columns …) of a dimension that `index` (I64 [N]) names, in its order.
    public Tensor indexSelect(int dim, Tensor index) {
        return op("indexSelect", () -> handle.index_select(dim, index.handle()), index);
    }

    /// For each place of `index` (I64), the element of that number along `dim`.
    public Tensor gather(int dim, Tensor index) {
        return op("gather", () -> handle.gather(dim, index.handle()), index);
    }

    /// This tensor with `number` wherever `mask` (BOOL) is true.
    public Tensor maskedFill(Tensor mask, double number) {
        return with("maskedFill", number, scalar -> handle.masked_fill(mask.handle(), scalar), mask);
    }

    /// Element-wise equality, BOOL.
    public Tensor eq(Tensor other) {
        return op("eq", () -> handle.eq(other.handle()), other);
    }

    /// Which elements equal a whole number, BOOL.
    public Tensor eq(long number) {
        try (var scalar = new Scalar(number)) {
            return op("eq", () -> handle.eq(scalar));
        }
    }

    /// Element-wise this < other, BOOL.
    public Tensor lt(Tensor other) {
        return op("lt", () -> handle.lt(other.handle()), other);
    }

    /// Element-wise this ≤ other, BOOL.
    public Tensor le(Tensor other) {
        return op("le", () -> handle.le(other.handle()), other);
    }

    /// Element-wise this > other, BOOL.
    public Tensor gt(Tensor other) {
        return op("gt", () -> handle.gt(other.handle()), other);
    }

    /// Element-wise and of BOOL tensors.
    public Tensor and(Tensor other) {
        return op("and", () -> handle.logical_and(other.handle()), other);
    }

    /// Element-wise or of BOOL tensors.
    public Tensor or(Tensor other) {
        return op("or", () -> handle.logical_or(other.handle()), other);
    }

    /// Element-wise negation of a BOOL tensor.
    public Tensor not() {
        return op("not", () -> handle.logical_not());
    }

    // --- in place

    /// Overwrites every element by those of `source`, converted and broadcast.
    public Tensor copyInPlace(Tensor source) {
        return inPlace("copyInPlace", () -> handle.copy_(source.handle()), source);
    }

    /// Adds `other` to this.
    public Tensor addInPlace(Tensor other) {
        return inPlace("addInPlace", () -> handle.add_(other.handle()), other);
    }

    /// Adds `factor · other` to this.
    public Tensor addInPlace(Tensor other, double factor) {
        try (var scalar = new Scalar(factor)) {
            return inPlace("addInPlace", () -> handle.add_(other.handle(), scalar), other);
        }
    }

    /// Adds a number to every element.
    public Tensor addInPlace(double number) {
        try (var scalar = new Scalar(number)) {
            return inPlace("addInPlace", () -> handle.add_(scalar));
        }
    }

    /// Adds each element of `source` to the element of the same place whose number along `dim` is in `index`
    /// (I64).
    public Tensor scatterAddInPlace(int dim, Tensor index, Tensor source) {
        return inPlace(
                "scatterAddInPlace", () -> handle.scatter_add_(dim, index.handle(), source.handle()), index, source);
    }

    /// Multiplies every element by a number.
    public Tensor mulInPlace(double number) {
        try (var scalar = new Scalar(number)) {
            return inPlace("mulInPlace", () -> handle.mul_(scalar));
        }
    }

    /// Adds `factor · first · second` element-wise.
    public Tensor addProductInPlace(Tensor first, Tensor second, double factor) {
        try (var scalar = new Scalar(factor)) {
            return inPlace(
                    "addProductInPlace", () -> handle.addcmul_(first.handle(), second.handle(), scalar), first, second);
        }
    }

    /// Adds `factor · first / second` element-wise.
    public Tensor addQuotientInPlace(Tensor first, Tensor second, double factor) {
        try (var scalar = new Scalar(factor)) {
            return inPlace(
                    "addQuotientInPlace",
                    () -> handle.addcdiv_(first.handle(), second.handle(), scalar),
                    first,
                    second);
        }
    }

    /// Sets every element to a number.
    public Tensor fillInPlace(double number) {
        try (var scalar = new Scalar(number)) {
            return inPlace("fillInPlace", () -> handle.fill_(scalar));
        }
    }

    // --- gradients

    /// The same memory without gradient history.
    public Tensor detach() {
        return op("detach", () -> handle.detach());
    }

    /// Makes this leaf collect a gradient, or stop doing so; returns this.
    public Tensor requiresGrad(boolean required) {
        handle().set_requires_grad(required);
        return this;
    }

    /// Whether a backward pass reaches this tensor.
    public boolean requiresGrad() {
        return handle().requires_grad();
    }

    /// The gradient collected so far; empty before the first backward pass. Shares memory with the collector.
    public Optional<Tensor> grad() {
        var slot = handle().grad(); // a reference into the collector, not a handle of our own
        return slot.defined()
                ? Optional.of(Native.run("grad", () -> new org.bytedeco.pytorch.Tensor(slot)))
                : Optional.empty();
    }

    /// Forgets the collected gradient and frees its memory.
    public void clearGrad() {
        handle().mutable_grad().reset();
    }

    /// Adds d(this)/d(leaf) to the gradient of every leaf this scalar was computed from.
    public void backward() {
        inPlace("backward", handle::backward);
    }

    /// The same for a tensor of any shape, given the gradient of a loss with respect to it.
    public void backward(Tensor upstream) {
        inPlace(
                "backward",
                () -> handle.backward(upstream.handle(), Constants.DO_NOT_RETAIN, false, Constants.ALL_INPUTS),
                upstream);
    }

    // --- to Java

    /// The only element as a `double`.
    public double toDouble() {
        if (count() != 1) {
            throw new TensorException("toDouble of " + describe() + ": it has not exactly one element");
        }
        return handle().item_double();
    }

    /// The only element of an integer tensor.
    public long toLong() {
        if (count() != 1 || dtype().isFloating()) {
            throw new TensorException("toLong of " + describe() + ": it is not exactly one integer");
        }
        return handle().item_long();
    }

    /// All elements, row by row.
    public float[] toFloats() {
        try (var _ = Scope.open("toFloats")) {
            return detach().to(Device.CPU).to(DType.F32).contiguous().bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    /// All elements of an integer tensor, row by row.
    public long[] toLongs() {
        try (var _ = Scope.open("toLongs")) {
            return to(Device.CPU).to(DType.I64).contiguous().bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        }
    }

    /// The memory of a contiguous tensor on the CPU, as long as the tensor is open. Writing to it changes the
    /// tensor.
    @SuppressWarnings("restricted") // the address and the length are LibTorch's own
    public MemorySegment bytes() {
        if (handle().is_cuda() || !handle.is_contiguous()) {
            throw new TensorException("bytes of " + describe() + ": wants a contiguous tensor on the cpu");
        }
        if (handle.nbytes() == 0) {
            return MemorySegment.NULL; // LibTorch has no address for it
        }
        try (var pointer = handle.data_ptr()) {
            return MemorySegment.ofAddress(pointer.address()).reinterpret(handle.nbytes());
        }
    }

    // --- lifetime

    /// Frees this tensor now instead of with its scope; a second call does nothing.
    @Override
    public void close() {
        if (closedBy != null) {
            return;
        }
        if (owner != null) {
            owner.forget(this);
        }
        free();
    }

    /// Dtype and shape, such as `F32[2, 3]`, also of a closed tensor.
    public String describe() {
        return closedBy != null ? "(closed)" : dtype() + shape().toString();
    }

    @Override
    public String toString() {
        return "Tensor " + describe();
    }

    org.bytedeco.pytorch.Tensor handle() {
        if (closedBy != null) {
            throw new TensorException(
                    "this tensor was closed by scope '" + closedBy + "'; use scope.keep or scope.own");
        }
        return handle;
    }

    boolean isOwned() {
        return owner != null;
    }

    void ownedBy(@Nullable Scope scope) {
        owner = scope;
    }

    void free() {
        closedBy = owner == null ? "its owner" : owner.name();
        handle.close();
        Scope.died();
    }

    private Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... others) {
        handle();
        return Native.run(name, body, prepend(others));
    }

    private Tensor with(
            String name, double number, Function<Scalar, org.bytedeco.pytorch.Tensor> body, Tensor... others) {
        handle();
        try (var scalar = new Scalar(number)) {
            return Native.run(name, () -> body.apply(scalar), prepend(others));
        }
    }

    private Tensor inPlace(String name, Runnable body, Tensor... others) {
        handle();
        try {
            body.run();
            return this;
        } catch (TensorException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Native.refused(name, e, prepend(others));
        }
    }

    private Tensor[] prepend(Tensor... others) {
        Tensor[] all = new Tensor[others.length + 1];
        all[0] = this;
        System.arraycopy(others, 0, all, 1, others.length);
        return all;
    }
}
