package dev.cortado.model.onnx;

import dev.cortado.model.Model;
import dev.cortado.model.Parameter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.SafetensorsWriter;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A model's weights in a file, as an exporter wants them.
final class SavedModel {
    private SavedModel() {}

    static Safetensors of(Model model, Path file) throws IOException {
        return of(model, file, DType.F32, name -> name);
    }

    /// @param rename what tensors are called; those that are renamed to nothing are left out
    static Safetensors of(Model model, Path file, DType dtype, UnaryOperator<String> rename) throws IOException {
        List<OutgoingTensor> tensors = new ArrayList<>();
        for (Parameter p : model.parameters()) {
            String name = rename.apply(p.name());
            if (!name.isEmpty()) {
                Tensor cast = p.tensor().detach().to(dtype);
                tensors.add(OutgoingTensor.of(name, dtype, cast.shape(), cast.bytes()));
            }
        }
        SafetensorsWriter.write(file, tensors);
        return Safetensors.open(file);
    }
}
