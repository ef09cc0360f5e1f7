package dev.cortado.model.weights;

import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Writes the weights of a model folder: `model.safetensors`, or shards with an index when they are more than a
/// limit.
///
/// All files are written and forced to disk under hidden names first; only then do they take their places. So a
/// full disk costs nothing that was there. The order of the renames makes a kill between them leave the old
/// weights, the new ones, or a folder without index that readers refuse, and never a mix.
///
/// @see ModelWeights
public final class ModelWeightsWriter {
    /// Bytes of tensors a file holds at most, unless one tensor alone is larger: the ecosystem's usual "5GB".
    public static final long SHARD_BYTES = 5_000_000_000L;

    private ModelWeightsWriter() {}

    /// Writes weights in files of at most [#SHARD_BYTES].
    public static void write(Path folder, Collection<OutgoingTensor> tensors) throws IOException {
        write(folder, tensors, SHARD_BYTES);
    }

    /// Writes weights, in the given order, in files of at most `shardBytes`; creates the folder and replaces
    /// older weights.
    ///
    /// @throws IllegalArgumentException and IOException as [SafetensorsWriter#write(Path, Collection)] does
    public static void write(Path folder, Collection<OutgoingTensor> tensors, long shardBytes) throws IOException {
        if (shardBytes <= 0) {
            throw new IllegalArgumentException("a limit of " + shardBytes + " bytes a file is not positive");
        }
        SafetensorsWriter.checkNames(folder, tensors);
        Files.createDirectories(folder);
        List<List<OutgoingTensor>> shards = split(tensors, shardBytes);
        if (shards.size() == 1) {
            // The single file counts as soon as it is there, so its rename is the one step that matters.
            SafetensorsWriter.write(folder.resolve(ShardIndex.SINGLE), shards.getFirst());
            Files.deleteIfExists(folder.resolve(ShardIndex.FILE));
            deleteShards(folder, Set.of());
        } else {
            writeShards(folder, shards);
        }
    }

    /// Fills one shard after the other; there is always one, if only an empty one.
    private static List<List<OutgoingTensor>> split(Collection<OutgoingTensor> tensors, long shardBytes) {
        List<List<OutgoingTensor>> shards = new ArrayList<>();
        shards.add(new ArrayList<>());
        long filled = 0;
        for (OutgoingTensor tensor : tensors) {
            if (filled > 0 && tensor.bytes() > shardBytes - filled) {
                shards.add(new ArrayList<>());
                filled = 0;
            }
            shards.getLast().add(tensor);
            filled += tensor.bytes();
        }
        return shards;
    }

    private static void writeShards(Path folder, List<List<OutgoingTensor>> shards) throws IOException {
        var index = new ShardIndex(new LinkedHashMap<>());
        Set<String> names = new LinkedHashSet<>();
        List<PendingFile> pending = new ArrayList<>();
        long totalSize = 0;
        try {
            for (List<OutgoingTensor> shard : shards) {
                String name = ShardIndex.shard(names.size() + 1, shards.size());
                names.add(name);
                pending.add(SafetensorsWriter.writePending(folder.resolve(name), shard));
                for (OutgoingTensor tensor : shard) {
                    index.weightMap().put(tensor.name(), name);
                    totalSize = Math.addExact(totalSize, tensor.bytes());
                }
            }
            Path indexFile = folder.resolve(ShardIndex.FILE);
            PendingFile last = PendingFile.beside(indexFile);
            pending.add(last);
            last.write(ByteBuffer.wrap(index.toJson(totalSize)));
            last.seal();
            // From here until the new index is in place, an old index would name a mix of old and new
            // shards.
            Files.deleteIfExists(indexFile);
            PendingFile.forceFolder(folder);
            for (PendingFile file : pending) {
                file.publish();
            }
        } catch (Throwable failure) {
            pending.forEach(file -> file.closeAfter(failure));
            throw failure;
        }
        Files.deleteIfExists(folder.resolve(ShardIndex.SINGLE));
        deleteShards(folder, names);
    }

    /// Removes the shards of an earlier save, which nothing names any more.
    private static void deleteShards(Path folder, Set<String> kept) throws IOException {
        List<Path> stale;
        try (Stream<Path> files = Files.list(folder)) {
            stale = files.filter(ShardIndex::isShard)
                    .filter(file -> !kept.contains(file.getFileName().toString()))
                    .toList();
        }
        for (Path file : stale) {
            Files.delete(file);
        }
    }
}
