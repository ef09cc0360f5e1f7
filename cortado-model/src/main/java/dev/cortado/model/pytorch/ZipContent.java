package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The format since PyTorch 1.6: a zip file of one folder with the pickle `data.pkl`, the storages `data/0`, `data/1`
/// and so on, stored as they are, and `byteorder`.
final class ZipContent {
    private static final String PICKLE = "data.pkl";

    private ZipContent() {}

    /// Reads the pickle and finds the storages it refers to.
    ///
    /// @throws IllegalArgumentException when the file is not of that format
    static PyTorchFile.Content read(Path file, MemorySegment bytes) {
        ZipEntries zip = ZipEntries.read(file, bytes);
        List<ZipEntries.Entry> pickles = zip.all().values().stream()
                .filter(entry -> entry.name().equals(PICKLE) || entry.name().endsWith("/" + PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw new IllegalArgumentException(file + ": a zip file with " + pickles.size() + " entries " + PICKLE
                    + " instead of one: not written by torch.save");
        }
        ZipEntries.Entry pickle = pickles.getFirst();
        String folder = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
        if (zip.all().containsKey(folder + "constants.pkl")) {
            throw new IllegalArgumentException(
                    file + ": a TorchScript program, not weights: save its state_dict() with torch.save");
        }
        requireLittleEndian(file, zip, folder);
        var cursor = new PickleCursor(file + ": " + PICKLE, zip.inflated(pickle, PickleMachine.MAX_BYTES));
        PickleMachine.Result result = PickleMachine.run(cursor);
        Map<String, MemorySegment> storages = new HashMap<>();
        for (Storage storage : result.storages().values()) {
            ZipEntries.Entry entry = zip.all().get(folder + "data/" + storage.key());
            if (entry != null) {
                storages.put(storage.key(), zip.content(entry));
            }
        }
        return new PyTorchFile.Content(result.value(), storages);
    }

    /// Files without the entry are older than PyTorch's support of other machines.
    private static void requireLittleEndian(Path file, ZipEntries zip, String folder) {
        ZipEntries.Entry entry = zip.all().get(folder + "byteorder");
        if (entry == null) {
            return;
        }
        byte[] order = zip.inflated(entry, 16).toArray(ValueLayout.JAVA_BYTE);
        String name = new String(order, StandardCharsets.US_ASCII);
        if (!name.equals("little")) {
            throw new IllegalArgumentException(
                    file + ": its numbers are in byte order " + Quoted.text(name) + "; only 'little' can be read");
        }
    }
}
