package dev.cortado.model.layer;

import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Layout;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Pass;
import dev.cortado.model.Pooler;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// An encoder (Devlin et al. 2018, arXiv:1810.04805): embedding, and blocks in which every token of a text sees all
/// of it. An architecture says what these are.
public final class EncoderStack implements Encoder {
    private final ModelSpec spec;
    private final Parts parts;
    private final ParameterSet parameters;
    private final Device device;

    /// @param embedding from tokens to the first block's input
    /// @param lens      how attention looks, in all blocks
    /// @param blocks    from first to last
    /// @param pooler    from activations to that of the text, if the model has learned one
    /// @param heads     what is computed of the last block's output, the main one first
    public record Parts(
            Embedder embedding, Lens lens, List<Block> blocks, Optional<Pooler> pooler, List<EncoderHead> heads) {
        public Parts {
            blocks = List.copyOf(blocks);
            heads = List.copyOf(heads);
        }
    }

    /// From tokens to activations.
    @FunctionalInterface
    public interface Embedder {
        /// ids I64 [B, T] → [B, T, D] of the pass's precision.
        Tensor embed(Tokens tokens, Pass pass);
    }

    public EncoderStack(ModelSpec spec, Parts parts, ParameterSet parameters, Device device) {
        this.spec = spec;
        this.parts = parts;
        this.parameters = parameters;
        this.device = device;
    }

    /// @throws IllegalArgumentException for a text longer than the model can tell positions apart, and for a pass
    /// that continues another: an encoder reads a text at once
    @Override
    public Tensor hidden(Tokens tokens, Pass pass) {
        long length = tokens.ids().size(1);
        if (pass.cache().isPresent() || (pass.layout() instanceof Layout.Whole(long start) && start > 0)) {
            throw new IllegalArgumentException(spec.architecture() + " reads a text at once, and nothing after it");
        }
        if (spec.boundedContext()
                && pass.columns(length) > spec.contextLength()
                && !(pass.layout() instanceof Layout.Packed)) {
            throw new IllegalArgumentException(spec.architecture() + " reads at most " + spec.contextLength()
                    + " tokens, and is given " + pass.columns(length) + ": truncate the text");
        }
        Tensor x = parts.embedding().embed(tokens, pass);
        Scores scores = parts.lens().bidirectional(pass, length, device);
        for (Block block : parts.blocks()) {
            x = block.forward(x, scores, pass); // [B, T, D]
        }
        return x;
    }

    @Override
    public Optional<EncoderHead> head() {
        return parts.heads().stream().findFirst();
    }

    @Override
    public List<EncoderHead> heads() {
        return parts.heads();
    }

    @Override
    public Optional<Pooler> pooler() {
        return parts.pooler();
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public ParameterSet parameters() {
        return parameters;
    }

    @Override
    public Device device() {
        return device;
    }
}
