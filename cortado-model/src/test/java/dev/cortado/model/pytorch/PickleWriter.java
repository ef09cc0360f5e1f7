package dev.cortado.model.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes pickles of protocol 2, instruction by instruction, right and wrong.
final class PickleWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    PickleWriter() {
        op(0x80, 2);
    }

    /// A pickle that begins with no protocol.
    static PickleWriter bare() {
        var writer = new PickleWriter();
        writer.bytes.reset();
        return writer;
    }

    PickleWriter op(int... codes) {
        for (int code : codes) {
            bytes.write(code);
        }
        return this;
    }

    PickleWriter ascii(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleWriter int32(int value) {
        bytes.writeBytes(little(4).putInt(value).array());
        return this;
    }

    PickleWriter int64(long value) {
        bytes.writeBytes(little(8).putLong(value).array());
        return this;
    }

    PickleWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        op('X').int32(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /// LONG1 of eight bytes.
    PickleWriter whole(long value) {
        return op(0x8a, 8).int64(value);
    }

    PickleWriter wholes(long... values) {
        op('(');
        for (long value : values) {
            whole(value);
        }
        return op('t');
    }

    PickleWriter global(String module, String name) {
        return ascii("c" + module + "\n" + name + "\n");
    }

    PickleWriter storage(String type, String key, long count) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .whole(count)
                .op('t', 'Q');
    }

    /// A tensor in the storage that is written next to it.
    PickleWriter tensor(String type, String key, long count, long offset, long[] sizes, long... strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(type, key, count)
                .whole(offset)
                .wholes(sizes)
                .wholes(strides)
                .op(0x89)
                .global("collections", "OrderedDict")
                .op(')', 'R', 't', 'R');
    }

    /// The pickle, ended properly.
    byte[] stopped() {
        return op('.').bytes();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
