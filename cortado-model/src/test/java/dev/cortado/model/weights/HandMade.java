package dev.cortado.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Files and tensors made by hand, right and wrong.
final class HandMade {
    private HandMade() {}

    /// A file of a header, its true length before it, and zeros as data.
    static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(UTF_8);
        return claiming(json.length, json, dataBytes);
    }

    /// A file that claims any header length.
    static byte[] claiming(long headerLength, byte[] header, int dataBytes) {
        return ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header)
                .array();
    }

    /// A tensor's entry in a header.
    static String entry(String name, String dtype, String shape, String begin, String end) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
                .formatted(name, dtype, shape, begin, end);
    }

    static Path write(Path folder, String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    /// Random bytes in a random shape of rank 0 to 4, which may have no element at all.
    static OutgoingTensor tensor(RandomGenerator random, String name, DType dtype) {
        long[] sizes = new long[random.nextInt(5)];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = random.nextInt(6);
        }
        Shape shape = Shape.of(sizes);
        byte[] bytes = new byte[(int) shape.count() * dtype.bytes()];
        random.nextBytes(bytes);
        return OutgoingTensor.of(name, dtype, shape, MemorySegment.ofArray(bytes));
    }

    /// A few tensors of every dtype, some with names that need escapes, in random order.
    static List<OutgoingTensor> tensors(RandomGenerator random) {
        List<OutgoingTensor> tensors = new ArrayList<>();
        for (DType dtype : DType.values()) {
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                String odd = Character.toString(random.nextInt(1, 0xD800));
                tensors.add(random.nextInt(tensors.size() + 1), tensor(random, dtype + "." + i + odd, dtype));
            }
        }
        return tensors;
    }

    /// The bytes a tensor would give a file.
    static byte[] content(OutgoingTensor tensor) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes());
        tensor.content().writeTo(part -> bytes.put(part.asByteBuffer()));
        return bytes.array();
    }

    /// Names of all files in a folder, hidden ones included.
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
