package dev.cortado.text.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Documents in files, in an order that is the same in every run. Files are UTF-8:
/// - `.txt`: the file is one document;
/// - `.jsonl`: each line is one, `{"text": "…", "id": "…"}`; the id may be missing, other keys are ignored, empty
///   lines are passed over;
/// - a folder: all its files of these kinds, subfolders included, in the order of their paths; names that begin with a
///   dot are passed over.
///
/// A document without any text is none. Documents are streamed: of a `.jsonl` file one line is in memory at a time.
public final class Corpus {
    private static final Set<String> KNOWN = Set.of(".txt", ".jsonl");
    private static final String KNOWN_TEXT = "known are .txt and .jsonl";

    private final List<SourceFile> files;
    private final String name;
    private final Function<Document, Optional<Document>> part;

    /// A file to read and what its documents' ids begin with.
    record SourceFile(Path path, String id) {
        boolean isJsonLines() {
            return id.toLowerCase(Locale.ROOT).endsWith(".jsonl");
        }
    }

    private Corpus(List<SourceFile> files, String name, Function<Document, Optional<Document>> part) {
        this.files = files;
        this.name = name;
        this.part = part;
    }

    /// The documents of some files and folders, one after the other.
    ///
    /// @throws NoSuchFileException when one is missing
    /// @throws IllegalArgumentException when a file's extension is unknown, a file is given twice, or all are empty
    public static Corpus open(List<Path> paths) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (Files.isDirectory(path)) {
                files.addAll(inFolder(path));
            } else {
                files.add(source(path, String.valueOf(path.getFileName())));
            }
        }
        String name = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
        Set<Path> seen = new HashSet<>();
        boolean empty = true;
        for (SourceFile file : files) {
            if (!seen.add(file.path().toRealPath())) {
                throw new IllegalArgumentException("corpus " + name + " holds " + file.path() + " twice");
            }
            empty &= Files.size(file.path()) == 0;
        }
        if (empty) {
            throw new IllegalArgumentException("corpus " + (name.isEmpty() ? "of no paths" : name)
                    + " is empty: it needs files with text (" + KNOWN_TEXT + ")");
        }
        return new Corpus(List.copyOf(files), name, Optional::of);
    }

    /// The documents, read while the stream is consumed; close it to close the file it is at. It can be asked for
    /// again and gives the same documents.
    ///
    /// Consuming it throws [IllegalArgumentException] for bytes that are not UTF-8 (with file and offset), for a
    /// malformed line (with file and line), and at the end when there was no document at all; and
    /// [java.io.UncheckedIOException] when reading fails.
    public Stream<Document> documents() {
        var reader = new DocumentReader(files, part, name);
        // An explicit iterator, not flatMap over files, whose iterator() would hold all of a file's documents.
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(reader, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(reader::close);
    }

    /// The same corpus with each document replaced by a part of it, or left out.
    Corpus part(String what, Function<Document, Optional<Document>> chosen) {
        return new Corpus(
                files, what + " of " + name, document -> part.apply(document).flatMap(chosen));
    }

    /// @throws IllegalArgumentException when a file belongs to both
    void requireDisjoint(Corpus other) throws IOException {
        Set<Path> here = new HashSet<>();
        for (SourceFile file : files) {
            here.add(file.path().toRealPath());
        }
        for (SourceFile file : other.files) {
            if (here.contains(file.path().toRealPath())) {
                throw new IllegalArgumentException(
                        file.path() + " is in the training corpus (" + name + ") and held out from it");
            }
        }
    }

    /// What was opened, for messages.
    @Override
    public String toString() {
        return name;
    }

    private static List<SourceFile> inFolder(Path folder) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path inside = folder.relativize(path);
                boolean hidden = false;
                for (Path step : inside) {
                    hidden |= step.toString().startsWith(".");
                }
                if (!hidden && Files.isRegularFile(path)) {
                    files.add(source(path, inside.toString().replace('\\', '/')));
                }
            }
        }
        files.sort(Comparator.comparing(SourceFile::id)); // by char, whatever the file system's order is
        return files;
    }

    private static SourceFile source(Path path, String id) {
        int dot = id.lastIndexOf('.');
        String extension = dot < 0 ? "" : id.substring(dot).toLowerCase(Locale.ROOT);
        if (!KNOWN.contains(extension)) {
            throw new IllegalArgumentException(path + " has an unknown extension; " + KNOWN_TEXT);
        }
        return new SourceFile(path, id);
    }
}
