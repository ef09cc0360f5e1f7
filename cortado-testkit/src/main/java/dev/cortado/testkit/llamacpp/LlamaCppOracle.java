package dev.cortado.testkit.llamacpp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A model as llama.cpp (build 4916) sees it: what a GGUF file of ours means to the rest of the world. One thread,
/// keys and values cached in float32, nothing sampled: the same numbers every time.
///
/// A file that llama.cpp cannot load is an [IllegalArgumentException] with its log. What its assertions find ends
/// the process: what can be refused before, is.
public final class LlamaCppOracle implements AutoCloseable {
    private static final int LONGEST_PIECE = 1 << 12; // bytes

    private final LlamaCppLibrary library = LlamaCppLibrary.require();
    private final MemorySegment model;
    private final MemorySegment vocabulary;
    private final MemorySegment context; // NULL: the vocabulary alone
    private final int contextLength;

    private LlamaCppOracle(Path file, boolean vocabularyOnly, int contextLength, boolean hidden) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not there");
        }
        this.contextLength = contextLength;
        library.forgetLog();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = struct(library.modelParams, arena);
            set(params, LlamaCppLibrary.MODEL_PARAMS, "vocab_only", vocabularyOnly);
            model = pointer(library.loadModel, arena.allocateFrom(file.toString()), params);
            if (model.address() == 0) {
                throw new IllegalArgumentException("llama.cpp cannot load " + file + ":\n" + library.log());
            }
            vocabulary = pointer(library.vocabulary, model);
            context = vocabularyOnly ? MemorySegment.NULL : pointer(library.newContext, model, context(arena, hidden));
            if (!vocabularyOnly && context.address() == 0) {
                LlamaCppLibrary.call(library.freeModel, model);
                throw new IllegalArgumentException("llama.cpp makes no context of " + file + ":\n" + library.log());
            }
        }
    }

    /// A model for logits and greedy continuation.
    ///
    /// @param contextLength the most tokens of a sequence
    public static LlamaCppOracle open(Path file, int contextLength) {
        return new LlamaCppOracle(file, false, contextLength, false);
    }

    /// A model for the hidden states after its last norm: encoders have nothing else.
    public static LlamaCppOracle openHidden(Path file, int contextLength) {
        return new LlamaCppOracle(file, false, contextLength, true);
    }

    /// The tokenizer alone; the file need not have tensors.
    public static LlamaCppOracle openVocabulary(Path file) {
        return new LlamaCppOracle(file, true, 0, false);
    }

    private MemorySegment context(Arena arena, boolean hidden) {
        MemorySegment params = struct(library.contextParams, arena);
        for (String length : new String[] {"n_ctx", "n_batch", "n_ubatch"}) {
            set(params, LlamaCppLibrary.CONTEXT_PARAMS, length, contextLength);
        }
        for (String threads : new String[] {"n_threads", "n_threads_batch"}) {
            set(params, LlamaCppLibrary.CONTEXT_PARAMS, threads, 1);
        }
        for (String cache : new String[] {"type_k", "type_v"}) { // float16 unless told otherwise
            set(params, LlamaCppLibrary.CONTEXT_PARAMS, cache, 0);
        }
        if (hidden) {
            set(params, LlamaCppLibrary.CONTEXT_PARAMS, "embeddings", true);
            set(params, LlamaCppLibrary.CONTEXT_PARAMS, "pooling_type", 0); // none: a state for every token
        }
        return params;
    }

    /// How many tokens the vocabulary has.
    public int vocabSize() {
        return (int) LlamaCppLibrary.call(library.vocabularySize, vocabulary);
    }

    /// The tokens of a text.
    ///
    /// @param addSpecial   whether bos and eos come with it, if the file says so
    /// @param parseSpecial whether control tokens are found in the text
    public int[] tokens(String text, boolean addSpecial, boolean parseSpecial) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            int room = 2 * bytes.length + 16; // several tokens a byte there are not, and bos, eos and a space
            MemorySegment ids = arena.allocate(JAVA_INT, room);
            int count = (int) LlamaCppLibrary.call(
                    library.tokenize,
                    vocabulary,
                    arena.allocateFrom(JAVA_BYTE, Arrays.copyOf(bytes, bytes.length + 1)),
                    bytes.length,
                    ids,
                    room,
                    addSpecial,
                    parseSpecial);
            if (count < 0) {
                throw new AssertionError("llama.cpp makes " + -count + " tokens of " + bytes.length + " bytes");
            }
            return ids.asSlice(0, 4L * count).toArray(JAVA_INT);
        }
    }

    /// The text of tokens within a text: SentencePiece's leading space stays; special tokens are nothing.
    public String text(int... ids) {
        var bytes = new ByteArrayOutputStream();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(LONGEST_PIECE);
            for (int id : ids) {
                int length =
                        (int) LlamaCppLibrary.call(library.pieceOf, vocabulary, id, piece, LONGEST_PIECE, 0, false);
                if (length < 0) {
                    throw new AssertionError("the text of token " + id + " takes " + -length + " bytes");
                }
                bytes.writeBytes(piece.asSlice(0, length).toArray(JAVA_BYTE));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// The logits after each token of a sequence, `[T][V]`.
    public float[][] logits(int... ids) {
        return outputs(library.logitsOf, vocabSize(), ids);
    }

    /// The hidden states of a sequence, `[T][D]`; the model must have been opened for them.
    public float[][] hidden(int... ids) {
        return outputs(library.embeddingOf, (int) LlamaCppLibrary.call(library.width, model), ids);
    }

    private float[][] outputs(MethodHandle of, int width, int... ids) {
        LlamaCppLibrary.call(library.clearCache, context);
        decode(0, ids);
        float[][] outputs = new float[ids.length][];
        for (int i = 0; i < ids.length; i++) {
            outputs[i] = output(of, i, width);
        }
        return outputs;
    }

    /// The tokens of greatest logit that follow a prompt, one after the other; the end of the text ends nothing.
    public int[] greedy(int[] prompt, int count) {
        LlamaCppLibrary.call(library.clearCache, context);
        int[] ids = new int[count];
        int[] next = prompt;
        int position = 0;
        for (int i = 0; i < count; i++) {
            decode(position, next);
            position += next.length;
            ids[i] = greatest(output(library.logitsOf, next.length - 1, vocabSize()));
            next = new int[] {ids[i]};
        }
        return ids;
    }

    /// The text that follows a prompt. The prompt gets the bos token that the file says, and only that.
    public String greedy(String prompt, int count) {
        return text(greedy(tokens(prompt, true, false), count));
    }

    private void decode(int position, int... ids) {
        int count = ids.length;
        if (context.address() == 0 || count == 0 || position + count > contextLength) { // assertions of llama.cpp
            throw new IllegalArgumentException(
                    count + " tokens from position " + position + " on, for " + contextLength + " opened");
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabSize()) {
                throw new IllegalArgumentException("token " + id + " of " + vocabSize());
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment batch = arena.allocate(LlamaCppLibrary.BATCH);
            MemorySegment first = arena.allocateFrom(JAVA_INT, 0); // the sequences of a token: number 0
            MemorySegment positions = arena.allocate(JAVA_INT, count);
            MemorySegment sequences = arena.allocate(ADDRESS, count);
            for (int i = 0; i < count; i++) {
                positions.setAtIndex(JAVA_INT, i, position + i);
                sequences.setAtIndex(ADDRESS, i, first);
            }
            int[] ones = new int[count];
            Arrays.fill(ones, 1);
            StructLayout layout = LlamaCppLibrary.BATCH;
            set(batch, layout, "n_tokens", count);
            set(batch, layout, "token", arena.allocateFrom(JAVA_INT, ids));
            set(batch, layout, "pos", positions);
            set(batch, layout, "n_seq_id", arena.allocateFrom(JAVA_INT, ones));
            set(batch, layout, "seq_id", sequences);
            set(batch, layout, "logits", arena.allocate(count).fill((byte) 1));
            int result = (int) LlamaCppLibrary.call(library.decode, context, batch);
            if (result != 0) {
                throw new AssertionError("llama_decode says " + result + ":\n" + library.log());
            }
        }
    }

    @SuppressWarnings("restricted") // the width of a row of outputs is llama.cpp's own
    private float[] output(MethodHandle of, int row, int width) {
        MemorySegment values = pointer(of, context, row);
        if (values.address() == 0) {
            throw new AssertionError("llama.cpp gives no outputs for token " + row + ":\n" + library.log());
        }
        return values.reinterpret(4L * width).toArray(JAVA_FLOAT);
    }

    private static int greatest(float... values) {
        int greatest = 0;
        for (int i = 1; i < values.length; i++) {
            greatest = values[i] > values[greatest] ? i : greatest;
        }
        return greatest;
    }

    private static MemorySegment struct(MethodHandle defaults, Arena arena) {
        return pointer(defaults, (SegmentAllocator) arena);
    }

    private static MemorySegment pointer(MethodHandle function, Object... arguments) {
        return (MemorySegment) LlamaCppLibrary.call(function, arguments);
    }

    private static void set(MemorySegment struct, StructLayout layout, String field, Object value) {
        long offset = layout.byteOffset(PathElement.groupElement(field));
        switch (value) {
            case Integer number -> struct.set(JAVA_INT, offset, number);
            case Boolean flag -> struct.set(JAVA_BOOLEAN, offset, flag);
            case MemorySegment segment -> struct.set(ADDRESS, offset, segment);
            default -> throw new IllegalArgumentException(field + " is " + value);
        }
    }

    @Override
    public void close() {
        if (context.address() != 0) {
            LlamaCppLibrary.call(library.freeContext, context);
        }
        LlamaCppLibrary.call(library.freeModel, model);
    }
}
