package dev.cortado.tensor;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.jspecify.annotations.Nullable;

/// A differentiable function made in Java: its value is computed without recording, its gradient by a function of
/// ours that LibTorch's backward pass calls.
///
/// How: for a result shaped like its input, `y = alias(x)` records an identity; `y` is given the computed value in
/// place of x's memory, and a hook on `y` turns the arriving dL/dy into dL/dx, which flows on to x through the
/// identity. Gradients of further inputs (weights) are added to them by the gradient function itself, with
/// [#accumulate].
public final class Differentiable {
    private Differentiable() {}

    /// A function of `x` with a result of x's shape and dtype.
    ///
    /// `value` computes the result: it runs now, without recording. `gradient` maps dL/dy to dL/dx, both of x's
    /// shape and dtype: it runs during the backward pass, without recording, inside a scope of its own; what it
    /// captures must stay open until then.
    public static Tensor sameShape(String name, Tensor x, Supplier<Tensor> value, Function<Tensor, Tensor> gradient) {
        if (!Grad.isOn() || !x.requiresGrad()) {
            try (var _ = Grad.off()) {
                return value.get();
            }
        }
        Tensor computed;
        try (var _ = Grad.off()) {
            computed = value.get();
        }
        Tensor y = Native.run(name, () -> x.handle().alias(), x);
        y.handle().set_data(computed.handle());
        hook(name, y, gradient);
        return y;
    }

    /// A function of `x` whose result has another shape, perhaps another dtype, and no more elements than x.
    public static Tensor otherShape(String name, Tensor x, Supplier<Tensor> value, Function<Tensor, Tensor> gradient) {
        if (!Grad.isOn() || !x.requiresGrad()) {
            try (var _ = Grad.off()) {
                return value.get();
            }
        }
        Tensor computed;
        try (var _ = Grad.off()) {
            computed = value.get();
        }
        // y is a view of z, z an identity of x. The hook on y computes dx; the hook on z passes it on in
        // place of what the view's own backward makes of dy.
        Tensor z = Native.run(name, () -> x.handle().alias(), x);
        var stored = new AtomicReference<@Nullable Tensor>();
        hook(name, z, _ -> Scope.innermost(name).take(Objects.requireNonNull(stored.getAndSet(null))));
        Tensor y = z.reshape(-1)
                .slice(0, 0, computed.count())
                .to(computed.dtype())
                .reshape(computed.shape().sizes());
        y.handle().set_data(computed.handle());
        hook(name, y, dy -> {
            stored.set(Scope.innermost(name).own(gradient.apply(dy)));
            return dy;
        });
        return y;
    }

    /// Adds `gradient` to what the leaf `parameter` has collected.
    public static void accumulate(Tensor parameter, Tensor gradient) {
        var collected = parameter.grad();
        if (collected.isPresent()) {
            collected.get().addInPlace(gradient);
        } else {
            parameter.handle().mutable_grad().put(gradient.copy().handle());
        }
    }

    private static void hook(String name, Tensor y, Function<Tensor, Tensor> gradient) {
        Hook hook = new Hook(name, gradient);
        Scope.innermost(name).adopt(hook);
        y.handle().register_hook(hook);
    }

    /// Called by the backward pass; it belongs to the scope the forward pass ran in.
    private static final class Hook extends TensorTensorHook {
        /// The hook whose result the engine took last on this thread: once the next one is called, that
        /// result has been copied and our handle of it, which keeps its memory alive, can go.
        private static final ThreadLocal<@Nullable Hook> LAST = new ThreadLocal<>();

        private final String name;
        private final Function<Tensor, Tensor> gradient;
        private org.bytedeco.pytorch.@Nullable Tensor returned;

        Hook(String name, Function<Tensor, Tensor> gradient) {
            this.name = name;
            this.gradient = gradient;
        }

        @Override
        public TensorBase call(TensorBase upstream) {
            Hook last = LAST.get();
            if (last != null) {
                last.drop();
            }
            LAST.set(this);
            try (var _ = Scope.open(name + " backward");
                    var _ = Grad.off();
                    upstream) { // the binding copied the engine's gradient onto the heap for us
                Tensor dy = Native.run(name, () -> new org.bytedeco.pytorch.Tensor(upstream));
                returned = new org.bytedeco.pytorch.Tensor(gradient.apply(dy).handle());
                return returned;
            }
        }

        @Override
        public void close() {
            drop();
            super.close();
        }

        private void drop() {
            if (returned != null) {
                returned.close();
                returned = null;
            }
        }
    }
}
