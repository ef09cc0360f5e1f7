package dev.cortado.testkit;

import java.util.Arrays;

/// The first transformer (Vaswani et al. 2017, arXiv:1706.03762), and BART and mBART, which differ in their
/// embeddings, in plain loops for one text and what is written about it. Weights are under fairseq's names.
///
/// @param formulas  norms and linear maps; its heads are not looked at
/// @param normFirst x + part(norm(x)) and a norm at the end, instead of norm(x + part(x))
public record NaiveTransformer(NaiveEncoder formulas, boolean normFirst, Stack encoder, Stack decoder) {
    /// One of its two halves.
    ///
    /// @param path what stands before `layers`
    public record Stack(String path, int layers, int heads, Words words) {}

    /// What a token becomes first.
    @FunctionalInterface
    public interface Words {
        double[] at(int id, int position);
    }

    /// A part of a block: attention or the feed-forward layer.
    private interface Part {
        double[][] of(double[][] x);
    }

    /// norm(√D·word + row of the position), the norm and the scale where there are any. The table of positions
    /// has two rows before the first position's.
    public static Words learned(NaiveEncoder formulas, String table, String stack, boolean scaled) {
        return (id, position) -> {
            double[] word = formulas.weight(table)[id];
            double[] place = formulas.weight(stack + "embed_positions.weight")[position + 2];
            double scale = scaled ? Math.sqrt(word.length) : 1;
            double[][] sum = new double[1][word.length];
            Arrays.setAll(sum[0], i -> scale * word[i] + place[i]);
            return formulas.norm(sum, stack + "layernorm_embedding")[0];
        };
    }

    /// √D·word + wave (section 3.5).
    ///
    /// @param beside  whether each cosine stands beside its sine, or all behind all sines
    /// @param falling the number of frequencies over which they fall from 1 to 1/10000: D/2 in the paper, D/2 −
    /// 1 in tensor2tensor
    public static Words waves(NaiveEncoder formulas, String table, boolean beside, double falling, int firstPosition) {
        return (id, position) -> {
            double[] word = formulas.weight(table)[id];
            int half = word.length / 2;
            double[] x = new double[word.length];
            for (int pair = 0; pair < half; pair++) {
                double angle = (position + firstPosition) / Math.pow(10_000, pair / falling);
                int sine = beside ? 2 * pair : pair;
                int cosine = beside ? sine + 1 : pair + half;
                x[sine] = Math.sqrt(word.length) * word[sine] + Math.sin(angle);
                x[cosine] = Math.sqrt(word.length) * word[cosine] + Math.cos(angle);
            }
            return x;
        };
    }

    /// The decoder's last activations. source [S], target [T] → [T, D].
    public double[][] hidden(int[] source, int[] target) {
        double[][] read = read(source);
        double[][] x = embedded(target, decoder);
        int channels = x[0].length / decoder.heads();
        for (int i = 0; i < decoder.layers(); i++) {
            String layer = decoder.path() + "layers." + i + ".";
            var self = NaiveHeads.scaled(decoder.heads(), channels, true);
            var across = NaiveHeads.scaled(decoder.heads(), channels, false);
            x = residual(x, y -> attention(self, y, y, layer + "self_attn."), layer + "self_attn_layer_norm");
            x = residual(
                    x, y -> attention(across, y, read, layer + "encoder_attn."), layer + "encoder_attn_layer_norm");
            x = residual(x, y -> feedForward(y, layer), layer + "final_layer_norm");
        }
        return normFirst ? formulas.norm(x, decoder.path() + "layer_norm") : x;
    }

    /// The encoder's last activations. [S] → [S, D].
    public double[][] read(int[] source) {
        double[][] x = embedded(source, encoder);
        var heads = NaiveHeads.scaled(encoder.heads(), x[0].length / encoder.heads(), false);
        for (int i = 0; i < encoder.layers(); i++) {
            String layer = encoder.path() + "layers." + i + ".";
            x = residual(x, y -> attention(heads, y, y, layer + "self_attn."), layer + "self_attn_layer_norm");
            x = residual(x, y -> feedForward(y, layer), layer + "final_layer_norm");
        }
        return normFirst ? formulas.norm(x, encoder.path() + "layer_norm") : x;
    }

    private static double[][] embedded(int[] ids, Stack stack) {
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, t -> stack.words().at(ids[t], t));
        return x;
    }

    private double[][] residual(double[][] x, Part part, String norm) {
        return normFirst
                ? Naive.add(x, part.of(formulas.norm(x, norm)))
                : formulas.norm(Naive.add(x, part.of(x)), norm);
    }

    private double[][] attention(NaiveHeads heads, double[][] x, double[][] seen, String path) {
        return formulas.affine(
                heads.attend(
                        formulas.affine(x, path + "q_proj"),
                        formulas.affine(seen, path + "k_proj"),
                        formulas.affine(seen, path + "v_proj")),
                path + "out_proj");
    }

    private double[][] feedForward(double[][] x, String layer) {
        return formulas.affine(
                NaiveEncoder.activated(formulas.affine(x, layer + "fc1"), formulas.activation()), layer + "fc2");
    }
}
