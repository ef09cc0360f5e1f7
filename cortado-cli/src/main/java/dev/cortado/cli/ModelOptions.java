package dev.cortado.cli;

import dev.cortado.model.CausalLm;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The options of every command that uses a model.
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "DIR",
            description = "A model folder in the Hugging Face layout.")
    Path model = Path.of("");

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Option(names = "--precision", defaultValue = "F32", description = "Activations in f32 or bf16 (default: f32).")
    DType precision = DType.F32;

    /// The model, on its device.
    CausalLm open() throws IOException {
        if (precision != DType.F32 && precision != DType.BF16) {
            throw new IllegalArgumentException("precision " + precision + ": use f32 or bf16");
        }
        return ModelFolder.openDecoder(model, Device.parse(device));
    }

    /// Reads `1,2,3`.
    static int[] ids(String list) {
        String[] parts = list.strip().split("\\s*,\\s*", -1);
        int[] ids = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                ids[i] = Integer.parseInt(parts[i]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + parts[i] + "' is not a token id; give ids as 1,2,3", e);
            }
        }
        return ids;
    }
}
