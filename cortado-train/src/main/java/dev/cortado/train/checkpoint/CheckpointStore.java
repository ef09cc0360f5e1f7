package dev.cortado.train.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The checkpoints of one run: `checkpoints/step-00001200/…`. However a writer dies, the last good one stays.
///
/// A checkpoint is written into a hidden folder, each file forced to disk, the manifest last; then the folder is
/// renamed, and only after that are old ones deleted. One process uses a store at a time.
public final class CheckpointStore {
    /// Checkpoints kept unless told otherwise: the last, and one to fall back to.
    public static final int KEEP = 2;

    private static final Pattern STEP = Pattern.compile("step-(\\d{8,18})");
    private static final String TEMPORARY = ".tmp-";
    // A checkpoint that is being replaced by another of its step; good until the other is in place.
    private static final String REPLACED = ".replaced-";

    private final Path folder;
    private final int keep;

    /// A store that keeps the last [#KEEP] checkpoints; the folder need not exist yet.
    public CheckpointStore(Path folder) {
        this(folder, KEEP);
    }

    /// A store that keeps the last `keep` checkpoints.
    ///
    /// @throws IllegalArgumentException when `keep` is less than 1
    public CheckpointStore(Path folder, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException(
                    "cannot keep " + keep + " checkpoints in " + folder + ": keep 1 or more");
        }
        this.folder = folder;
        this.keep = keep;
    }

    /// Writes one file of a checkpoint: creates it at the path it is given.
    @FunctionalInterface
    public interface Content {
        void writeTo(Path file) throws IOException;
    }

    /// What [#latest()] finds.
    ///
    /// @param intact the newest checkpoint whose files are all as they were written
    /// @param damaged newer ones that had to be passed over, newest first; the caller should tell its user
    public record Latest(Optional<Checkpoint> intact, List<DamagedCheckpoint> damaged) {
        public Latest {
            damaged = List.copyOf(damaged);
        }
    }

    /// Finds the newest checkpoint that is intact, reading every byte of it; none in a store that is new.
    public Latest latest() throws IOException {
        List<DamagedCheckpoint> damaged = new ArrayList<>();
        for (Map.Entry<Long, Path> candidate : complete().descendingMap().entrySet()) {
            try {
                return new Latest(Optional.of(verified(candidate.getKey(), candidate.getValue())), damaged);
            } catch (IllegalArgumentException e) {
                damaged.add(new DamagedCheckpoint(candidate.getValue(), String.valueOf(e.getMessage())));
            } catch (IOException e) {
                // A disk that fails to give a file back is damage too: an older checkpoint may lie on good sectors.
                damaged.add(new DamagedCheckpoint(candidate.getValue(), "cannot be read: " + e));
            }
        }
        return new Latest(Optional.empty(), damaged);
    }

    private static Checkpoint verified(long step, Path checkpoint) throws IOException {
        Manifest manifest = Manifest.read(checkpoint);
        if (manifest.step() != step) {
            throw new IllegalArgumentException(Manifest.FILE + " is of step " + manifest.step());
        }
        for (CheckpointFile file : manifest.files()) {
            file.verify(checkpoint);
        }
        return new Checkpoint(step, checkpoint, manifest.files());
    }

    /// Writes a checkpoint, replacing one of the same step, and deletes those before it that are not to be kept.
    ///
    /// Whatever the contents throw, the temporary folder is removed and the checkpoints there are untouched.
    ///
    /// @param contents the files by name, written in this order
    /// @throws IllegalArgumentException for a negative step or a name that is not a plain file name
    /// @throws IOException when the disk is full, say: names the file that failed and how much had been written
    public Checkpoint write(long step, SequencedMap<String, Content> contents) throws IOException {
        if (step < 0) {
            throw new IllegalArgumentException("negative step " + step);
        }
        contents.keySet().forEach(CheckpointFile::checkName);
        Files.createDirectories(folder);
        recover();
        Path temporary = folder.resolve(TEMPORARY + name(step));
        Checkpoint written;
        try {
            Files.createDirectory(temporary);
            List<CheckpointFile> files = writeFiles(step, temporary, contents);
            force(temporary);
            publish(step, temporary);
            written = new Checkpoint(step, folder.resolve(name(step)), files);
        } catch (Throwable failure) {
            deleteAfter(failure, temporary);
            throw failure;
        }
        try {
            deleteOld(step);
        } catch (IOException e) {
            throw new IOException("wrote checkpoint " + written.folder() + ", but cannot delete an older one: " + e, e);
        }
        return written;
    }

    private List<CheckpointFile> writeFiles(long step, Path temporary, SequencedMap<String, Content> contents)
            throws IOException {
        List<CheckpointFile> files = new ArrayList<>();
        long done = 0;
        String current = Manifest.FILE;
        try {
            for (Map.Entry<String, Content> content : contents.entrySet()) {
                current = content.getKey();
                content.getValue().writeTo(temporary.resolve(current));
                CheckpointFile file = CheckpointFile.seal(temporary, current);
                files.add(file);
                done += file.bytes();
            }
            current = Manifest.FILE;
            new Manifest(Manifest.FORMAT, step, files).write(temporary);
            return files;
        } catch (IOException e) {
            Path failed = temporary.resolve(current);
            long partial = Files.exists(failed) ? Files.size(failed) : 0;
            throw new IOException(
                    "cannot write " + current + " of checkpoint " + folder.resolve(name(step)) + " (" + partial
                            + " bytes of it and " + done + " bytes of " + files.size() + " files before it): "
                            + e.getMessage(),
                    e);
        }
    }

    private void publish(long step, Path temporary) throws IOException {
        Path target = folder.resolve(name(step));
        Path replaced = folder.resolve(REPLACED + name(step));
        if (Files.exists(target)) {
            // No rename replaces a full folder. Between these two, the old one still counts under its other name.
            move(target, replaced);
        }
        move(temporary, target);
        force(folder);
        if (Files.exists(replaced)) {
            delete(replaced);
        }
    }

    private void deleteOld(long step) throws IOException {
        // Later steps, left by a run that was taken up from an earlier checkpoint, are not ours to count.
        List<Path> old = complete().headMap(step, true).descendingMap().values().stream()
                .skip(keep)
                .toList();
        for (Path checkpoint : old) {
            // Renamed first: a half-deleted folder must not look like a damaged checkpoint.
            Path doomed = folder.resolve(TEMPORARY + checkpoint.getFileName());
            move(checkpoint, doomed);
            delete(doomed);
        }
    }

    /// Cleans up after writers that were killed.
    private void recover() throws IOException {
        for (Path entry : entries()) {
            String name = entry.getFileName().toString();
            if (name.startsWith(TEMPORARY)) {
                delete(entry);
            } else if (name.startsWith(REPLACED)) {
                Path original = folder.resolve(name.substring(REPLACED.length()));
                if (Files.exists(original)) {
                    delete(entry);
                } else {
                    move(entry, original);
                }
            }
        }
    }

    /// The finished checkpoints by step, not verified; one being replaced counts if its successor is absent.
    private NavigableMap<Long, Path> complete() throws IOException {
        NavigableMap<Long, Path> complete = new TreeMap<>();
        for (Path entry : entries()) {
            String name = entry.getFileName().toString();
            boolean replaced = name.startsWith(REPLACED);
            Matcher matcher = STEP.matcher(replaced ? name.substring(REPLACED.length()) : name);
            if (matcher.matches() && Files.isDirectory(entry)) {
                long step = Long.parseLong(matcher.group(1));
                complete.merge(step, entry, (before, now) -> replaced ? before : now);
            }
        }
        return complete;
    }

    private List<Path> entries() throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static String name(long step) {
        return String.format("step-%08d", step);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path tree) throws IOException {
        List<Path> leavesFirst;
        try (Stream<Path> paths = Files.walk(tree)) {
            leavesFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : leavesFirst) {
            Files.delete(path);
        }
    }

    private static void deleteAfter(Throwable failure, Path temporary) {
        try {
            if (Files.exists(temporary)) {
                delete(temporary);
            }
        } catch (IOException e) {
            failure.addSuppressed(e); // the next write cleans up
        }
    }

    /// Makes the names in a folder lasting. Windows cannot open folders and keeps its own journal.
    private static void force(Path folder) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }
}
