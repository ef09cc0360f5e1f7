package dev.cortado.model.convert;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.file.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes any weights as a folder in the Hugging Face layout.
public final class SafetensorsConversion {
    private static final long CHUNK_ELEMENTS = 1 << 20;

    private SafetensorsConversion() {}

    /// Told of each tensor when it has been written.
    @FunctionalInterface
    public interface Progress {
        /// @param bytes of it in the file
        void wrote(String tensor, long bytes);
    }

    /// Writes weights and configuration; files that exist are replaced.
    ///
    /// @param dtype of all floating-point tensors; without, that of most of the source's numbers
    /// @return the dtype
    public static DType write(
            ModelSpec spec, WeightSource weights, TextEnds ends, Optional<DType> dtype, Path folder, Progress progress)
            throws IOException {
        DType wanted = dtype.orElseGet(() -> usual(weights));
        if (!wanted.isFloating() || wanted.bytes() == 1) {
            throw new IllegalArgumentException("safetensors are written in f32, f16 or bf16, not in " + wanted);
        }
        List<OutgoingTensor> outgoing = new ArrayList<>();
        for (String name : weights.names()) {
            // Only the shape is needed now; the numbers are found again when their turn comes.
            StoredTensor stored = weights.find(name).orElseThrow();
            DType kept = stored.dtype().isFloating() ? wanted : stored.dtype();
            outgoing.add(new OutgoingTensor(name, kept, stored.shape(), sink -> {
                copy(weights.find(name).orElseThrow(), kept, sink);
                weights.release();
                progress.wrote(name, stored.shape().count() * kept.bytes());
            }));
            weights.release();
        }
        ModelWeightsWriter.write(folder, outgoing);
        ModelFolder.writeConfig(spec, wanted, ends, folder);
        return wanted;
    }

    private static void copy(StoredTensor stored, DType kept, Content.Sink sink) throws IOException {
        if (stored.dtype() == kept) {
            sink.write(stored.bytes());
            return;
        }
        long elements = stored.shape().count();
        for (long from = 0; from < elements; from += CHUNK_ELEMENTS) {
            long count = Math.min(CHUNK_ELEMENTS, elements - from);
            int width = stored.dtype().bytes();
            try (var _ = Scope.open("convert");
                    var _ = Grad.off()) {
                sink.write(Tensors.copyOf(
                                stored.bytes().asSlice(from * width, count * width), stored.dtype(), Shape.of(count))
                        .to(kept)
                        .bytes());
            }
        }
    }

    /// What most numbers are stored as; blocks count as F32, which is what they are decoded to.
    private static DType usual(WeightSource weights) {
        Map<DType, Long> counts = new EnumMap<>(DType.class);
        for (String name : weights.names()) {
            if (weights.blocks(name).isPresent()) {
                counts.merge(DType.F32, weights.blocks(name).get().rows(), Long::sum);
            } else {
                weights.find(name)
                        .filter(stored -> stored.dtype().isFloating())
                        .ifPresent(stored ->
                                counts.merge(stored.dtype(), stored.shape().count(), Long::sum));
            }
        }
        return counts.entrySet().stream()
                .filter(e -> e.getKey().bytes() == 2 || e.getKey() == DType.F32)
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(DType.F32);
    }
}
