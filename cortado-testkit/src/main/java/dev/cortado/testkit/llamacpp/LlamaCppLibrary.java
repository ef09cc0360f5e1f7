package dev.cortado.testkit.llamacpp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// llama.cpp's C interface (`llama.h`, `ggml.h`), build 4916: the native library inside `de.kherud:llama`'s jar,
/// called without its Java binding, which hides token ids and logits. Structures are passed by value, so their
/// layouts here are those of exactly that build, and loading checks it.
public final class LlamaCppLibrary {
    private static final int BUILD = 4916;
    private static final int LOG_LINES = 200;

    static final StructLayout MODEL_PARAMS = MemoryLayout.structLayout(
            ADDRESS.withName("devices"),
            JAVA_INT.withName("n_gpu_layers"),
            JAVA_INT.withName("split_mode"),
            JAVA_INT.withName("main_gpu"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("tensor_split"),
            ADDRESS.withName("progress_callback"),
            ADDRESS.withName("progress_callback_user_data"),
            ADDRESS.withName("kv_overrides"),
            JAVA_BOOLEAN.withName("vocab_only"),
            JAVA_BOOLEAN.withName("use_mmap"),
            JAVA_BOOLEAN.withName("use_mlock"),
            JAVA_BOOLEAN.withName("check_tensors"),
            MemoryLayout.paddingLayout(4));

    static final StructLayout CONTEXT_PARAMS = MemoryLayout.structLayout(
            JAVA_INT.withName("n_ctx"),
            JAVA_INT.withName("n_batch"),
            JAVA_INT.withName("n_ubatch"),
            JAVA_INT.withName("n_seq_max"),
            JAVA_INT.withName("n_threads"),
            JAVA_INT.withName("n_threads_batch"),
            JAVA_INT.withName("rope_scaling_type"),
            JAVA_INT.withName("pooling_type"),
            JAVA_INT.withName("attention_type"),
            JAVA_FLOAT.withName("rope_freq_base"),
            JAVA_FLOAT.withName("rope_freq_scale"),
            JAVA_FLOAT.withName("yarn_ext_factor"),
            JAVA_FLOAT.withName("yarn_attn_factor"),
            JAVA_FLOAT.withName("yarn_beta_fast"),
            JAVA_FLOAT.withName("yarn_beta_slow"),
            JAVA_INT.withName("yarn_orig_ctx"),
            JAVA_FLOAT.withName("defrag_thold"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("cb_eval"),
            ADDRESS.withName("cb_eval_user_data"),
            JAVA_INT.withName("type_k"),
            JAVA_INT.withName("type_v"),
            JAVA_BOOLEAN.withName("logits_all"),
            JAVA_BOOLEAN.withName("embeddings"),
            JAVA_BOOLEAN.withName("offload_kqv"),
            JAVA_BOOLEAN.withName("flash_attn"),
            JAVA_BOOLEAN.withName("no_perf"),
            MemoryLayout.paddingLayout(3),
            ADDRESS.withName("abort_callback"),
            ADDRESS.withName("abort_callback_data"));

    static final StructLayout BATCH = MemoryLayout.structLayout(
            JAVA_INT.withName("n_tokens"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("token"),
            ADDRESS.withName("embd"),
            ADDRESS.withName("pos"),
            ADDRESS.withName("n_seq_id"),
            ADDRESS.withName("seq_id"),
            ADDRESS.withName("logits"));

    private static final class Holder {
        static final LlamaCppLibrary LIBRARY = new LlamaCppLibrary();
    }

    private final SymbolLookup symbols;
    private final List<String> log = new ArrayList<>();

    final MethodHandle modelParams;
    final MethodHandle loadModel;
    final MethodHandle vocabulary;
    final MethodHandle vocabularySize;
    final MethodHandle width;
    final MethodHandle contextParams;
    final MethodHandle newContext;
    final MethodHandle clearCache;
    final MethodHandle decode;
    final MethodHandle logitsOf;
    final MethodHandle embeddingOf;
    final MethodHandle tokenize;
    final MethodHandle pieceOf;
    final MethodHandle freeContext;
    final MethodHandle freeModel;

    private LlamaCppLibrary() {
        symbols = extracted();
        int build = number("LLAMA_BUILD_NUMBER");
        if (build != BUILD) {
            throw new IllegalStateException("llama.cpp is of build " + build + "; its structures here are of " + BUILD);
        }
        modelParams = function("llama_model_default_params", FunctionDescriptor.of(MODEL_PARAMS));
        loadModel = function("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, MODEL_PARAMS));
        vocabulary = function("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS));
        vocabularySize = function("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        width = function("llama_model_n_embd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        contextParams = function("llama_context_default_params", FunctionDescriptor.of(CONTEXT_PARAMS));
        newContext = function("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, CONTEXT_PARAMS));
        clearCache = function("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS));
        decode = function("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
        logitsOf = function("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        embeddingOf = function("llama_get_embeddings_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        tokenize = function(
                "llama_tokenize",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_BOOLEAN, JAVA_BOOLEAN));
        pieceOf = function(
                "llama_token_to_piece",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_BOOLEAN));
        freeContext = function("llama_free", FunctionDescriptor.ofVoid(ADDRESS));
        freeModel = function("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS));
        logHere();
        call(function("llama_backend_init", FunctionDescriptor.ofVoid()));
    }

    /// The library, loaded once; skips the calling test on a platform the jar has none for.
    public static LlamaCppLibrary require() {
        Assumptions.assumeTrue(resource().isPresent(), "skipped: no llama.cpp for this platform");
        return Holder.LIBRARY;
    }

    private static Optional<String> resource() {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        return switch (System.getProperty("os.name")) {
            case "Linux" -> Optional.of("Linux/" + (arm ? "aarch64" : "x86_64") + "/libjllama.so");
            case "Mac OS X" -> Optional.of("Mac/" + (arm ? "aarch64" : "x86_64") + "/libjllama.dylib");
            default -> Optional.empty();
        };
    }

    /// Once the library is open its file may go.
    @SuppressWarnings("restricted") // a library of our choice
    private static SymbolLookup extracted() {
        try {
            Path file = Files.createTempFile("llama-cpp-", ".lib");
            try (InputStream content = LlamaCppLibrary.class.getResourceAsStream(
                    "/de/kherud/llama/" + resource().orElseThrow())) {
                Files.write(file, content.readAllBytes());
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("restricted") // an int of the library
    private int number(String symbol) {
        return symbols.findOrThrow(symbol).reinterpret(JAVA_INT.byteSize()).get(JAVA_INT, 0);
    }

    /// A function of the library that this class has no field for.
    @SuppressWarnings("restricted") // signatures are those of the headers
    public MethodHandle function(String name, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), signature);
    }

    /// Calls a function; nothing of llama.cpp throws.
    public static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError("a call into llama.cpp", e);
        }
    }

    /// llama.cpp's log goes to memory: its last lines are in the message when something fails.
    @SuppressWarnings("restricted") // the signature is that of ggml_log_callback
    private void logHere() {
        try {
            MethodHandle line = MethodHandles.lookup()
                    .bind(
                            this,
                            "logged",
                            MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment callback = Linker.nativeLinker()
                    .upcallStub(line, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), Arena.global());
            call(function("llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)), callback, MemorySegment.NULL);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the log's callback", e);
        }
    }

    // Bytes that are no UTF-8 must not throw: an exception in a callback ends the process.
    @SuppressWarnings({"restricted", "UnusedMethod", "UnusedVariable"}) // called by llama.cpp with a C string
    private void logged(int level, MemorySegment text, MemorySegment userData) {
        var line = new StringBuilder();
        MemorySegment bytes = text.reinterpret(Long.MAX_VALUE);
        for (long at = 0; bytes.get(JAVA_BYTE, at) != 0; at++) {
            line.append((char) (bytes.get(JAVA_BYTE, at) & 0xFF));
        }
        synchronized (log) {
            log.add(line.toString());
            if (log.size() > LOG_LINES) {
                log.removeFirst();
            }
        }
    }

    void forgetLog() {
        synchronized (log) {
            log.clear();
        }
    }

    /// The last lines llama.cpp logged.
    String log() {
        synchronized (log) {
            return String.join("", log);
        }
    }
}
