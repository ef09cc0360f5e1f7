package dev.cortado.testkit;

/// DistilBERT (Sanh et al. 2019, arXiv:1910.01108) below its heads, for one text.
///
/// @param path what stands before `embeddings` and `transformer`: `distilbert.` or nothing
public record NaiveDistilBert(NaiveEncoder formulas, int layers, String path) {
    /// The last activations. ids [T] → [T, D].
    public double[][] hidden(int[] ids) {
        double[][] x = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            double[][] word = {formulas.weight(path + "embeddings.word_embeddings.weight")[ids[t]]};
            double[][] place = {formulas.weight(path + "embeddings.position_embeddings.weight")[t]};
            x[t] = Naive.add(word, place)[0];
        }
        x = formulas.norm(x, path + "embeddings.LayerNorm");
        for (int i = 0; i < layers; i++) {
            String layer = path + "transformer.layer." + i + ".";
            x = formulas.block(
                    x,
                    new NaiveEncoder.BlockNames(
                            layer + "attention.q_lin",
                            layer + "attention.k_lin",
                            layer + "attention.v_lin",
                            layer + "attention.out_lin",
                            layer + "sa_layer_norm",
                            layer + "ffn.lin1",
                            layer + "ffn.lin2",
                            layer + "output_layer_norm"));
        }
        return x;
    }
}
