package dev.cortado.cli;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Model;
import dev.cortado.model.Storage;
import dev.cortado.model.source.ModelSource;
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
            paramLabel = "MODEL",
            description = "A folder in the Hugging Face layout, a .gguf file or a llama2.c .bin file.")
    Path model = Path.of("");

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Option(names = "--precision", defaultValue = "F32", description = "Activations in f32 or bf16 (default: f32).")
    DType precision = DType.F32;

    @Option(
            names = "--storage",
            defaultValue = "MAPPED",
            description = "How weights are kept: ${COMPLETION-CANDIDATES}; mapped leaves them in the file as they are "
                    + "(default: mapped).")
    private Storage storage = Storage.MAPPED;

    /// Where the model is.
    ModelSource source() throws IOException {
        if (precision != DType.F32 && precision != DType.BF16) {
            throw new IllegalArgumentException("precision " + precision + ": use f32 or bf16");
        }
        return ModelSource.of(model);
    }

    /// The model, on its device.
    Model open() throws IOException {
        return source().open(Device.parse(device), storage);
    }

    /// The model, which must be a decoder.
    CausalLm openDecoder() throws IOException {
        Model any = open();
        if (any instanceof CausalLm decoder) {
            return decoder;
        }
        any.close();
        throw new IllegalArgumentException(
                model + " holds a " + any.spec().architecture() + ", which does not continue texts");
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
