package dev.cortado.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/// The lifetime of native memory: every new tensor belongs to the innermost open scope of its thread, never to an
/// operand,
/// and is freed when that scope closes.
///
/// ```java
/// try (var scope = Scope.open("mean")) {
///     return scope.keep(x.mul(x).mean());      // x·x is freed here, the mean lives in the enclosing scope
/// }
/// ```
///
/// A tensor made while no scope is open is refused: there would be nobody to free it. Scopes close on the thread that
/// opened them, innermost first.
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();
    private static final AtomicLong LIVE = new AtomicLong();

    private final String name;
    private final @Nullable Scope parent;
    private final Thread thread = Thread.currentThread();
    private final List<Tensor> tensors = new ArrayList<>();
    private final List<Pointer> natives = new ArrayList<>();
    private boolean closed;

    private Scope(String name, @Nullable Scope parent) {
        this.name = name;
        this.parent = parent;
    }

    /// Opens a scope inside the innermost one of this thread. The name appears in errors.
    public static Scope open(String name) {
        LibTorch.load();
        Scope scope = new Scope(name, INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    /// Tensors alive in this process, in scopes or free-standing.
    public static long liveTensors() {
        return LIVE.get();
    }

    /// The name given to [#open].
    public String name() {
        return name;
    }

    /// Hands a tensor of this scope to the enclosing scope, and returns it.
    ///
    /// @throws TensorException when this scope does not own the tensor or nothing encloses it
    public Tensor keep(Tensor tensor) {
        if (parent == null) {
            throw new TensorException("scope '" + name + "' has no enclosing scope to keep " + tensor.shape() + " in");
        }
        release(tensor);
        parent.adopt(tensor);
        return tensor;
    }

    /// Makes a tensor of this scope free-standing: from now on whoever holds it closes it (parameters, caches).
    public Tensor own(Tensor tensor) {
        release(tensor);
        tensor.ownedBy(null);
        return tensor;
    }

    /// Takes over a free-standing tensor, to be freed with this scope; returns it.
    public Tensor take(Tensor tensor) {
        if (tensor.isOwned()) {
            throw new TensorException(
                    "scope '" + name + "' cannot take " + tensor.describe() + ": another scope owns it");
        }
        adopt(tensor);
        return tensor;
    }

    /// Frees everything that still belongs to this scope.
    ///
    /// @throws TensorException on another thread than the one that opened it, or while a scope inside it is open
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != thread) {
            throw new TensorException("scope '" + name + "' was opened by thread " + thread.getName());
        }
        Scope innermost = INNERMOST.get();
        if (innermost != this) {
            throw new TensorException("scope '" + name + "' closed while '"
                    + (innermost == null ? "none" : innermost.name) + "' inside it is open");
        }
        for (int i = tensors.size() - 1; i >= 0; i--) {
            tensors.get(i).free();
        }
        for (int i = natives.size() - 1; i >= 0; i--) {
            natives.get(i).close();
        }
        tensors.clear();
        natives.clear();
        closed = true;
        if (parent == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(parent);
        }
    }

    static Scope innermost(String operation) {
        Scope scope = INNERMOST.get();
        if (scope == null) {
            throw new TensorException(operation + ": no scope is open on thread "
                    + Thread.currentThread().getName() + "; wrap the code in try (var scope = Scope.open(\"…\"))");
        }
        return scope;
    }

    static String innermostName() {
        Scope scope = INNERMOST.get();
        return scope == null ? "none" : scope.name;
    }

    static void born() {
        LIVE.incrementAndGet();
    }

    static void died() {
        LIVE.decrementAndGet();
    }

    void adopt(Tensor tensor) {
        tensors.add(tensor);
        tensor.ownedBy(this);
    }

    /// Native objects that are not tensors (hooks) and must outlive the call that made them.
    void adopt(Pointer pointer) {
        natives.add(pointer);
    }

    private void release(Tensor tensor) {
        // Kept tensors are the recent ones: search from the end.
        for (int i = tensors.size() - 1; i >= 0; i--) {
            if (tensors.get(i) == tensor) {
                tensors.remove(i);
                return;
            }
        }
        throw new TensorException("scope '" + name + "' does not own the tensor " + tensor.shape());
    }

    void forget(Tensor tensor) {
        release(tensor);
    }
}
