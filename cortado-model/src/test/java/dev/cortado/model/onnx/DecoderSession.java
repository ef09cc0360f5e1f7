package dev.cortado.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// What an exported decoder was given so far: each call goes on where the last one ended.
final class DecoderSession {
    private static final String PAST = "past_key_values.";

    private final TwoRuntimes oracle;
    private final Map<String, Tensor> past = new HashMap<>();

    DecoderSession(TwoRuntimes oracle, long batch) throws Exception {
        this.oracle = oracle;
        for (String name : oracle.inputs()) {
            if (name.startsWith(PAST)) {
                long[] sizes = oracle.sizes(name); // [B, K, P, C]
                past.put(name, Tensors.zeros(Shape.of(batch, sizes[1], 0, sizes[3]), DType.F32, Device.CPU));
            }
        }
    }

    /// Logits [B, T, V] of new tokens, given what else the graph wants.
    Tensor next(Tensor ids, Map<String, Tensor> others) throws Exception {
        Map<String, Tensor> inputs = new HashMap<>(past);
        inputs.putAll(others);
        inputs.put("input_ids", ids);
        Map<String, Tensor> outputs = oracle.run(inputs);
        long before = past.values().iterator().next().size(2);
        past.replaceAll((name, _) -> Objects.requireNonNull(outputs.get(name.replace(PAST, "present."))));
        assertThat(past.values()).allMatch(t -> t.size(2) == before + ids.size(1));
        return Objects.requireNonNull(outputs.get("logits"));
    }

    Tensor next(Tensor ids, Tensor seen, Tensor positions) throws Exception {
        return next(ids, Map.of("attention_mask", seen, "position_ids", positions));
    }

    /// Texts without padding, of which `start` tokens were given before.
    Tensor next(Tensor ids, long start) throws Exception {
        long batch = ids.size(0);
        long end = start + ids.size(1);
        return next(
                ids,
                Tensors.ones(Shape.of(batch, end), DType.I64, Device.CPU),
                Tensors.range(start, end, Device.CPU)
                        .unsqueeze(0)
                        .expand(batch, ids.size(1))
                        .contiguous());
    }

    /// One text without padding.
    Tensor next(int[] ids, long start) throws Exception {
        return next(Tensors.of(ids, 1, ids.length), start);
    }
}
