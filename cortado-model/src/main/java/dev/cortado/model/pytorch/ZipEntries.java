package dev.cortado.model.pytorch;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Where the entries of a zip file lie, found through its central directory, so that stored ones can be used where
/// they are (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, with 64-bit sizes).
///
/// Entries may overlap: they are only ever looked at.
final class ZipEntries {
    private static final ValueLayout.OfShort INT16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The first four bytes of a file.
    static final int LOCAL = 0x04034b50;

    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int END_64_BYTES = 56;
    private static final int LOCATOR_BYTES = 20;
    private static final int EXTRA_64 = 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final long WIDE = 0xFFFF_FFFFL; // the true value is 64 bits wide and elsewhere
    // A hundred bytes an entry, held in memory in a few times as many.
    private static final long MAX_DIRECTORY = 64L << 20;

    private final Path file;
    private final MemorySegment bytes;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

    /// One entry.
    ///
    /// @param offset of its data in the file
    /// @param size   of its data in the file
    /// @param length of its content
    record Entry(String name, int method, long offset, long size, long length) {
        boolean stored() {
            return method == STORED && size == length;
        }
    }

    private ZipEntries(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /// Reads the directory of a zip file.
    ///
    /// @throws IllegalArgumentException when it is damaged, or an entry does not lie inside the file
    static ZipEntries read(Path file, MemorySegment bytes) {
        var zip = new ZipEntries(file, bytes);
        zip.readDirectory();
        return zip;
    }

    SequencedMap<String, Entry> all() {
        return entries;
    }

    /// The content of a stored entry, in place.
    MemorySegment content(Entry entry) {
        if (!entry.stored()) {
            throw wrong("entry " + Quoted.text(entry.name) + " is compressed, which PyTorch never does with tensors:"
                    + " refused");
        }
        return bytes.asSlice(entry.offset, entry.size);
    }

    /// The content of an entry, inflated where it has to be.
    MemorySegment inflated(Entry entry, long most) {
        if (entry.length > most || entry.size > most) {
            throw wrong("entry " + Quoted.text(entry.name) + " has " + entry.length + " bytes; at most " + most
                    + " are read");
        }
        if (entry.method != DEFLATED) {
            return content(entry);
        }
        var content = new ByteArrayOutputStream();
        try (var inflater = new Inflater(true)) {
            inflater.setInput(bytes.asSlice(entry.offset, entry.size).toArray(ValueLayout.JAVA_BYTE));
            byte[] part = new byte[1 << 16];
            while (!inflater.finished() && content.size() <= entry.length) {
                int count = inflater.inflate(part);
                if (count == 0 && !inflater.finished()) {
                    throw wrong("entry " + Quoted.text(entry.name) + " ends early");
                }
                content.write(part, 0, count);
            }
        } catch (DataFormatException e) {
            throw new IllegalArgumentException(
                    file + ": entry " + Quoted.text(entry.name) + " is not deflated properly", e);
        }
        if (content.size() != entry.length) {
            throw wrong(
                    "entry " + Quoted.text(entry.name) + " is said to have " + entry.length + " bytes, but has others");
        }
        return MemorySegment.ofArray(content.toByteArray());
    }

    private void readDirectory() {
        long end = end();
        long count = uint16(end + 10);
        long size = uint32(end + 12);
        long start = uint32(end + 16);
        if (count == 0xFFFF || size == WIDE || start == WIDE) {
            long end64 = end64(end);
            count = int64(end64 + 32);
            size = int64(end64 + 40);
            start = int64(end64 + 48);
        }
        require(start, size, end, "the directory");
        if (size > MAX_DIRECTORY || count < 0 || count > size / CENTRAL_BYTES) {
            throw wrong("its zip directory claims " + count + " entries in " + size + " bytes");
        }
        long position = start;
        for (long i = 0; i < count; i++) {
            position = readEntry(position, start + size);
        }
        if (position != start + size) {
            throw wrong("its zip directory holds more than the " + count + " entries it claims");
        }
    }

    /// The record at the end of every zip file; a comment may follow it.
    private long end() {
        long last = bytes.byteSize() - END_BYTES;
        for (long at = last; at >= Math.max(0, last - 0xFFFF); at--) {
            if (int32(at) == END && uint16(at + 20) == last - at) {
                return at;
            }
        }
        throw wrong("its zip directory is missing: it is truncated, fetch it again");
    }

    private long end64(long end) {
        long locator = end - LOCATOR_BYTES;
        if (locator < 0 || int32(locator) != LOCATOR_64) {
            throw wrong("its zip directory lacks the 64-bit record it refers to");
        }
        long end64 = int64(locator + 8);
        require(end64, END_64_BYTES, locator, "the 64-bit record");
        if (int32(end64) != END_64) {
            throw wrong("its zip directory has no 64-bit record at " + end64);
        }
        return end64;
    }

    /// Reads one entry of the directory and gives the position of the next.
    private long readEntry(long at, long limit) {
        require(at, CENTRAL_BYTES, limit, "an entry of the directory");
        if (int32(at) != CENTRAL) {
            throw wrong("its zip directory is damaged at byte " + at);
        }
        int nameLength = uint16(at + 28);
        int extraLength = uint16(at + 30);
        long next = at + CENTRAL_BYTES + nameLength + extraLength + uint16(at + 32);
        require(at, next - at, limit, "an entry of the directory");
        byte[] rawName = bytes.asSlice(at + CENTRAL_BYTES, nameLength).toArray(ValueLayout.JAVA_BYTE);
        String name = new String(rawName, StandardCharsets.UTF_8);
        if ((uint16(at + 8) & 1) != 0) {
            throw wrong("entry " + Quoted.text(name) + " is encrypted");
        }
        var wide = new WideFields(at + CENTRAL_BYTES + nameLength, extraLength);
        long length = wide.orNext(uint32(at + 24));
        long size = wide.orNext(uint32(at + 20));
        long local = wide.orNext(uint32(at + 42));
        require(local, LOCAL_BYTES, bytes.byteSize(), "the header of entry " + Quoted.text(name));
        if (int32(local) != LOCAL) {
            throw wrong("entry " + Quoted.text(name) + " has no header at byte " + local);
        }
        long offset = local + LOCAL_BYTES + uint16(local + 26) + uint16(local + 28);
        require(offset, size, bytes.byteSize(), "entry " + Quoted.text(name));
        if (length < 0) {
            throw wrong("entry " + Quoted.text(name) + " has a length of " + Long.toUnsignedString(length));
        }
        if (entries.put(name, new Entry(name, uint16(at + 10), offset, size, length)) != null) {
            throw wrong("has entry " + Quoted.text(name) + " twice");
        }
        return next;
    }

    /// The extra field with those values of an entry that do not fit 32 bits, one after the other.
    private final class WideFields {
        private long position;
        private long limit;

        WideFields(long extra, int extraLength) {
            long end = extra + extraLength;
            for (long at = extra; at + 4 <= end && limit == 0; at += 4 + uint16(at + 2)) {
                if (uint16(at) == EXTRA_64) {
                    position = at + 4;
                    limit = Math.min(end, position + uint16(at + 2));
                }
            }
        }

        long orNext(long value) {
            if (value != WIDE) {
                return value;
            }
            if (position + 8 > limit) {
                throw wrong("its zip directory lacks a 64-bit size");
            }
            position += 8;
            return int64(position - 8);
        }
    }

    private void require(long offset, long size, long limit, String what) {
        if (offset < 0 || size < 0 || offset > limit || size > limit - offset) {
            throw wrong(what + " is said to take " + Long.toUnsignedString(size) + " bytes from "
                    + Long.toUnsignedString(offset) + " on, which end at " + limit + ": truncated or damaged");
        }
    }

    private int uint16(long at) {
        return Short.toUnsignedInt(bytes.get(INT16, at));
    }

    private int int32(long at) {
        return bytes.get(INT32, at);
    }

    private long uint32(long at) {
        return Integer.toUnsignedLong(int32(at));
    }

    private long int64(long at) {
        return bytes.get(INT64, at);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(file + ": " + what);
    }
}
