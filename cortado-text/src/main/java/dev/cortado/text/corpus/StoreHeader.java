package dev.cortado.text.corpus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// The layout of a [TokenStore]'s file, all numbers little-endian:
///
/// | bytes | content |
/// |---|---|
/// | 0–7 | `CRTDTOKS` |
/// | 8–11 | version, 1 |
/// | 12–15 | vocabulary size |
/// | 16–19 | bytes per token: 2, or 4 when the vocabulary has more than 65,536 tokens |
/// | 20–23 | id of the separator |
/// | 24–31 | documents |
/// | 32–39 | tokens, separators included |
/// | 40–47 | bytes of the documents' text as UTF-8 |
/// | 48–55 | 0 |
/// | 56–59 | CRC-32C of bytes 0–55 |
/// | 60–63 | 0 |
/// | 64 … | the tokens, unsigned, then zeros up to a multiple of 8 |
/// | … end | for each document the index of the token it starts at, 8 bytes each |
///
/// @param vocabSize ids are less than this
/// @param separatorId the token before each document and after the last
record StoreHeader(int vocabSize, int separatorId, long documents, long tokens, long textBytes) {
    static final int BYTES = 64;
    private static final byte[] MAGIC = {'C', 'R', 'T', 'D', 'T', 'O', 'K', 'S'};
    private static final int VERSION = 1;
    private static final int SUMMED_BYTES = 56;

    int bytesPerToken() {
        return bytesPerToken(vocabSize);
    }

    static int bytesPerToken(int vocabSize) {
        return vocabSize <= 1 << 16 ? 2 : 4;
    }

    /// Where the documents' starts begin in the file.
    long startsAt() {
        return Math.addExact(BYTES, Math.addExact(Math.multiplyExact(tokens, bytesPerToken()), 7L)) & -8L;
    }

    long fileBytes() {
        return Math.addExact(startsAt(), Math.multiplyExact(documents, 8L));
    }

    ByteBuffer toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putInt(VERSION).putInt(vocabSize).putInt(bytesPerToken());
        bytes.putInt(separatorId).putLong(documents).putLong(tokens).putLong(textBytes);
        return bytes.putInt(SUMMED_BYTES, checksum(bytes)).rewind();
    }

    /// The header of a file, with every number checked against the others and the file's length.
    ///
    /// @throws IllegalArgumentException when it is none or does not fit the file
    static StoreHeader read(ByteBuffer bytes, Path file, long length) {
        if (bytes.remaining() < BYTES || bytes.mismatch(ByteBuffer.wrap(MAGIC)) != MAGIC.length) {
            throw new IllegalArgumentException(file + " is not a token store");
        }
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(8) != VERSION) {
            throw new IllegalArgumentException(file + " is a token store of version " + bytes.getInt(8)
                    + ", only 1 is known: write it again from its corpus");
        }
        if (bytes.getInt(SUMMED_BYTES) != checksum(bytes)) {
            throw damaged(file, "its header's checksum is wrong");
        }
        var header = new StoreHeader(
                bytes.getInt(12), bytes.getInt(20), bytes.getLong(24), bytes.getLong(32), bytes.getLong(40));
        if (header.vocabSize < 1
                || header.separatorId < 0
                || header.separatorId >= header.vocabSize
                || bytes.getInt(16) != header.bytesPerToken()
                || header.documents < 1
                || header.tokens <= header.documents
                || header.textBytes < 0) {
            throw damaged(file, "its header contradicts itself: " + header);
        }
        // Counts beyond the file's length are refused before they are multiplied, so nothing overflows.
        if (header.tokens > length || header.documents > length || header.fileBytes() != length) {
            throw damaged(file, "it has " + length + " bytes, which do not fit its header: " + header);
        }
        return header;
    }

    static IllegalArgumentException damaged(Path file, String what) {
        return new IllegalArgumentException(
                "token store " + file + " is damaged: " + what + "; write it again from its corpus");
    }

    private static int checksum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(SUMMED_BYTES));
        return (int) crc.getValue();
    }
}
