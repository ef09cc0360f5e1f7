package dev.cortado.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// The shards that an index names, of any format, as one source.
public final class ShardedWeights implements WeightSource {
    private final Path folder;
    private final Collection<WeightSource> shards;
    private final SequencedMap<String, WeightSource> shardOf;

    private ShardedWeights(Path folder, Collection<WeightSource> shards, SequencedMap<String, WeightSource> shardOf) {
        this.folder = folder;
        this.shards = shards;
        this.shardOf = shardOf;
    }

    /// Opens one shard.
    @FunctionalInterface
    public interface Opener {
        /// The tensors of a file, checked.
        WeightSource open(Path file) throws IOException;
    }

    /// Opens and checks all files that an index names.
    ///
    /// @param extension how the names of the shards must end, `.bin`
    /// @throws IllegalArgumentException for a malformed file, or a shard with other tensors than the index says
    /// @throws NoSuchFileException when the index or a shard is missing
    public static ShardedWeights open(Path indexFile, String extension, Opener opener) throws IOException {
        SequencedMap<String, String> weightMap =
                ShardIndex.read(indexFile, extension).weightMap();
        Map<String, Set<String>> claims = new LinkedHashMap<>();
        weightMap.forEach((name, shard) ->
                claims.computeIfAbsent(shard, _ -> new LinkedHashSet<>()).add(name));
        Map<String, WeightSource> shards = new LinkedHashMap<>();
        try {
            for (var claim : claims.entrySet()) {
                Path file = indexFile.resolveSibling(claim.getKey());
                if (!Files.exists(file)) {
                    throw new NoSuchFileException(file.toString(), null, "named by " + indexFile + ", but not there");
                }
                WeightSource shard = opener.open(file);
                shards.put(claim.getKey(), shard);
                checkClaim(indexFile, claim.getValue(), shard);
            }
        } catch (Throwable failure) {
            shards.values().forEach(WeightSource::close);
            throw failure;
        }
        SequencedMap<String, WeightSource> shardOf = new LinkedHashMap<>();
        weightMap.forEach((name, shard) -> shardOf.put(name, shards.get(shard)));
        return new ShardedWeights(indexFile.resolveSibling(""), shards.values(), shardOf);
    }

    /// A shard of another save of the same model has other tensors, most often: better refused than mixed in.
    private static void checkClaim(Path indexFile, Set<String> claimed, WeightSource shard) {
        Optional<String> lacking =
                claimed.stream().filter(name -> !shard.names().contains(name)).findFirst();
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
        return Collections.unmodifiableSequencedSet(shardOf.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(shardOf.get(name)).flatMap(shard -> shard.find(name));
    }

    @Override
    public void release() {
        shards.forEach(WeightSource::release);
    }

    @Override
    public void close() {
        shards.forEach(WeightSource::close);
    }
}
