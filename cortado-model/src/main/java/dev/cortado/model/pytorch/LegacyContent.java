package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Constant;
import dev.cortado.model.pytorch.PickleValue.Dict;
import dev.cortado.model.pytorch.PickleValue.Huge;
import dev.cortado.model.pytorch.PickleValue.Items;
import dev.cortado.model.pytorch.PickleValue.Storage;
import dev.cortado.model.pytorch.PickleValue.Text;
import dev.cortado.model.pytorch.PickleValue.Whole;
import dev.cortado.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The format before PyTorch 1.6, and of `torch.save(…, _use_new_zipfile_serialization=False)`: five pickles one
/// after the other (a magic number, the version 1001, facts of the writing machine, the object, the keys of the
/// storages), then the storages in the order of the keys, each behind the number of its elements in 8 bytes.
final class LegacyContent {
    private static final PickleValue MAGIC = new Huge(new BigInteger("1950a86a20f9469cfc6c", 16));
    private static final PickleValue VERSION = new Whole(1001);
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private long position;

    private LegacyContent(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /// Reads the pickles and finds the storages behind them.
    ///
    /// @throws IllegalArgumentException when the file is not of that format
    static PyTorchFile.Content read(Path file, MemorySegment bytes) {
        if (bytes.byteSize() < 2 || bytes.get(ValueLayout.JAVA_BYTE, 0) != (byte) 0x80) {
            throw new IllegalArgumentException(file + ": neither a zip file nor a pickle: not written by torch.save");
        }
        return new LegacyContent(file, bytes).read();
    }

    private PyTorchFile.Content read() {
        if (!(pickle("the magic number").value() instanceof Huge magic) || !magic.equals(MAGIC)) {
            throw wrong("a pickle that does not begin with PyTorch's magic number: not written by torch.save");
        }
        if (!(pickle("the version").value() instanceof Whole version) || !version.equals(VERSION)) {
            throw wrong("is not of version 1001, the only one there was");
        }
        requireLittleEndian(pickle("the facts").value());
        PickleMachine.Result object = pickle("the object");
        if (!(pickle("the keys").value() instanceof Items keys)) {
            throw wrong("its keys of storages are no list");
        }
        Map<String, MemorySegment> storages = new HashMap<>();
        for (PickleValue item : keys.items()) {
            if (!(item instanceof Text(String key)) || !object.storages().containsKey(key)) {
                throw wrong("its keys of storages are not those that its object refers to");
            }
            if (storages.put(key, storage(object.storages().get(key))) != null) {
                throw wrong("has storage " + Quoted.text(key) + " twice");
            }
        }
        if (position != bytes.byteSize()) {
            throw wrong((bytes.byteSize() - position) + " bytes after the last storage belong to none");
        }
        return new PyTorchFile.Content(object.value(), storages);
    }

    private PickleMachine.Result pickle(String part) {
        long most = Math.min(PickleMachine.MAX_BYTES, bytes.byteSize() - position);
        var cursor = new PickleCursor(file + ": " + part, bytes.asSlice(position, most));
        PickleMachine.Result result = PickleMachine.run(cursor);
        position += cursor.position();
        return result;
    }

    private void requireLittleEndian(PickleValue facts) {
        boolean little = facts instanceof Dict dict
                && dict.entries().stream()
                        .anyMatch(entry -> entry.key() instanceof Text(String key)
                                && key.equals("little_endian")
                                && entry.value() == Constant.TRUE);
        if (!little) {
            throw wrong("does not say that its numbers are little-endian: only such can be read");
        }
    }

    private MemorySegment storage(Storage storage) {
        long rest = bytes.byteSize() - position - Long.BYTES;
        long width = storage.dtype().map(DType::bytes).orElse(1);
        if (rest < 0 || storage.bytes() > rest) {
            throw wrong("storage " + Quoted.text(storage.key()) + " of " + storage.bytes()
                    + " bytes reaches behind the end: truncated, fetch it again");
        }
        long count = bytes.get(INT64, position);
        if (count != storage.bytes() / width) {
            throw wrong("storage " + Quoted.text(storage.key()) + " has " + count + " elements, but its object says "
                    + storage.bytes() / width);
        }
        position += Long.BYTES + storage.bytes();
        return bytes.asSlice(position - storage.bytes(), storage.bytes());
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(file + ": " + what);
    }
}
