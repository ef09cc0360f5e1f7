package dev.cortado.model.weights;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The JSON header of a safetensors file, read and proven: the tensors tile the data area without overlap or
/// hole, in whatever order the header names them, and each one's range is as long as its shape and dtype say.
///
/// ```json
/// {"__metadata__": {"format": "pt"}, "norm.weight": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}}
/// ```
///
/// @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
record SafetensorsHeader(SequencedMap<String, Range> tensors, SequencedMap<String, String> metadata) {
    /// Bytes of the little-endian header length that opens a file.
    static final int LENGTH_BYTES = 8;
    /// The format's own limit.
    static final int MAX_BYTES = 100_000_000;
    /// The key that is not a tensor.
    static final String METADATA = "__metadata__";

    // More than any framework supports; a bound keeps a hostile header's shapes from outgrowing the header in
    // memory.
    private static final int MAX_RANK = 64;
    private static final Set<String> OTHER_DTYPES =
            Set.of("U16", "U32", "U64", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F4", "F6_E2M3", "F6_E3M2", "C64");

    /// Where a tensor lies: bytes `begin` to `end` (exclusive) of the data area.
    record Range(String name, DType dtype, Shape shape, long begin, long end) {}

    /// Reads a header and checks it against the size of the data area behind it.
    ///
    /// @throws IllegalArgumentException naming the file, the tensor and what is wrong
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        if (json.length == 0 || json[0] != '{') {
            throw new IllegalArgumentException(file + ": the header does not start with '{': not a safetensors file");
        }
        var header = new SafetensorsHeader(new LinkedHashMap<>(), new LinkedHashMap<>());
        var text = new StrictJson(file, json);
        boolean metadataSeen = false;
        text.openObject("the header");
        while (text.nextKey()) {
            String name = text.key();
            if (name.equals(METADATA)) {
                if (metadataSeen) {
                    throw text.wrong("duplicate " + METADATA);
                }
                metadataSeen = true;
                header.readMetadata(text);
            } else if (header.tensors.put(name, readRange(text, name)) != null) {
                throw text.wrong("duplicate tensor " + StrictJson.quoted(name));
            }
        }
        text.end();
        header.checkTiling(text, dataBytes);
        return header;
    }

    private void readMetadata(StrictJson text) {
        text.openObject(METADATA);
        while (text.nextKey()) {
            String key = text.key();
            if (metadata.put(key, text.string(METADATA + " value of " + StrictJson.quoted(key))) != null) {
                throw text.wrong("duplicate key " + StrictJson.quoted(key) + " in " + METADATA);
            }
        }
    }

    private static Range readRange(StrictJson text, String name) {
        String tensor = "tensor " + StrictJson.quoted(name);
        @Nullable DType dtype = null;
        @Nullable Shape shape = null;
        long @Nullable [] offsets = null;
        text.openObject(tensor);
        while (text.nextKey()) {
            String key = text.key();
            String what = tensor + ": " + StrictJson.quoted(key);
            switch (key) {
                case "dtype" -> dtype = once(text, what, dtype, dtype(text, tensor, text.string(what)));
                case "shape" -> shape = once(text, what, shape, shape(text, tensor, text.counts(what, MAX_RANK)));
                case "data_offsets" -> offsets = once(text, what, offsets, text.counts(what, 2));
                default -> throw text.wrong(what + " is not a key of the format (dtype, shape, data_offsets)");
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw text.wrong(tensor + " lacks dtype, shape or data_offsets");
        }
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw text.wrong(tensor + ": data_offsets " + Arrays.toString(offsets) + " are not [begin, end]");
        }
        if (!StoredTensor.holds(shape, dtype, offsets[1] - offsets[0])) {
            throw text.wrong(tensor + ": data_offsets " + Arrays.toString(offsets) + " hold "
                    + (offsets[1] - offsets[0]) + " bytes, but " + dtype + " " + shape + " takes another number");
        }
        return new Range(name, dtype, shape, offsets[0], offsets[1]);
    }

    private static <T> T once(StrictJson text, String what, @Nullable T before, T now) {
        if (before != null) {
            throw text.wrong(what + " is given twice");
        }
        return now;
    }

    private static DType dtype(StrictJson text, String tensor, String name) {
        Optional<DType> dtype =
                Arrays.stream(DType.values()).filter(d -> d.name().equals(name)).findFirst();
        return dtype.orElseThrow(() -> text.wrong(tensor + " has dtype " + StrictJson.quoted(name)
                + (OTHER_DTYPES.contains(name)
                        ? ", which is not supported: convert the file to one of "
                        : ", which the format does not know: it should be one of ")
                + Arrays.toString(DType.values())));
    }

    private static Shape shape(StrictJson text, String tensor, long[] sizes) {
        try {
            return Shape.of(sizes);
        } catch (IllegalArgumentException e) {
            throw text.wrong(tensor + ": " + e.getMessage());
        }
    }

    /// Ranges in file order must each begin where the one before ended, from 0 to the end of the file.
    private void checkTiling(StrictJson text, long dataBytes) {
        List<Range> inFileOrder = tensors.values().stream()
                .sorted(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end))
                .toList();
        long expected = 0;
        for (Range range : inFileOrder) {
            String tensor = "tensor " + StrictJson.quoted(range.name());
            if (range.end() > dataBytes) {
                throw text.wrong(tensor + " ends at byte " + range.end() + " of the data, but the file holds only "
                        + dataBytes + ": it is truncated, fetch it again");
            }
            if (range.begin() < expected) {
                throw text.wrong(tensor + " begins at byte " + range.begin()
                        + " of the data and overlaps the tensor that ends at " + expected);
            }
            if (range.begin() > expected) {
                throw text.wrong("hole of " + (range.begin() - expected) + " bytes before " + tensor);
            }
            expected = range.end();
        }
        if (expected < dataBytes) {
            throw text.wrong((dataBytes - expected) + " bytes after the last tensor belong to none");
        }
    }
}
