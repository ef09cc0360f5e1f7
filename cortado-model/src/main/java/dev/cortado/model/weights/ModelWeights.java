package dev.cortado.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The weights of a model folder in the Hugging Face layout as one source: `model.safetensors`, or else the
/// shards that `model.safetensors.index.json` names. Where both are, the single file counts, as it does for
/// other readers.
///
/// @see ModelWeightsWriter
public final class ModelWeights {
    private ModelWeights() {}

    /// Whether a folder holds such weights.
    public static boolean in(Path folder) {
        return Files.exists(folder.resolve(ShardIndex.SINGLE)) || Files.exists(folder.resolve(ShardIndex.FILE));
    }

    /// Opens and checks all files of a model.
    ///
    /// @throws IllegalArgumentException for a malformed file, or a shard with other tensors than the index says
    /// @throws NoSuchFileException when there are no weights in the folder, or a shard is missing
    public static WeightSource open(Path folder) throws IOException {
        if (Files.exists(folder.resolve(ShardIndex.SINGLE))) {
            return Safetensors.open(folder.resolve(ShardIndex.SINGLE));
        }
        Path index = folder.resolve(ShardIndex.FILE);
        if (!Files.exists(index)) {
            throw new NoSuchFileException(
                    folder.toString(), null, "holds neither " + ShardIndex.SINGLE + " nor " + ShardIndex.FILE);
        }
        return ShardedWeights.open(index, ".safetensors", Safetensors::open);
    }
}
