package dev.cortado.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No damage to a file makes opening it do anything but succeed within the file or complain properly.
class SafetensorsFuzzTest {
    private static final int ROUNDS = 10_000;

    @TempDir
    Path folder;

    @Test
    void damagedFilesAreReadWithinBoundsOrRefused() throws IOException {
        Path file = folder.resolve("fuzzed.safetensors");
        // Writing forces the disk, so the rounds share a few originals.
        List<byte[]> originals = new ArrayList<>();
        for (long seed = 0; seed < 20; seed++) {
            originals.add(valid(file, new Random(seed)));
        }
        int opened = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            byte[] damaged = damage(random, originals.get(random.nextInt(originals.size())));
            Files.write(file, damaged);
            try (Safetensors read = Safetensors.open(file)) {
                opened++;
                assertTiles(read, damaged, seed);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage().lines()).as("seed " + seed).hasSize(1);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
        // Damage to data or names is no lie about the layout: some files must still open, most must not.
        assertThat(opened).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    private static byte[] valid(Path file, RandomGenerator random) throws IOException {
        SafetensorsWriter.write(file, HandMade.tensors(random).stream().limit(4).toList());
        return Files.readAllBytes(file);
    }

    /// One to three random cuts, insertions or changes.
    static byte[] damage(RandomGenerator random, byte[] bytes) {
        byte[] damaged = bytes;
        for (int i = random.nextInt(1, 4); i > 0 && damaged.length > 0; i--) {
            // Half of the blows go to the length and the start of the header, where they hurt.
            int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(64, damaged.length));
            damaged = switch (random.nextInt(5)) {
                case 0 -> Arrays.copyOf(damaged, at);
                case 1 -> insert(damaged, at, (byte) random.nextInt());
                case 2 -> insert(damaged, at, (byte) "0123456789{}[]\",:-.e \\".charAt(random.nextInt(22)));
                case 3 -> replace(damaged, at, (byte) ('0' + random.nextInt(10)));
                default -> replace(damaged, at, (byte) (damaged[at] ^ 1 << random.nextInt(8)));
            };
        }
        return damaged;
    }

    private static byte[] insert(byte[] bytes, int at, byte value) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
        longer[at] = value;
        return longer;
    }

    private static byte[] replace(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    /// In memory order, the views are exactly the bytes of the file that follow its header.
    private static void assertTiles(Safetensors read, byte[] bytes, long seed) {
        List<StoredTensor> inOrder = read.names().stream()
                .map(name -> read.find(name).orElseThrow())
                .filter(tensor -> tensor.bytes().byteSize() > 0)
                .sorted(Comparator.comparingLong(tensor -> tensor.bytes().address()))
                .toList();
        long size =
                inOrder.stream().mapToLong(tensor -> tensor.bytes().byteSize()).sum();
        int position = bytes.length - Math.toIntExact(size);
        for (StoredTensor tensor : inOrder) {
            byte[] content = tensor.bytes().toArray(ValueLayout.JAVA_BYTE);
            assertThat(content)
                    .as("seed " + seed + ", tensor " + tensor.name())
                    .isEqualTo(Arrays.copyOfRange(bytes, position, position + content.length));
            position += content.length;
        }
        assertThat(position).as("seed " + seed).isEqualTo(bytes.length);
    }
}
