package dev.cortado.model;

import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import java.util.List;

/// A model that reads one text and writes another: a decoder that looks at what an encoder made of the first.
public non-sealed interface EncoderDecoder extends Model {
    /// Reads: ids I64 [B, S], a whole text per row or padded ones, to what the decoder looks at.
    Memory encode(Tensor ids, Pass pass);

    /// The decoder's last activations, ready for [#head]. ids I64 [B, T] → [B, T, D]. A cache in the pass is that
    /// of the decoder's own tokens.
    Tensor hidden(Tensor ids, Memory memory, Pass pass);

    /// From the decoder's activations [.., D] to logits [.., V].
    Head head();

    /// Logits of the next token at every position. ids I64 [B, T] → [B, T, V].
    default Tensor forward(Tensor ids, Memory memory, Pass pass) {
        return head().apply(hidden(ids, memory, pass));
    }

    /// The id that the decoder's text begins with.
    int decoderStart();

    /// An empty cache for decoder texts of up to `capacity` tokens.
    KvCache newCache(long batch, long capacity, DType dtype);

    /// What the decoder knows of the text that was read; computed once for all its tokens.
    ///
    /// @param encoded the encoder's last activations, [B, S, D]
    /// @param layers  keys and values of each decoder layer's cross-attention, [B, K, S, C]
    /// @param layout  which of the S columns are text
    record Memory(Tensor encoded, List<KeyValue> layers, Layout layout) {
        public Memory {
            layers = List.copyOf(layers);
        }
    }
}
