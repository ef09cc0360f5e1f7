package dev.cortado.train.checkpoint;

import java.nio.file.Path;
import java.util.List;

/// A complete checkpoint on disk.
///
/// @param step the optimizer step it was taken after
/// @param folder where its files are, `…/step-00001200`
/// @param files what its manifest names, in the order written
public record Checkpoint(long step, Path folder, List<CheckpointFile> files) {
    public Checkpoint {
        files = List.copyOf(files);
    }

    /// The path of one of its files.
    ///
    /// @throws IllegalArgumentException when the checkpoint holds no such file
    public Path file(String name) {
        if (files.stream().noneMatch(file -> file.name().equals(name))) {
            throw new IllegalArgumentException("checkpoint " + folder + " holds no '" + name + "', only "
                    + files.stream().map(CheckpointFile::name).toList());
        }
        return folder.resolve(name);
    }
}
