/// Checkpoints of a run on disk: files, names and checksums. What the files hold (parameters, optimizer state,
/// random streams, the data cursor) is the training loop's business.
///
/// ```text
/// checkpoints/
///   step-00001000/                 the one before, to fall back to
///   step-00001200/
///     manifest.json                format, step, and every file's name, length and CRC-32C; written last
///     model.safetensors
///     optimizer.safetensors
///     state.json
/// ```
///
/// ```java
/// var store = new CheckpointStore(run.resolve("checkpoints"));
/// var files = new LinkedHashMap<String, CheckpointStore.Content>();
/// files.put("state.json", file -> Files.writeString(file, state));
/// store.write(1200, files);
///
/// CheckpointStore.Latest latest = store.latest();
/// latest.damaged().forEach(damaged -> log.warn("passed over {}", damaged));
/// latest.intact().ifPresent(checkpoint -> resume(checkpoint.file("state.json")));
/// ```
///
/// What holds, whatever happens to the writer:
///
/// - A folder named `step-…` is complete: files and manifest were forced to disk before the rename gave it that
///   name.
/// - At no moment are there fewer good checkpoints than before: deletion comes after the new one is in place.
/// - [CheckpointStore#latest()] trusts nothing that its manifest and checksums do not bear out. Damage is
///   reported by name and passed over.
/// - A hidden folder (`.tmp-…`, `.replaced-…`) is the trace of a killed writer; the next write cleans it up.
@NullMarked
package dev.cortado.train.checkpoint;

import org.jspecify.annotations.NullMarked;
