package dev.cortado.testkit;

import dev.cortado.tensor.Scope;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Runs each test inside an open [Scope], and fails it when tensors outlive it: free-standing ones that nobody
/// closed, most often a model or a cache.
///
/// ```java
/// @ExtendWith(StrictScopes.class)
/// class LlamaTest {
/// ```
///
/// The count is that of the whole process, so tests under it run one after the other, as they do by default.
public final class StrictScopes implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(StrictScopes.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Watch.class, Watch.open(context.getDisplayName()));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Objects.requireNonNull(context.getStore(NAMESPACE).remove(Watch.class, Watch.class))
                .close();
    }

    /// A scope that counts: closing it fails when there are more tensors, or fewer, than when it was opened.
    public static final class Watch implements AutoCloseable {
        private final long before = Scope.liveTensors();
        private final Scope scope;

        private Watch(String name) {
            scope = Scope.open(name);
        }

        /// Opens a scope of this name and begins to count.
        public static Watch open(String name) {
            return new Watch(name);
        }

        /// @throws AssertionError naming how many tensors are alive that were not, or the other way round
        @Override
        public void close() {
            scope.close();
            long more = Scope.liveTensors() - before;
            if (more != 0) {
                throw new AssertionError("'" + scope.name() + "' "
                        + (more > 0 ? "leaked " + more : "closed " + -more + " of somebody else's")
                        + " tensors: " + before + " were alive before it, " + Scope.liveTensors() + " are after it");
            }
        }
    }
}
