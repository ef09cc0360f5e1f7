package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Storage;
import dev.cortado.model.pytorch.PickleValue.Tensor;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;

/// An open state dict of PyTorch, `pytorch_model.bin`, `.pt` or `.pth`, as `torch.save` writes it: the zip format
/// (since 1.6) and the one before. The file is mapped into memory, and proven when opened: every tensor lies inside
/// its storage, and every storage inside the file.
///
/// The pickle in it is read by a machine that has no way to execute anything ([PickleMachine]). Tensors may share a
/// storage, and those that lie in it row by row are views of the file; others (transposed, expanded) are laid out so
/// when they are asked for, and stay in memory until the source is closed. Together these copies are never larger
/// than the file.
///
/// The file must not be shortened while it is open: the operating system then fails the access.
public final class PyTorchFile implements WeightSource {
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final SequencedMap<String, Tensor> tensors;
    private final SequencedSet<String> ignored;
    private final Map<String, MemorySegment> storages;
    private final Map<String, MemorySegment> copies = new ConcurrentHashMap<>();

    private PyTorchFile(Path file, Arena arena, StateDict state, Map<String, MemorySegment> storages) {
        this.file = file;
        this.arena = arena;
        this.tensors = state.tensors();
        this.ignored = state.ignored();
        this.storages = storages;
    }

    /// What the two formats come to.
    ///
    /// @param storages by their keys; those of no byte may be missing
    record Content(PickleValue root, Map<String, MemorySegment> storages) {}

    /// Opens and checks a file.
    ///
    /// @throws IllegalArgumentException when it is damaged, or holds anything but a state dict of supported
    /// dtypes
    /// @throws java.nio.file.NoSuchFileException when there is none
    // The arena is closed by the source that is returned, or here.
    @SuppressWarnings("MustBeClosedChecker")
    public static PyTorchFile open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not a regular file");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(file, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    private static PyTorchFile of(Path file, Arena arena, MemorySegment bytes) {
        boolean zip = bytes.byteSize() >= 4 && bytes.get(INT32, 0) == ZipEntries.LOCAL;
        Content content = zip ? ZipContent.read(file, bytes) : LegacyContent.read(file, bytes);
        try {
            StateDict state = StateDict.of(content.root);
            requireInside(state, content.storages, bytes.byteSize());
            return new PyTorchFile(file, arena, state, content.storages);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static void requireInside(StateDict state, Map<String, MemorySegment> storages, long fileBytes) {
        long copied = 0;
        for (var entry : state.tensors().entrySet()) {
            TensorLayout layout = entry.getValue().layout();
            Storage storage = entry.getValue().storage();
            try {
                MemorySegment bytes = storages.getOrDefault(storage.key(), MemorySegment.NULL);
                if (storage.bytes() > bytes.byteSize()) {
                    throw new IllegalArgumentException("lies in storage " + Quoted.text(storage.key()) + " of "
                            + storage.bytes() + " bytes, of which the file holds " + bytes.byteSize());
                }
                layout.requireWithin(storage.bytes());
                if (!layout.contiguous()) {
                    copied += Math.min(layout.bytes(), Long.MAX_VALUE - copied);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("tensor " + Quoted.text(entry.getKey()) + " " + e.getMessage(), e);
            }
        }
        if (copied > fileBytes) {
            throw new IllegalArgumentException("its transposed and expanded tensors would take " + copied
                    + " bytes, more than the file has: save them as .contiguous()");
        }
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(tensors.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(tensor -> {
            TensorLayout layout = tensor.layout();
            return new StoredTensor(name, layout.dtype(), layout.shape(), bytes(name, tensor));
        });
    }

    private MemorySegment bytes(String name, Tensor tensor) {
        TensorLayout layout = tensor.layout();
        MemorySegment storage = storages.getOrDefault(tensor.storage().key(), MemorySegment.NULL);
        if (layout.contiguous()) {
            return layout.view(storage);
        }
        return copies.computeIfAbsent(name, _ -> {
            MemorySegment copy = arena.allocate(layout.bytes(), DType.F64.bytes());
            layout.copy(storage, copy);
            return copy;
        });
    }

    /// The entries of the file that are no tensors of the model, and were passed over: numbers, texts, the
    /// states of optimizers.
    public SequencedSet<String> ignored() {
        return Collections.unmodifiableSequencedSet(ignored);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
