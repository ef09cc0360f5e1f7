package dev.cortado.model.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchFileTest {
    private static final Map<String, byte[]> SIX = TorchFiles.storages("0", new float[] {1, 2, 3, 4, 5, 6});

    @TempDir
    Path folder;

    private PyTorchFile open(byte[] bytes) throws IOException {
        return PyTorchFile.open(Files.write(folder.resolve("pytorch_model.bin"), bytes));
    }

    static float[] floats(PyTorchFile file, String name) {
        StoredTensor tensor = file.find(name).orElseThrow();
        assertThat(tensor.dtype()).isEqualTo(DType.F32);
        return tensor.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /// What Python's pickle module writes for an OrderedDict of tensors and other things, with attributes, where
    /// classes named as PyTorch's stand in for them; by protocol.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Y2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnEAKVJxAShYAQAAAHdxAmN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3Yy"
                    + "CnEDKChYBwAAAHN0b3JhZ2VxBGN0b3JjaApGbG9hdFN0b3JhZ2UKcQVYAQAAADBxBlgDAAAAY3B1cQdLBnRxCFFLAChLAksD"
                    + "dHEJKEsDSwF0cQpJMDAKaAApUnELdHEMUnENWAYAAAB0dXJuZWRxDmgDKChoBGgFaAZoB0sGdHEPUUsAKEsDSwJ0cRAoSwFL"
                    + "A3RxEUkwMApoAClScRJ0cRNScRRYBAAAAHRpZWRxFWgNWAQAAABsYXN0cRZjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3BhcmFt"
                    + "ZXRlcgpxFyhoAygoaARoBWgGaAdLBnRxGFFLBSkpSTAwCmgAKVJxGXRxGlJxG0kwMQpoAClScRx0cR1ScR5YBQAAAHN0ZXBz"
                    + "cR9KcBEBAFgEAAAAaHVnZXEgTC0xMjA4OTI1ODE5NjE0NjI5MTc0NzA2MTc2TApYAgAAAGxycSFHP/gAAAAAAABYBAAAAG5v"
                    + "bmVxIk5YAgAAAG9ucSNJMDEKWAQAAABsaXN0cSRdcSUoSwEoSwJ0cSZYAQAAAHhxJ2VYBAAAAHNpemVxKGN0b3JjaApTaXpl"
                    + "CnEpKChLAksDdHEqdHErUnEsWAQAAABhcmdzcS19cS5YAQAAAGFxL31xMFgBAAAAYnExSvn///9zc3V9cTJYCQAAAF9tZXRh"
                    + "ZGF0YXEzaAApUnE0WAAAAABxNX1xNlgHAAAAdmVyc2lvbnE3SwFzc3NiLg==",
                "gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgBAAAAd3ECY3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3Jf"
                    + "djIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkZsb2F0U3RvcmFnZQpxBVgBAAAAMHEGWAMAAABjcHVxB0sGdHEIUUsASwJL"
                    + "A4ZxCUsDSwGGcQqJaAApUnELdHEMUnENWAYAAAB0dXJuZWRxDmgDKChoBGgFaAZoB0sGdHEPUUsASwNLAoZxEEsBSwOGcRGJ"
                    + "aAApUnESdHETUnEUWAQAAAB0aWVkcRVoDVgEAAAAbGFzdHEWY3RvcmNoLl91dGlscwpfcmVidWlsZF9wYXJhbWV0ZXIKcRdo"
                    + "AygoaARoBWgGaAdLBnRxGFFLBSkpiWgAKVJxGXRxGlJxG4hoAClScRyHcR1ScR5YBQAAAHN0ZXBzcR9KcBEBAFgEAAAAaHVn"
                    + "ZXEgigsAAAAAAAAAAAAA/1gCAAAAbHJxIUc/+AAAAAAAAFgEAAAAbm9uZXEiTlgCAAAAb25xI4hYBAAAAGxpc3RxJF1xJShL"
                    + "AUsChXEmWAEAAAB4cSdlWAQAAABzaXplcShjdG9yY2gKU2l6ZQpxKUsCSwOGcSqFcStScSxYBAAAAGFyZ3NxLX1xLlgBAAAA"
                    + "YXEvfXEwWAEAAABicTFK+f///3NzdX1xMlgJAAAAX21ldGFkYXRhcTNoAClScTRYAAAAAHE1fXE2WAcAAAB2ZXJzaW9ucTdL"
                    + "AXNzc2Iu",
                "gASV6AEAAAAAAACMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAF3lIwMdG9yY2guX3V0aWxzlIwSX3JlYnVp"
                    + "bGRfdGVuc29yX3YylJOUKCiMB3N0b3JhZ2WUjAV0b3JjaJSMDEZsb2F0U3RvcmFnZZSTlIwBMJSMA2NwdZRLBnSUUUsASwJL"
                    + "A4aUSwNLAYaUiWgCKVKUdJRSlIwGdHVybmVklGgHKChoCGgLaAxoDUsGdJRRSwBLA0sChpRLAUsDhpSJaAIpUpR0lFKUjAR0"
                    + "aWVklGgTjARsYXN0lGgFjBJfcmVidWlsZF9wYXJhbWV0ZXKUk5RoBygoaAhoC2gMaA1LBnSUUUsFKSmJaAIpUpR0lFKUiGgC"
                    + "KVKUh5RSlIwFc3RlcHOUSnARAQCMBGh1Z2WUigsAAAAAAAAAAAAA/4wCbHKURz/4AAAAAAAAjARub25llE6MAm9ulIiMBGxp"
                    + "c3SUXZQoSwFLAoWUjAF4lGWMBHNpemWUaAmMBFNpemWUk5RLAksDhpSFlFKUjARhcmdzlH2UjAFhlH2UjAFilEr5////c3OM"
                    + "A3NldJSPlChLAZCMBWJ5dGVzlEMDeHl6lHV9lIwJX21ldGFkYXRhlGgCKVKUjACUfZSMB3ZlcnNpb26USwFzc3NiLg==",
                "gAWV/gEAAAAAAACMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAF3lIwMdG9yY2guX3V0aWxzlIwSX3JlYnVp"
                    + "bGRfdGVuc29yX3YylJOUKCiMB3N0b3JhZ2WUjAV0b3JjaJSMDEZsb2F0U3RvcmFnZZSTlIwBMJSMA2NwdZRLBnSUUUsASwJL"
                    + "A4aUSwNLAYaUiWgCKVKUdJRSlIwGdHVybmVklGgHKChoCGgLaAxoDUsGdJRRSwBLA0sChpRLAUsDhpSJaAIpUpR0lFKUjAR0"
                    + "aWVklGgTjARsYXN0lGgFjBJfcmVidWlsZF9wYXJhbWV0ZXKUk5RoBygoaAhoC2gMaA1LBnSUUUsFKSmJaAIpUpR0lFKUiGgC"
                    + "KVKUh5RSlIwFc3RlcHOUSnARAQCMBGh1Z2WUigsAAAAAAAAAAAAA/4wCbHKURz/4AAAAAAAAjARub25llE6MAm9ulIiMBGxp"
                    + "c3SUXZQoSwFLAoWUjAF4lGWMBHNpemWUaAmMBFNpemWUk5RLAksDhpSFlFKUjARhcmdzlH2UjAFhlH2UjAFilEr5////c3OM"
                    + "A3NldJSPlChLAZCMBWJ5dGVzlEMDeHl6lIwGYnVmZmVylJYDAAAAAAAAAHh5epR1fZSMCV9tZXRhZGF0YZRoAilSlIwAlH2U"
                    + "jAd2ZXJzaW9ulEsBc3NzYi4="
            })
    void whatPythonPicklesIsRead(String base64) throws IOException {
        byte[] pickle = Base64.getDecoder().decode(base64);
        for (byte[] bytes : List.of(TorchFiles.zip(pickle, SIX), TorchFiles.legacy(pickle, SIX))) {
            try (PyTorchFile file = open(bytes)) {
                assertThat(file.names()).containsExactly("w", "turned", "tied", "last");
                assertThat(floats(file, "w")).containsExactly(1, 2, 3, 4, 5, 6);
                assertThat(floats(file, "tied")).containsExactly(1, 2, 3, 4, 5, 6);
                assertThat(floats(file, "turned")).containsExactly(1, 4, 2, 5, 3, 6);
                assertThat(floats(file, "last")).containsExactly(6);
                assertThat(file.find("w").orElseThrow().shape()).isEqualTo(Shape.of(2, 3));
                assertThat(file.find("turned").orElseThrow().shape()).isEqualTo(Shape.of(3, 2));
                assertThat(file.find("last").orElseThrow().shape()).isEqualTo(Shape.of());
                assertThat(file.find("steps")).isEmpty();
                assertThat(file.ignored())
                        .startsWith("steps", "huge", "lr", "none", "on", "list", "size", "args")
                        .hasSizeBetween(8, 11);
            }
        }
    }

    /// Tied and contiguous tensors are views of the mapping; a copy is made once.
    @Test
    void nothingIsCopiedThatNeedNotBe() throws IOException {
        byte[] pickle = new PickleWriter()
                .op('}', '(')
                .text("a")
                .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, 3, 1)
                .text("b")
                .tensor("FloatStorage", "0", 6, 3, new long[] {1, 3}, 77, 1)
                .text("c")
                .tensor("FloatStorage", "0", 6, 0, new long[] {2, 2}, 3, 1)
                .op('u')
                .stopped();
        try (PyTorchFile file = open(TorchFiles.zip(pickle, SIX))) {
            long start = file.find("a").orElseThrow().bytes().address();
            assertThat(file.find("b").orElseThrow().bytes().address()).isEqualTo(start + 12);
            assertThat(floats(file, "b")).containsExactly(4, 5, 6);
            assertThat(floats(file, "c")).containsExactly(1, 2, 4, 5);
            assertThat(file.find("c").orElseThrow().bytes().address())
                    .isEqualTo(file.find("c").orElseThrow().bytes().address());
        }
    }

    @Test
    void closingEndsViewsAndCopies() throws IOException {
        PyTorchFile file = open(TorchFiles.zip(strided(new long[] {3, 2}, 1, 3), SIX));
        StoredTensor tensor = file.find("x").orElseThrow();
        file.close();
        file.close();
        assertThatIllegalStateException().isThrownBy(() -> tensor.bytes().get(ValueLayout.JAVA_BYTE, 0));
    }

    private static byte[] strided(long[] sizes, long... strides) {
        return new PickleWriter()
                .op('}')
                .text("x")
                .tensor("FloatStorage", "0", 6, 0, sizes, strides)
                .op('s')
                .stopped();
    }

    /// Any layout gives what counting the elements one by one gives.
    @Test
    void stridesAgreeWithTheirDefinition() throws IOException {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int rank = random.nextInt(5);
            long[] sizes = random.longs(rank, 0, 5).toArray();
            long[] strides = random.longs(rank, 0, 7).toArray();
            long offset = random.nextInt(4);
            float[] storage = new float[128];
            IntStream.range(0, storage.length).forEach(i -> storage[i] = random.nextFloat());
            List<Float> expected = new ArrayList<>();
            collect(storage, (int) offset, sizes, strides, 0, expected);
            byte[] pickle = new PickleWriter()
                    .op('}')
                    .text("x")
                    .tensor("FloatStorage", "s", storage.length, offset, sizes, strides)
                    .op('s')
                    .stopped();
            // The other storage makes room for expanded tensors.
            Map<String, byte[]> storages = TorchFiles.storages("s", storage, "room", new float[700]);
            try (PyTorchFile file = open(TorchFiles.zip(pickle, storages))) {
                List<Float> actual = new ArrayList<>();
                for (float value : floats(file, "x")) {
                    actual.add(value);
                }
                assertThat(actual).as("seed " + seed).isEqualTo(expected);
            }
        }
    }

    /// Matrices larger than a tile of the copy, transposed.
    @Test
    void largeMatricesAreTurned() throws IOException {
        int rows = 70;
        int columns = 45;
        float[] storage = new float[rows * columns + 5];
        IntStream.range(0, storage.length).forEach(i -> storage[i] = i);
        byte[] pickle = new PickleWriter()
                .op('}')
                .text("x")
                .tensor("FloatStorage", "0", storage.length, 5, new long[] {rows, columns}, 1, rows)
                .op('s')
                .stopped();
        List<Float> expected = new ArrayList<>();
        collect(storage, 5, new long[] {rows, columns}, new long[] {1, rows}, 0, expected);
        try (PyTorchFile file = open(TorchFiles.zip(pickle, TorchFiles.storages("0", storage)))) {
            float[] actual = floats(file, "x");
            assertThat(actual).hasSize(expected.size());
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).as("element " + i).isEqualTo(expected.get(i));
            }
        }
    }

    private static void collect(float[] storage, int at, long[] sizes, long[] strides, int dim, List<Float> elements) {
        if (dim == sizes.length) {
            elements.add(storage[at]);
            return;
        }
        for (int i = 0; i < sizes[dim]; i++) {
            collect(storage, at + i * (int) strides[dim], sizes, strides, dim + 1, elements);
        }
    }

    @Test
    void everyDtypeIsRead() throws IOException {
        Map<String, DType> types = new LinkedHashMap<>(Map.of(
                "DoubleStorage", DType.F64,
                "FloatStorage", DType.F32,
                "HalfStorage", DType.F16,
                "BFloat16Storage", DType.BF16,
                "LongStorage", DType.I64,
                "IntStorage", DType.I32,
                "ShortStorage", DType.I16,
                "CharStorage", DType.I8,
                "ByteStorage", DType.U8,
                "BoolStorage", DType.BOOL));
        // Storages older than 8-bit floats; newer files of those are refused by name.
        assertThat(types.values())
                .containsExactlyInAnyOrderElementsOf(Stream.of(DType.values())
                        .filter(dtype -> dtype != DType.F8_E4M3 && dtype != DType.F8_E5M2)
                        .toList());
        byte[] content = new byte[48];
        new Random(1).nextBytes(content);
        var pickle = new PickleWriter().op('}', '(');
        Map<String, byte[]> storages = new LinkedHashMap<>();
        types.forEach((storage, dtype) -> {
            long count = 48 / dtype.bytes();
            storages.put(storage, content);
            pickle.text(storage).tensor(storage, storage, count, 1, new long[] {2}, 2); // elements 1 and 3
        });
        try (PyTorchFile file = open(TorchFiles.zip(pickle.op('u').stopped(), storages))) {
            types.forEach((storage, dtype) -> {
                StoredTensor tensor = file.find(storage).orElseThrow();
                byte[] bytes = tensor.bytes().toArray(ValueLayout.JAVA_BYTE);
                assertThat(tensor.dtype()).isEqualTo(dtype);
                for (int i = 0; i < bytes.length; i++) {
                    int element = 1 + 2 * (i / dtype.bytes());
                    assertThat(bytes[i]).as(storage).isEqualTo(content[element * dtype.bytes() + i % dtype.bytes()]);
                }
            });
        }
    }

    /// The form of newer PyTorch for dtypes without a class of storages.
    @Test
    void untypedStoragesAreRead() throws IOException {
        var pickle = new PickleWriter()
                .op('}')
                .text("x")
                .global("torch._utils", "_rebuild_tensor_v3")
                .op('(', '(')
                .text("storage")
                .global("torch.storage", "UntypedStorage")
                .text("0")
                .text("cpu")
                .whole(24)
                .op('t', 'Q')
                .whole(2)
                .wholes(2)
                .wholes(1)
                .op(0x89)
                .global("collections", "OrderedDict")
                .op(')', 'R')
                .global("torch", "float32")
                .op('N', 't', 'R', 's');
        try (PyTorchFile file = open(TorchFiles.zip(pickle.stopped(), SIX))) {
            assertThat(floats(file, "x")).containsExactly(3, 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"state_dict", "model"})
    void checkpointsOfTrainingProgramsAreUnwrapped(String wrapper) throws IOException {
        var pickle = new PickleWriter()
                .op('}', '(')
                .text("epoch")
                .whole(3)
                .text("model_state_dict")
                .op('}')
                .text(wrapper)
                .op('}', '(')
                .text("w")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .text("note")
                .op('N', 'u')
                .text("optimizer")
                .op('}')
                .text("exp_avg")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .op('s')
                .whole(7)
                .op('N', 'u');
        try (PyTorchFile file = open(TorchFiles.zip(pickle.stopped(), SIX))) {
            assertThat(file.names()).containsExactly("w");
            assertThat(file.ignored())
                    .containsExactly("epoch", "model_state_dict", "optimizer", "7", wrapper + ".note");
        }
    }

    @Test
    void wideZipDirectoriesAndCompressedPicklesAreRead() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("x/data.pkl", strided(new long[] {6}, 1));
        entries.put("x/data/0", SIX.get("0"));
        try (PyTorchFile file = open(TorchFiles.zip64(entries))) {
            assertThat(floats(file, "x")).containsExactly(1, 2, 3, 4, 5, 6);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> open(TorchFiles.zipOf(entries, ZipEntry.DEFLATED)).close())
                .withMessageContaining("entry 'x/data/0' is compressed");
        entries.put("x/data.pkl", strided(new long[] {0, 3}, 3, 1));
        entries.remove("x/data/0");
        var empty = new PickleWriter()
                .op('}')
                .text("x")
                .tensor("FloatStorage", "0", 0, 0, new long[] {0, 3}, 3, 1)
                .op('s');
        entries.put("x/data.pkl", empty.stopped());
        try (PyTorchFile file = open(TorchFiles.zipOf(entries, ZipEntry.DEFLATED))) {
            assertThat(floats(file, "x")).isEmpty();
        }
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        Path missing = folder.resolve("missing.bin");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> PyTorchFile.open(missing).close())
                .withMessageContaining("missing.bin");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PyTorchFile.open(folder).close())
                .withMessageContaining("is not a regular file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open("version https://git-lfs".getBytes(StandardCharsets.UTF_8))
                        .close())
                .withMessageContaining("neither a zip file nor a pickle");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(new byte[0]).close())
                .withMessageContaining("neither a zip file nor a pickle");
        Map<String, byte[]> program = new LinkedHashMap<>();
        program.put("x/data.pkl", strided(new long[] {6}, 1));
        program.put("x/constants.pkl", new byte[0]);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> open(TorchFiles.zipOf(program, ZipEntry.STORED)).close())
                .withMessageContaining("a TorchScript program");
        Map<String, byte[]> big = new LinkedHashMap<>();
        big.put("x/data.pkl", strided(new long[] {6}, 1));
        big.put("x/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(TorchFiles.zipOf(big, ZipEntry.STORED)).close())
                .withMessageContaining("byte order 'big'");
    }
}
