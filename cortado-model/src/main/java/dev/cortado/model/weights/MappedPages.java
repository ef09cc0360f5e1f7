package dev.cortado.model.weights;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Pages of mapped files in main memory. They are the system's to drop, but they count as the process's own until it
/// does; on a long walk through a large file one lets go of them as one goes.
public final class MappedPages {
    private static final int DONT_NEED = 4; // MADV_DONTNEED of Linux
    private static final long PAGE = 4096;
    private static final Optional<MethodHandle> ADVISE = advise();

    private MappedPages() {}

    /// Lets go of the pages of a read-only mapping. They stay in the system's cache and come back when touched.
    /// Where the system is not Linux, nothing happens.
    public static void release(MemorySegment mapped) {
        long begin = (mapped.address() + PAGE - 1) / PAGE * PAGE;
        long end = (mapped.address() + mapped.byteSize()) / PAGE * PAGE;
        if (ADVISE.isEmpty() || end <= begin) {
            return;
        }
        try {
            // Advice that is not taken does no harm, so the answer is not looked at.
            var _ = (int) ADVISE.get().invokeExact(begin, end - begin, DONT_NEED);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called", e);
        }
    }

    @SuppressWarnings("restricted") // one function of the C library, of known signature
    private static Optional<MethodHandle> advise() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("madvise")
                .map(address -> linker.downcallHandle(
                        address,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT)));
    }
}
