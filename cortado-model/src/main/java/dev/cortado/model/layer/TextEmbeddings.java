package dev.cortado.model.layer;

import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Optional;
import java.util.OptionalInt;

/// norm(word + position + text): what an encoder makes of its tokens first (Devlin et al. 2018, arXiv:1810.04805,
/// figure 2).
///
/// @param padding where a model counts positions as fairseq does: the id of padding, which is also the position of
///                every token that has it; the others count on from the next one (RoBERTa)
/// @param types   a row for each of the texts a token may belong to, if the model tells them apart
public record TextEmbeddings(
        Embedding words, Embedding positions, OptionalInt padding, Optional<Embedding> types, Norm norm)
        implements EncoderStack.Embedder {
    @Override
    public Tensor embed(Tokens tokens, Pass pass) {
        DType precision = pass.precision();
        Device device = tokens.ids().device();
        long length = tokens.ids().size(1);
        Tensor rows = padding.isPresent()
                ? counted(
                        tokens.ids(), pass.layout().positions(length, device), padding.getAsInt(), pass.prefixLength())
                : pass.positions(length, device); // [B or 1, T]
        Tensor x = words.rows(tokens.ids(), precision).add(positions.rows(rows, precision)); // [B, T, D]
        Tensor typed = types.map(table -> x.add(table.rows(typesOf(tokens, device), precision)))
                .orElse(x);
        return norm.forward(typed, pass.form());
    }

    private static Tensor typesOf(Tokens tokens, Device device) { // [B, T], or [1, 1] where all are of one text
        return tokens.types().orElseGet(() -> Tensors.zeros(Shape.of(1, 1), DType.I64, device));
    }

    /// padding + how many tokens up to this one, itself among them, are not padding; of padding itself, padding.
    ///
    /// @param within the position of each token in its text: each 0 begins a text, and the count anew
    /// @param prefix tokens that stand before each text
    static Tensor counted(Tensor ids, Tensor within, int padding, long prefix) {
        long[] tokens = ids.to(Device.CPU).toLongs();
        long[] places = within.to(Device.CPU).toLongs(); // of all rows, or of one for all
        long[] counted = new long[tokens.length];
        long count = prefix;
        for (int i = 0; i < tokens.length; i++) {
            if (places[i % places.length] == 0) {
                count = prefix;
            }
            counted[i] = tokens[i] == padding ? padding : padding + ++count;
        }
        return Tensors.of(counted, ids.shape().sizes()).to(ids.device());
    }
}
