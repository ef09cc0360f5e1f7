package dev.cortado.model.layer;

import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Head;
import dev.cortado.model.KvCache;
import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Layout;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.List;

/// The whole transformer (Vaswani et al. 2017, arXiv:1706.03762, figure 1): an encoder, and a decoder that looks at
/// it. An architecture says what the parts are.
public final class Transformer implements EncoderDecoder {
    private final ModelSpec spec;
    private final Parts parts;
    private final ParameterSet parameters;
    private final Device device;

    /// @param decoderStart the id the decoder's text begins with
    /// @param cached       the heads whose keys and values a cache keeps, in every decoder layer
    public record Parts(Reader reader, Writer writer, Head head, int decoderStart, AttentionShape cached) {}

    /// The encoder.
    ///
    /// @param norm of the last block's output
    public record Reader(Decoder.Embedder embedding, Lens lens, List<Block> blocks, Norm norm) {
        public Reader {
            blocks = List.copyOf(blocks);
        }

        /// ids I64 [B, S] → [B, S, D].
        public Tensor read(Tensor ids, Pass pass, Device device) {
            long tokens = ids.size(1);
            Tensor x = embedding.embed(ids, pass.positions(tokens, device), pass.precision());
            Scores scores = lens.bidirectional(pass, tokens, device);
            for (Block block : blocks) {
                x = block.forward(x, scores, pass); // [B, S, D]
            }
            return norm.forward(x, pass.form());
        }
    }

    /// The decoder.
    ///
    /// @param own    how its own tokens are looked at
    /// @param across how the encoded ones are
    /// @param norm   of the last block's output
    public record Writer(Decoder.Embedder embedding, Lens own, Lens across, List<CrossBlock> blocks, Norm norm) {
        public Writer {
            blocks = List.copyOf(blocks);
        }
    }

    public Transformer(ModelSpec spec, Parts parts, ParameterSet parameters, Device device) {
        this.spec = spec;
        this.parts = parts;
        this.parameters = parameters;
        this.device = device;
    }

    /// @throws IllegalArgumentException for a text longer than the model can tell positions apart
    @Override
    public Memory encode(Tensor ids, Pass pass) {
        requireRoom(pass.columns(ids.size(1)), pass, "reads");
        Tensor encoded = parts.reader().read(ids, pass, device);
        List<KeyValue> remembered = parts.writer().blocks().stream()
                .map(block -> block.remember(encoded))
                .toList();
        return new Memory(encoded, remembered, pass.layout());
    }

    /// @throws IllegalArgumentException for a text longer than the model can tell positions apart
    @Override
    public Tensor hidden(Tensor ids, Memory memory, Pass pass) { // ids [B, T]
        Writer writer = parts.writer();
        long newTokens = ids.size(1);
        requireRoom(pass.columns(newTokens), pass, "writes");
        Tensor x = writer.embedding().embed(ids, pass.positions(newTokens, device), pass.precision());
        Scores own = writer.own().causal(pass, ids.size(0), newTokens, device);
        Scores across =
                writer.across().across(pass, memory.layout(), memory.encoded().size(1), device);
        for (int i = 0; i < writer.blocks().size(); i++) {
            x = writer.blocks().get(i).forward(x, own, memory.layers().get(i), across, pass); // [B, T, D]
        }
        pass.cache().ifPresent(cache -> cache.advance(newTokens));
        return writer.norm().forward(x, pass.form());
    }

    private void requireRoom(long tokens, Pass pass, String does) {
        if (spec.boundedContext() && tokens > spec.contextLength() && !(pass.layout() instanceof Layout.Packed)) {
            throw new IllegalArgumentException(spec.architecture() + " " + does + " at most " + spec.contextLength()
                    + " tokens, and is given " + tokens + ": truncate the text");
        }
    }

    @Override
    public Head head() {
        return parts.head();
    }

    @Override
    public int decoderStart() {
        return parts.decoderStart();
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

    @Override
    public KvCache newCache(long batch, long capacity, DType dtype) {
        AttentionShape cached = parts.cached();
        return new KvCache(
                parts.writer().blocks().size(), batch, cached.kvHeads(), capacity, cached.headDim(), dtype, device);
    }
}
