package dev.cortado.text.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/// Reads the documents of files one after the other, with at most one file open.
final class DocumentReader implements Iterator<Document>, AutoCloseable {
    /// Java cannot hold a longer array, and a document is one string.
    private static final long LONGEST_TEXT = Integer.MAX_VALUE - 16L;

    private final Iterator<Corpus.SourceFile> files;
    private final Function<Document, Optional<Document>> part;
    private final String corpus;
    private Optional<JsonLinesFile> lines = Optional.empty(); // the file being read, when it has lines
    private Optional<Document> next = Optional.empty();
    private boolean any; // document with text so far

    DocumentReader(List<Corpus.SourceFile> files, Function<Document, Optional<Document>> part, String corpus) {
        this.files = files.iterator();
        this.part = part;
        this.corpus = corpus;
    }

    @Override
    public boolean hasNext() {
        try {
            while (next.isEmpty()) {
                Optional<Document> read;
                if (lines.isPresent()) {
                    read = lines.get().next();
                    if (read.isEmpty()) {
                        close();
                    }
                } else if (files.hasNext()) {
                    read = open(files.next());
                } else {
                    break;
                }
                // A part of a document can be empty too, and is then none.
                next = read.filter(DocumentReader::hasText).flatMap(part).filter(DocumentReader::hasText);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A corpus without text is an error, not an empty stream: training on nothing would seem to succeed.
        any |= next.isPresent();
        if (!any) {
            throw new IllegalArgumentException("there is no document with text in " + corpus);
        }
        return next.isPresent();
    }

    @Override
    public Document next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Document document = next.orElseThrow();
        next = Optional.empty();
        return document;
    }

    @Override
    public void close() {
        try {
            if (lines.isPresent()) {
                lines.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines = Optional.empty();
    }

    /// The document that a file is, or nothing when it holds lines, which are then read from `lines`.
    private Optional<Document> open(Corpus.SourceFile file) throws IOException {
        if (file.isJsonLines()) {
            lines = Optional.of(new JsonLinesFile(file));
            return Optional.empty();
        }
        long size = Files.size(file.path());
        if (size > LONGEST_TEXT) {
            throw new IllegalArgumentException(file.path() + " is too long for one document (" + size
                    + " bytes): split it, or write its documents as the lines of a .jsonl file");
        }
        return Optional.of(new Document(file.id(), StrictUtf8.decode(Files.readAllBytes(file.path()), file.path(), 0)));
    }

    private static boolean hasText(Document document) {
        return !document.text().isEmpty();
    }
}
