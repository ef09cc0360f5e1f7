package dev.cortado.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// The weights of a model folder in the Hugging Face layout as one source: `model.safetensors`, or else the
/// shards that `model.safetensors.index.json` names. Where both are, the single file counts, as it does for
/// other readers.
///
/// @see ModelWeightsWriter
public final class ModelWeights implements WeightSource {
    private final Path folder;
    private final Collection<Safetensors> files;
    private final SequencedMap<String, Safetensors> fileOf;

    private ModelWeights(Path folder, Collection<Safetensors> files, SequencedMap<String, Safetensors> fileOf) {
        this.folder = folder;
        this.files = files;
        this.fileOf = fileOf;
    }

    /// Opens and checks all files of a model.
    ///
    /// @throws IllegalArgumentException for a malformed file, or a shard with other tensors than the index says
    /// @throws NoSuchFileException when there are no weights in the folder, or a shard is missing
    public static ModelWeights open(Path folder) throws IOException {
        if (Files.exists(folder.resolve(ShardIndex.SINGLE))) {
            Safetensors file = Safetensors.open(folder.resolve(ShardIndex.SINGLE));
            SequencedMap<String, Safetensors> fileOf = new LinkedHashMap<>();
            file.names().forEach(name -> fileOf.put(name, file));
            return new ModelWeights(folder, List.of(file), fileOf);
        }
        Path indexFile = folder.resolve(ShardIndex.FILE);
        if (!Files.exists(indexFile)) {
            throw new NoSuchFileException(
                    folder.toString(), null, "holds neither " + ShardIndex.SINGLE + " nor " + ShardIndex.FILE);
        }
        return openShards(folder, indexFile, ShardIndex.read(indexFile).weightMap());
    }

    private static ModelWeights openShards(Path folder, Path indexFile, SequencedMap<String, String> weightMap)
            throws IOException {
        Map<String, Set<String>> claims = new LinkedHashMap<>();
        weightMap.forEach((name, shard) ->
                claims.computeIfAbsent(shard, _ -> new LinkedHashSet<>()).add(name));
        Map<String, Safetensors> shards = new LinkedHashMap<>();
        try {
            for (var claim : claims.entrySet()) {
                Path file = folder.resolve(claim.getKey());
                if (!Files.exists(file)) {
                    throw new NoSuchFileException(file.toString(), null, "named by " + indexFile + ", but not there");
                }
                Safetensors shard = Safetensors.open(file);
                shards.put(claim.getKey(), shard);
                checkClaim(indexFile, claim.getValue(), shard);
            }
        } catch (Throwable failure) {
            shards.values().forEach(Safetensors::close);
            throw failure;
        }
        SequencedMap<String, Safetensors> fileOf = new LinkedHashMap<>();
        weightMap.forEach((name, shard) -> fileOf.put(name, shards.get(shard)));
        return new ModelWeights(folder, shards.values(), fileOf);
    }

    /// A shard of another save of the same model has other tensors, most often: better refused than mixed in.
    private static void checkClaim(Path indexFile, Set<String> claimed, Safetensors shard) {
        Optional<String> lacking =
                claimed.stream().filter(name -> shard.find(name).isEmpty()).findFirst();
        if (lacking.isPresent()) {
            throw new IllegalArgumentException(shard.path() + ": lacks tensor " + StrictJson.quoted(lacking.get())
                    + ", which " + indexFile + " says it holds");
        }
        Optional<String> surplus =
                shard.names().stream().filter(name -> !claimed.contains(name)).findFirst();
        if (surplus.isPresent()) {
            throw new IllegalArgumentException(shard.path() + ": holds tensor " + StrictJson.quoted(surplus.get())
                    + ", which " + indexFile + " does not place there");
        }
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(fileOf.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(fileOf.get(name)).flatMap(file -> file.find(name));
    }

    @Override
    public void close() {
        files.forEach(Safetensors::close);
    }
}
