package dev.cortado.train;

import dev.cortado.model.Parameter;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.SafetensorsWriter;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.train.checkpoint.Checkpoint;
import dev.cortado.train.checkpoint.CheckpointStore;
import dev.cortado.train.optim.AdamW;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Everything a run needs to go on as if it had never stopped, apart from the weights and the optimizer's moments.
///
/// @param step    steps done
/// @param tokens  tokens trained on
/// @param seconds time spent in steps
/// @param cursor  where the data stands
record TrainingState(long step, long tokens, double seconds, Batches.Cursor cursor) {
    static final TrainingState START = new TrainingState(0, 0, 0, new Batches.Cursor(0, 0));

    private static final String WEIGHTS = "model.safetensors";
    private static final String MOMENTS = "optimizer.safetensors";
    private static final String STATE = "state.json";

    /// Writes a checkpoint of this state, the parameters and the optimizer.
    ///
    /// @throws TrainingDiverged when a parameter is not finite: such weights are never saved
    Checkpoint save(CheckpointStore store, ParameterSet parameters, AdamW optimizer) throws IOException {
        for (Parameter p : parameters) {
            if (!p.tensor().isFinite()) {
                throw new TrainingDiverged(step, "parameter " + p.name(), Double.NaN);
            }
        }
        List<OutgoingTensor> moments = new ArrayList<>();
        for (AdamW.Moments m : optimizer.moments()) {
            moments.add(outgoing("first." + m.parameter().name(), m.first()));
            moments.add(outgoing("second." + m.parameter().name(), m.second()));
        }
        var contents = new LinkedHashMap<String, CheckpointStore.Content>();
        contents.put(
                WEIGHTS,
                file -> SafetensorsWriter.write(
                        file,
                        parameters.list().stream()
                                .map(p -> outgoing(p.name(), p.tensor()))
                                .toList()));
        contents.put(MOMENTS, file -> SafetensorsWriter.write(file, moments));
        contents.put(STATE, file -> writeState(file, optimizer.steps()));
        return store.write(step, contents);
    }

    /// Puts a checkpoint's weights and moments in place; the state it was saved in.
    static TrainingState load(Checkpoint checkpoint, ParameterSet parameters, AdamW optimizer) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        parameters.forEach(p -> weights.put(p.name(), p.tensor()));
        fill(checkpoint.file(WEIGHTS), weights);
        Map<String, Tensor> moments = new LinkedHashMap<>();
        for (AdamW.Moments m : optimizer.moments()) {
            moments.put("first." + m.parameter().name(), m.first());
            moments.put("second." + m.parameter().name(), m.second());
        }
        fill(checkpoint.file(MOMENTS), moments);
        ConfigFile state = ConfigFile.read(checkpoint.file(STATE));
        optimizer.resume(state.integer("optimizerSteps"));
        return new TrainingState(
                checkpoint.step(),
                (long) state.number("tokens", 0),
                state.number("seconds", 0),
                new Batches.Cursor((long) state.number("epoch", 0), (long) state.number("position", 0)));
    }

    private void writeState(Path file, long optimizerSteps) throws IOException {
        ObjectNode state = ConfigFile.object();
        state.put("optimizerSteps", optimizerSteps);
        state.put("tokens", tokens);
        state.put("seconds", seconds);
        state.put("epoch", cursor.epoch());
        state.put("position", cursor.position());
        ConfigFile.write(state, file);
    }

    private static OutgoingTensor outgoing(String name, Tensor tensor) {
        return new OutgoingTensor(name, tensor.dtype(), tensor.shape(), sink -> {
            try (var _ = Scope.open(name);
                    var _ = Grad.off()) {
                sink.write(tensor.to(Device.CPU).contiguous().bytes());
            }
        });
    }

    /// Overwrites tensors by those of a file, which must be exactly these.
    private static void fill(Path file, Map<String, Tensor> tensors) throws IOException {
        try (var stored = Safetensors.open(file);
                var _ = Grad.off()) {
            if (!stored.names().equals(tensors.keySet())) {
                throw new IllegalArgumentException(
                        file + " is not a checkpoint of this model: its tensors have other names");
            }
            for (var entry : tensors.entrySet()) {
                try (var _ = Scope.open("resume " + entry.getKey())) {
                    StoredTensor found = stored.find(entry.getKey()).orElseThrow();
                    Tensor place = entry.getValue();
                    if (!found.shape().equals(place.shape())) {
                        throw new IllegalArgumentException(file + " is not a checkpoint of this model: "
                                + entry.getKey() + " is " + found.shape() + ", not " + place.shape());
                    }
                    place.copyInPlace(Tensors.copyOf(found.bytes(), found.dtype(), found.shape()));
                }
            }
        }
    }
}
