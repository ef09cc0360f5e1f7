package dev.cortado.testkit;

import java.util.OptionalInt;

/// BERT (Devlin et al. 2018, arXiv:1810.04805) and RoBERTa (Liu et al. 2019, arXiv:1907.11692) below their heads, for
/// one text.
///
/// @param padding RoBERTa's: the id of padding, after which positions are counted
/// @param path    what stands before `embeddings` and `encoder`: `bert.`, `roberta.` or nothing
public record NaiveBert(NaiveEncoder formulas, int layers, OptionalInt padding, String path) {
    /// The last activations. ids and types [T] → [T, D].
    public double[][] hidden(int[] ids, int[] types) {
        double[][] x = new double[ids.length][];
        int counted = 0;
        for (int t = 0; t < ids.length; t++) {
            int position = t;
            if (padding.isPresent()) {
                boolean pad = ids[t] == padding.getAsInt();
                counted += pad ? 0 : 1;
                position = padding.getAsInt() + (pad ? 0 : counted);
            }
            double[][] word = {row("word_embeddings", ids[t])};
            double[][] place = {row("position_embeddings", position)};
            double[][] text = {row("token_type_embeddings", types[t])};
            x[t] = Naive.add(Naive.add(word, place), text)[0];
        }
        x = formulas.norm(x, path + "embeddings.LayerNorm");
        for (int i = 0; i < layers; i++) {
            String layer = path + "encoder.layer." + i + ".";
            x = formulas.block(
                    x,
                    new NaiveEncoder.BlockNames(
                            layer + "attention.self.query",
                            layer + "attention.self.key",
                            layer + "attention.self.value",
                            layer + "attention.output.dense",
                            layer + "attention.output.LayerNorm",
                            layer + "intermediate.dense",
                            layer + "output.dense",
                            layer + "output.LayerNorm"));
        }
        return x;
    }

    private double[] row(String table, int row) {
        return formulas.weight(path + "embeddings." + table + ".weight")[row];
    }
}
