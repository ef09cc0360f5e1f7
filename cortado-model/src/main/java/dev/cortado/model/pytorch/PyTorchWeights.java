package dev.cortado.model.pytorch;

import dev.cortado.model.weights.ShardedWeights;
import dev.cortado.model.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The weights of a model folder that PyTorch wrote: `pytorch_model.bin`, or else the shards that
/// `pytorch_model.bin.index.json` names.
public final class PyTorchWeights {
    private static final String SINGLE = "pytorch_model.bin";
    private static final String INDEX = "pytorch_model.bin.index.json";

    private PyTorchWeights() {}

    /// Whether a folder holds such weights.
    public static boolean in(Path folder) {
        return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX));
    }

    /// Opens and checks all files of a model.
    ///
    /// @throws IllegalArgumentException for a malformed file, or a shard with other tensors than the index says
    /// @throws NoSuchFileException when there are no weights in the folder, or a shard is missing
    public static WeightSource open(Path folder) throws IOException {
        if (Files.exists(folder.resolve(SINGLE))) {
            return PyTorchFile.open(folder.resolve(SINGLE));
        }
        Path index = folder.resolve(INDEX);
        if (!Files.exists(index)) {
            throw new NoSuchFileException(folder.toString(), null, "holds neither " + SINGLE + " nor " + INDEX);
        }
        return ShardedWeights.open(index, ".bin", PyTorchFile::open);
    }
}
