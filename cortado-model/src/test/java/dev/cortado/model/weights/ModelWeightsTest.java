package dev.cortado.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelWeightsTest {
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    private static OutgoingTensor tensor(String name, int elements) {
        float[] values = new float[elements];
        values[0] = name.hashCode();
        return OutgoingTensor.of(name, DType.F32, Shape.of(elements), MemorySegment.ofArray(values));
    }

    /// Shards of 100 bytes: a and b, the larger c alone, d.
    private void writeThreeShards() throws IOException {
        ModelWeightsWriter.write(
                folder, List.of(tensor("b", 10), tensor("a", 15), tensor("c", 50), tensor("d", 1)), 100);
    }

    @Test
    void allWaysToSplitGiveTheSameTensors() throws IOException {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<OutgoingTensor> tensors = HandMade.tensors(random);
            ModelWeightsWriter.write(folder, tensors, random.nextLong(1, 2000));
            try (WeightSource read = ModelWeights.open(folder)) {
                assertThat(read.names())
                        .as("seed " + seed)
                        .containsExactlyInAnyOrderElementsOf(
                                tensors.stream().map(OutgoingTensor::name).toList());
                for (OutgoingTensor tensor : tensors) {
                    StoredTensor stored = read.find(tensor.name()).orElseThrow();
                    assertThat(stored.bytes().toArray(ValueLayout.JAVA_BYTE))
                            .as("seed " + seed)
                            .isEqualTo(HandMade.content(tensor));
                }
                assertThat(read.find("none of them")).isEmpty();
            }
            // Each save replaces the last one wholly, sharded or not.
            List<String> names = HandMade.names(folder);
            assertThat(names.contains(INDEX)).as("seed " + seed).isNotEqualTo(names.contains("model.safetensors"));
            if (names.contains(INDEX)) {
                assertThat(names).as("seed " + seed).contains(ShardIndex.shard(1, names.size() - 1));
            } else {
                assertThat(names).as("seed " + seed).hasSize(1);
            }
        }
    }

    @Test
    void shardsAreFilledInOrderAndIndexed() throws IOException {
        writeThreeShards();
        assertThat(HandMade.names(folder))
                .containsExactly(
                        "model-00001-of-00003.safetensors",
                        "model-00002-of-00003.safetensors",
                        "model-00003-of-00003.safetensors",
                        INDEX);
        JsonNode index = new JsonMapper().readTree(Files.readString(folder.resolve(INDEX)));
        assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(4 * 76);
        assertThat(index.at("/weight_map").propertyNames()).containsExactly("a", "b", "c", "d");
        assertThat(index.at("/weight_map/a").asString()).isEqualTo("model-00001-of-00003.safetensors");
        assertThat(index.at("/weight_map/c").asString()).isEqualTo("model-00002-of-00003.safetensors");
    }

    @Test
    void aFailedSaveLeavesTheOldWeights() throws IOException {
        writeThreeShards();
        List<OutgoingTensor> tensors = new ArrayList<>(List.of(tensor("a", 20), tensor("b", 20)));
        tensors.add(new OutgoingTensor("c", DType.F32, Shape.of(20), _ -> {
            throw new IOException("the source is gone");
        }));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ModelWeightsWriter.write(folder, tensors, 100));
        assertThat(HandMade.names(folder)).hasSize(4);
        try (WeightSource read = ModelWeights.open(folder)) {
            assertThat(read.names()).containsExactly("a", "b", "c", "d");
            assertThat(read.find("c").orElseThrow().shape()).isEqualTo(Shape.of(50));
        }
    }

    @Test
    void theSingleFileCountsWhereBothAre() throws IOException {
        writeThreeShards();
        SafetensorsWriter.write(folder.resolve("model.safetensors"), List.of(tensor("only", 1)));
        try (WeightSource read = ModelWeights.open(folder)) {
            assertThat(read.names()).containsExactly("only");
        }
    }

    @Test
    void aFolderWithoutWeightsAndAMissingShardAreNamed() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> ModelWeights.open(folder).close())
                .withMessageContaining("holds neither");
        writeThreeShards();
        Files.delete(folder.resolve("model-00002-of-00003.safetensors"));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> ModelWeights.open(folder).close())
                .withMessageContaining("model-00002-of-00003.safetensors: named by");
    }

    @Test
    void aShardOfAnotherSaveIsRefused() throws IOException {
        writeThreeShards();
        Path second = folder.resolve("model-00002-of-00003.safetensors");
        SafetensorsWriter.write(second, List.of(tensor("other", 50)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelWeights.open(folder).close())
                .withMessageContaining(second + ": lacks tensor 'c'");
        SafetensorsWriter.write(second, List.of(tensor("c", 50), tensor("other", 50)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelWeights.open(folder).close())
                .withMessageContaining(second + ": holds tensor 'other'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.safetensors",
                "a/x.safetensors",
                "a\\\\x.safetensors",
                "/x.safetensors",
                "..",
                "",
                "x.safetensors\\u0000.bin",
                "x.bin"
            })
    void shardsOutsideTheFolderAreRefused(String shard) throws IOException {
        assertRefused("{\"weight_map\":{\"a\":\"" + shard + "\"}}", "tensor 'a' is said to be in");
    }

    @Test
    void malformedIndexesAreRefused() throws IOException {
        assertRefused("", "the index must be an object");
        assertRefused("[]", "the index must be an object");
        assertRefused("{}", "no weight_map");
        assertRefused("{\"weight_map\":{}}", "no weight_map, or an empty one");
        assertRefused("{\"weight_map\":[]}", "weight_map must be an object");
        assertRefused("{\"weight_map\":{\"a\":1}}", "the file of tensor 'a' must be a string");
        assertRefused("{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"y.safetensors\"}}", "duplicate tensor 'a'");
        assertRefused(
                "{\"metadata\":{\"total_size\":[1,{\"x\":2}]},\"weight_map\":{\"a\":\"x.safetensors\"",
                "malformed JSON");
        assertRefused("{\"weight_map\":{\"a\":\"x.safetensors\"}} x", "malformed JSON");
    }

    /// No damage to an index does anything but open the folder or be complained of properly.
    @Test
    void damagedIndexesAreReadOrRefused() throws IOException {
        writeThreeShards();
        Path file = folder.resolve(INDEX);
        byte[] original = Files.readAllBytes(file);
        int opened = 0;
        for (long seed = 0; seed < 3000; seed++) {
            Files.write(file, SafetensorsFuzzTest.damage(new Random(seed), original));
            try (WeightSource read = ModelWeights.open(folder)) {
                opened++;
                assertThat(read.names()).as("seed " + seed).hasSize(4);
            } catch (IllegalArgumentException | NoSuchFileException e) {
                assertThat(e.getMessage().lines()).as("seed " + seed).hasSize(1);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
        assertThat(opened).isBetween(100, 2000);
    }

    private void assertRefused(String index, String complaint) throws IOException {
        Path file = HandMade.write(folder, INDEX, index.getBytes(UTF_8));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelWeights.open(folder).close())
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(complaint);
    }

    @Test
    void aLimitMustBePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelWeightsWriter.write(folder, List.of(), 0));
    }
}
