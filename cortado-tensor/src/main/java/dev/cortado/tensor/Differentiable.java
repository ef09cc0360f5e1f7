package dev.cortado.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.FunctionPreHook;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;

/// A differentiable function made in Java: its value is computed without recording, its gradients by a function of
/// ours that LibTorch's backward pass calls.
///
/// How: what LibTorch records is a sum of scalars, one for each input, whose gradients it just passes on. An
/// `alias` records an identity, and a recorded step keeps the shape it saw even when the tensor is given another
/// value in place of its memory afterwards (`set_data`). So each input leads through two aliases, the first of them
/// shrunk to a scalar, into the sum, and the sum, given the computed value, through another alias to the result `y`.
/// In the backward pass a hook on `y` turns dL/dy into the gradients of all inputs, puts them aside, and lets a
/// scalar go on; hooks on the scalars replace it by what was put aside. No step touches more memory than our own
/// functions do.
public final class Differentiable {
    private Differentiable() {}

    /// A function of `x`; the result may have any shape and floating dtype.
    ///
    /// `value` computes the result: it runs now, without recording. `gradient` maps dL/dy, of the result's shape
    /// and dtype, to dL/dx, of x's: it runs during the backward pass, without recording, inside a scope of its
    /// own; what it captures must stay open until then.
    public static Tensor of(String name, Tensor x, Supplier<Tensor> value, Function<Tensor, Tensor> gradient) {
        return of(name, List.of(x), value, dy -> List.of(gradient.apply(dy)));
    }

    /// The same of several inputs, all on one device: `gradients` gives one gradient for each, in their order.
    /// Those of inputs that no backward pass reaches are dropped; leave such an input out if its gradient costs
    /// time.
    public static Tensor of(
            String name, List<Tensor> inputs, Supplier<Tensor> value, Function<Tensor, List<Tensor>> gradients) {
        boolean recorded = Grad.isOn() && inputs.stream().anyMatch(Tensor::requiresGrad);
        Tensor computed;
        Tensor sum;
        try (var _ = Grad.off()) {
            computed = value.get();
            if (!recorded) {
                return computed;
            }
            sum = scalar(computed.device());
        }
        Tensor nothing = sum;
        Pending pending = new Pending(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            Tensor input = inputs.get(i);
            if (input.requiresGrad()) {
                int index = i;
                Tensor shrunk = alias(name, input);
                shrunk.handle().set_data(nothing.handle());
                Tensor term = alias(name, shrunk);
                hook(term, new Hook(name, _ -> pending.fetch(name, index), () -> {}));
                sum = sum.add(term);
            }
        }
        sum.handle().set_data(computed.handle());
        Tensor y = alias(name, sum);
        Function<Tensor, Tensor> spread = dy -> {
            pending.put(name, inputs, gradients.apply(dy));
            return scalar(dy.device());
        };
        hook(y, new Hook(name, spread, pending::clear));
        return y;
    }

    private static Tensor scalar(Device device) {
        return Tensors.zeros(Shape.of(), DType.F32, device);
    }

    private static Tensor alias(String name, Tensor x) {
        return Native.run(name, () -> x.handle().alias(), x);
    }

    private static void hook(Tensor y, Hook hook) {
        Scope.innermost(hook.name).adopt(hook);
        try (var step = y.handle().grad_fn()) {
            step.add_pre_hook(hook);
        }
    }

    /// Gradients between the hook that computed them and the hooks that pass them on.
    private static final class Pending {
        private final List<@Nullable Tensor> gradients;

        Pending(int count) {
            gradients = new ArrayList<>(Collections.nCopies(count, null));
        }

        /// Handles of our own: the scope these were made in closes before they are fetched.
        void put(String name, List<Tensor> inputs, List<Tensor> computed) {
            if (computed.size() != inputs.size()) {
                throw new TensorException(name + " has " + inputs.size() + " inputs but its gradient function made "
                        + computed.size() + " gradients");
            }
            for (int i = 0; i < inputs.size(); i++) {
                Tensor gradient = computed.get(i);
                if (inputs.get(i).requiresGrad()) {
                    Tensor handle = Native.run(name, () -> new org.bytedeco.pytorch.Tensor(gradient.handle()));
                    gradients.set(i, Scope.innermost(name).own(handle));
                }
            }
        }

        Tensor fetch(String name, int index) {
            Tensor gradient = Objects.requireNonNull(gradients.set(index, null));
            return Scope.innermost(name).take(gradient);
        }

        /// Frees what a backward pass that did not reach every input has left.
        void clear() {
            for (int i = 0; i < gradients.size(); i++) {
                Tensor left = gradients.set(i, null);
                if (left != null) {
                    left.close();
                }
            }
        }
    }

    /// Called by the backward pass in place of the gradient's way into a recorded step: unlike hooks on tensors,
    /// it may pass on another shape than it got. The recorded graph owns the native half, the scope of the
    /// forward pass keeps the Java half reachable.
    private static final class Hook extends FunctionPreHook {
        /// The hook whose result the engine took last on this thread: once the next one is called, that
        /// result has been copied and our handle of it, which keeps its memory alive, can go.
        private static final ThreadLocal<@Nullable Hook> LAST = new ThreadLocal<>();

        private final String name;
        private final Function<Tensor, Tensor> gradient;
        private final Runnable atClose;
        private @Nullable TensorVector returned;

        Hook(String name, Function<Tensor, Tensor> gradient, Runnable atClose) {
            this.name = name;
            this.gradient = gradient;
            this.atClose = atClose;
        }

        @Override
        public TensorVector apply(TensorVector upstream) {
            Hook last = LAST.get();
            if (last != null) {
                last.drop();
            }
            LAST.set(this);
            try (var _ = Scope.open(name + " backward");
                    var _ = Grad.off()) {
                Tensor dy = Native.run(name, () -> new org.bytedeco.pytorch.Tensor(upstream.get(0)));
                returned = new TensorVector(gradient.apply(dy).handle());
                return returned;
            }
        }

        /// The native half goes with the graph.
        @Override
        public void close() {
            drop();
            atClose.run();
        }

        private void drop() {
            if (returned != null) {
                returned.close();
                returned = null;
            }
        }
    }
}
