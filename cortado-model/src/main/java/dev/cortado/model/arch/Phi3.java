package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import java.util.Optional;

/// Phi-3 (Abdin et al. 2024, arXiv:2404.14219): a [Llama] that makes queries, keys and values by one projection, and
/// gate and feed-forward by another. Parameter names are those of Hugging Face's `Phi3ForCausalLM`.
public final class Phi3 {
    private Phi3() {}

    /// The model of these numbers.
    public static CausalLm of(Phi3Spec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary()).with(spec.window());
        return Llama.of(
                spec,
                params,
                device,
                _ -> lens,
                (self, i, shape) -> attention(self, i, spec.width(), shape),
                (layer, _) -> JoinedMlp.of(layer.at("mlp"), spec.width(), spec.hiddenWidth()));
    }

    private static Attention attention(Params params, int layer, int width, AttentionShape shape) {
        return new Attention(
                layer,
                shape,
                new HeadInputs.Joined(params.projection("qkv_proj", width, shape.queryWidth() + 2 * shape.keyWidth())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }

    /// SwiGLU with the gate's rows above the others' in one matrix.
    private record JoinedMlp(Projection gateAndUp, Projection down) implements FeedForward {
        static JoinedMlp of(Params params, int width, int hiddenWidth) {
            return new JoinedMlp(
                    params.projection("gate_up_proj", width, 2L * hiddenWidth),
                    params.projection("down_proj", hiddenWidth, width, new Init.Zeros()));
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor both = gateAndUp.apply(x); // [.., 2·F]
            long half = both.size(-1) / 2;
            Tensor gate = both.slice(-1, 0, half);
            Tensor up = both.slice(-1, half);
            return down.apply(pass.form() == ComputeForm.FUSED ? Fused.swiGlu(gate, up) : Nn.swiGlu(gate, up));
        }
    }
}
