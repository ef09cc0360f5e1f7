package dev.cortado.infer;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Head;
import dev.cortado.model.KvCache;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A model that says what it has been told to, whatever it is asked: after a prompt of `promptLength` tokens the
/// most likely next tokens are those of `script`, in order. It notes which ids it has been given.
final class Scripted implements CausalLm {
    private final Spec spec;
    private final int promptLength;
    private final int[] script;
    private final Tensor identity;
    private final List<int[]> calls = new ArrayList<>();

    private record Spec(int vocabSize, int contextLength) implements ModelSpec {
        @Override
        public String architecture() {
            return "Scripted";
        }

        @Override
        public int width() {
            return vocabSize;
        }

        @Override
        public int layers() {
            return 0;
        }

        @Override
        public Model build(Params params, Device device) {
            throw new IllegalStateException("a scripted model is not built");
        }

        @Override
        public ObjectNode config() {
            throw new IllegalStateException("a scripted model is not written");
        }
    }

    Scripted(int vocabSize, int contextLength, int promptLength, int... script) {
        this.spec = new Spec(vocabSize, contextLength);
        this.promptLength = promptLength;
        this.script = script.clone();
        try (var scope = Scope.open("scripted")) {
            Tensor rows = Tensors.range(0, vocabSize, Device.CPU).unsqueeze(1);
            Tensor columns = Tensors.range(0, vocabSize, Device.CPU).unsqueeze(0);
            identity = scope.own(rows.eq(columns).to(DType.F32));
        }
    }

    /// The ids of each call so far.
    List<int[]> calls() {
        return calls;
    }

    @Override
    public Tensor hidden(Tensor ids, Pass pass) { // [1, T] → one-hot [1, T, V]
        KvCache cache = pass.cache().orElseThrow();
        calls.add(Arrays.stream(ids.toLongs()).mapToInt(Math::toIntExact).toArray());
        long tokens = ids.size(1);
        if (cache.length() + tokens > cache.capacity()) {
            throw new IllegalArgumentException("more tokens than the cache was made for");
        }
        cache.advance(tokens);
        int turn = Math.toIntExact(cache.length() - promptLength);
        Tensor said = identity.slice(0, script[turn], script[turn] + 1L);
        return Tensors.cat(
                        List.of(Tensors.zeros(Shape.of(tokens - 1, spec.vocabSize()), DType.F32, Device.CPU), said), 0)
                .unsqueeze(0);
    }

    @Override
    public Head head() {
        return Head.of(new Projection.Dense(identity));
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public ParameterSet parameters() {
        throw new IllegalStateException("nobody trains a scripted model");
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public KvCache newCache(long batch, long capacity, DType dtype) {
        return new KvCache(0, batch, 1, capacity, 1, dtype, Device.CPU);
    }

    @Override
    public void close() {
        identity.close();
    }
}
