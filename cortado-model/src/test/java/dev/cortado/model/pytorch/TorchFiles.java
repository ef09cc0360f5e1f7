package dev.cortado.model.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Files around pickles, as PyTorch writes them.
final class TorchFiles {
    private TorchFiles() {}

    /// Storages by key, in order.
    static Map<String, byte[]> storages(Object... keysAndFloats) {
        Map<String, byte[]> storages = new LinkedHashMap<>();
        for (int i = 0; i < keysAndFloats.length; i += 2) {
            storages.put((String) keysAndFloats[i], floats((float[]) keysAndFloats[i + 1]));
        }
        return storages;
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /// The format since 1.6.
    static byte[] zip(byte[] pickle, Map<String, byte[]> storages) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
        entries.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        return zipOf(entries, ZipEntry.STORED);
    }

    static byte[] zipOf(Map<String, byte[]> entries, int method) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var content : entries.entrySet()) {
                var entry = new ZipEntry(content.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    var crc = new CRC32();
                    crc.update(content.getValue());
                    entry.setCrc(crc.getValue());
                    entry.setSize(content.getValue().length);
                }
                zip.putNextEntry(entry);
                zip.write(content.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /// The format before, of storages of floats.
    static byte[] legacy(byte[] pickle, Map<String, byte[]> storages) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new PickleWriter()
                .op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
                .stopped());
        bytes.writeBytes(new PickleWriter().op('M', 0xe9, 0x03).stopped());
        bytes.writeBytes(new PickleWriter()
                .op('}', '(')
                .text("protocol_version")
                .op('M', 0xe9, 0x03)
                .text("little_endian")
                .op(0x88, 'u')
                .stopped());
        bytes.writeBytes(pickle);
        var keys = new PickleWriter().op(']', '(');
        storages.keySet().forEach(keys::text);
        bytes.writeBytes(keys.op('e').stopped());
        storages.values().forEach(storage -> {
            bytes.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(storage.length / 4)
                    .array());
            bytes.writeBytes(storage);
        });
        return bytes.toByteArray();
    }

    /// A zip file of one entry after another whose sizes and places are all in 64-bit fields.
    static byte[] zip64(Map<String, byte[]> entries) {
        var file = new ByteArrayOutputStream();
        var directory = new ByteArrayOutputStream();
        entries.forEach((name, content) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            long local = file.size();
            file.writeBytes(little(30).putInt(0x04034b50).array());
            byte[] header = file.toByteArray();
            ByteBuffer.wrap(header)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position((int) local + 26)
                    .putShort((short) utf8.length);
            file.reset();
            file.writeBytes(header);
            file.writeBytes(utf8);
            file.writeBytes(content);
            directory.writeBytes(little(46 + utf8.length + 32)
                    .putInt(0x02014b50)
                    .position(20)
                    .putInt(-1)
                    .putInt(-1)
                    .putShort((short) utf8.length)
                    .putShort((short) 32)
                    .position(42)
                    .putInt(-1)
                    .put(utf8)
                    .putInt(0x00000042) // an empty field of another kind first
                    .putShort((short) 1)
                    .putShort((short) 24)
                    .putLong(content.length)
                    .putLong(content.length)
                    .putLong(local)
                    .array());
        });
        long start = file.size();
        file.writeBytes(directory.toByteArray());
        long end64 = file.size();
        file.writeBytes(little(56 + 20 + 22)
                .putInt(0x06064b50)
                .position(32)
                .putLong(entries.size())
                .putLong(directory.size())
                .putLong(start)
                .putInt(0x07064b50)
                .putInt(0)
                .putLong(end64)
                .putInt(1)
                .putInt(0x06054b50)
                .position(76 + 10)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1)
                .array());
        return file.toByteArray();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
