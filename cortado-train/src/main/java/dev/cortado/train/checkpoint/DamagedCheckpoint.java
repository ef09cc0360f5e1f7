package dev.cortado.train.checkpoint;

import java.nio.file.Path;

/// A checkpoint that cannot be trusted.
///
/// @param reason the file and what is wrong with it, one line
public record DamagedCheckpoint(Path folder, String reason) {
    @Override
    public String toString() {
        return folder + ": " + reason;
    }
}
