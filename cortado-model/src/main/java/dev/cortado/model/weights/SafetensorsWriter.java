package dev.cortado.model.weights;

import dev.cortado.tensor.DType;
import dev.cortado.text.file.PendingFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes `.safetensors` files: streaming, and all or nothing.
///
/// The layout is the one of the reference implementation: tensors by falling alignment of their dtype, then by
/// name; the header padded with spaces so that the data begins at a multiple of 8. So every tensor is aligned
/// to its width.
///
/// @see SafetensorsHeader
public final class SafetensorsWriter {
    /// The note that other readers look for: row-major tensors as PyTorch has them.
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");

    /// The reference's order of dtypes, which it writes backwards.
    private static final List<DType> RISING = List.of(
            DType.BOOL,
            DType.U8,
            DType.I8,
            DType.F8_E5M2,
            DType.F8_E4M3,
            DType.I16,
            DType.F16,
            DType.BF16,
            DType.I32,
            DType.F32,
            DType.F64,
            DType.I64);

    private static final Comparator<OutgoingTensor> FILE_ORDER = Comparator.comparingInt(
                    (OutgoingTensor tensor) -> -RISING.indexOf(tensor.dtype()))
            .thenComparing(tensor -> tensor.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final int ALIGNMENT = 8;
    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /// Writes a file with the metadata `{"format": "pt"}`, replacing one that is there.
    ///
    /// Whatever is thrown, an older file of the name is untouched and nothing else is left behind.
    ///
    /// @throws IllegalArgumentException for two tensors of one name, or content not as long as its shape says
    /// @throws IOException naming the file and the tensor, when the disk is full or a content fails
    public static void write(Path file, Collection<OutgoingTensor> tensors) throws IOException {
        write(file, tensors, PYTORCH);
    }

    /// Writes a file with the given metadata.
    public static void write(Path file, Collection<OutgoingTensor> tensors, Map<String, String> metadata)
            throws IOException {
        try (PendingFile pending = writePending(file, tensors, metadata)) {
            pending.publish();
        }
    }

    /// Writes and seals a file that its caller then publishes.
    static PendingFile writePending(Path file, Collection<OutgoingTensor> tensors) throws IOException {
        return writePending(file, tensors, PYTORCH);
    }

    private static PendingFile writePending(Path file, Collection<OutgoingTensor> tensors, Map<String, String> metadata)
            throws IOException {
        checkNames(file, tensors);
        List<OutgoingTensor> ordered = tensors.stream().sorted(FILE_ORDER).toList();
        byte[] header = header(file, ordered, metadata);
        PendingFile pending = PendingFile.beside(file);
        try {
            ByteBuffer length =
                    ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            pending.write(length.putLong(header.length).flip());
            pending.write(ByteBuffer.wrap(header));
            for (OutgoingTensor tensor : ordered) {
                tensor.writeTo(pending);
            }
            pending.seal();
            return pending;
        } catch (Throwable failure) {
            pending.closeAfter(failure);
            throw failure;
        }
    }

    /// Two tensors of one name cannot be told apart in any file.
    static void checkNames(Path place, Collection<OutgoingTensor> tensors) {
        Set<String> names = HashSet.newHashSet(tensors.size());
        for (OutgoingTensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "cannot write " + place + ": two tensors named " + StrictJson.quoted(tensor.name()));
            }
        }
    }

    private static byte[] header(Path file, List<OutgoingTensor> ordered, Map<String, String> metadata) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeName(SafetensorsHeader.METADATA).writeStartObject();
                new TreeMap<>(metadata)
                        .forEach((key, value) -> json.writeName(key).writeString(value));
                json.writeEndObject();
            }
            long begin = 0;
            for (OutgoingTensor tensor : ordered) {
                long end = Math.addExact(begin, tensor.bytes());
                json.writeName(tensor.name()).writeStartObject();
                json.writeName("dtype").writeString(tensor.dtype().name());
                json.writeName("shape")
                        .writeArray(tensor.shape().sizes(), 0, tensor.shape().rank());
                json.writeName("data_offsets").writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("cannot write " + file + ": its header of " + bytes.size()
                    + " bytes is over the format's limit of " + SafetensorsHeader.MAX_BYTES);
        }
        return bytes.toByteArray();
    }
}
