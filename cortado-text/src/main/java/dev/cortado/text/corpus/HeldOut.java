package dev.cortado.text.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/// Which text is kept out of training to measure with. The choice depends on the corpus alone: the same in every run,
/// and no text is ever on both sides.
public sealed interface HeldOut {
    /// Files or folders of their own.
    record Separate(List<Path> paths) implements HeldOut {
        public Separate {
            paths = List.copyOf(paths);
        }
    }

    /// The last part of each document, from the first line that begins at or after that point: for a corpus of one
    /// file, such as Shakespeare's works, of which nanoGPT holds out the last 10 %. When no line begins there, the
    /// last line is held out; a document of one line is all for training.
    ///
    /// @param fraction of the document's characters, between 0 and 1
    record Tail(double fraction) implements HeldOut {
        public Tail {
            requireFraction(fraction);
        }
    }

    /// Whole documents, chosen by a hash of their ids: adding documents moves no other one to the other side.
    ///
    /// @param fraction of the documents, about, between 0 and 1
    record Sample(double fraction) implements HeldOut {
        public Sample {
            requireFraction(fraction);
        }
    }

    /// A corpus in two.
    record Split(Corpus training, Corpus heldOut) {}

    /// Splits a corpus. A side that turns out to have no document says so when it is read.
    ///
    /// @throws java.nio.file.NoSuchFileException when a separate path is missing
    /// @throws IllegalArgumentException when separate paths overlap with the corpus or are no corpus
    default Split split(Corpus all) throws IOException {
        return switch (this) {
            case Separate(List<Path> paths) -> {
                Corpus heldOut = Corpus.open(paths);
                all.requireDisjoint(heldOut);
                yield new Split(all, heldOut);
            }
            case Tail(double fraction) ->
                new Split(
                        all.part(
                                "what is not the last " + fraction,
                                document -> Optional.of(new Document(
                                        document.id(), document.text().substring(0, cut(document.text(), fraction))))),
                        all.part(
                                "the last " + fraction,
                                document -> Optional.of(new Document(
                                        document.id(), document.text().substring(cut(document.text(), fraction))))));
            case Sample(double fraction) ->
                new Split(
                        all.part(
                                "a sample of " + (1 - fraction),
                                document -> Optional.of(document).filter(d -> point(d.id()) >= fraction)),
                        all.part(
                                "a sample of " + fraction,
                                document -> Optional.of(document).filter(d -> point(d.id()) < fraction)));
        };
    }

    /// Where the held-out tail of a text begins: always after a line feed, or at the end.
    private static int cut(String text, double fraction) {
        int wanted = (int) Math.ceil(text.length() * (1 - fraction));
        int lineEnd = text.indexOf('\n', Math.max(0, wanted - 1));
        if (lineEnd < 0 || lineEnd + 1 == text.length()) {
            lineEnd = text.lastIndexOf('\n', text.length() - 2);
        }
        return lineEnd < 0 ? text.length() : lineEnd + 1;
    }

    /// A number in [0, 1) that depends on the id alone and is spread evenly over ids.
    private static double point(String id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void requireFraction(double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "the held-out fraction must be between 0 and 1, both excluded, not " + fraction);
        }
    }
}
