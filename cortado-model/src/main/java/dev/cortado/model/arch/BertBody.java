package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pooler;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.FirstToken;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.PostNormBlock;
import dev.cortado.model.layer.TextEmbeddings;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What [Bert] and [Roberta] have in common: everything below the heads.
///
/// @param textTypes   rows of the table of texts a token may belong to
/// @param normEpsilon of all norms
/// @param padding     where positions are counted as fairseq does: the id of padding
record BertBody(EncoderSizes sizes, int textTypes, double normEpsilon, OptionalInt padding) {
    static final Init SMALL = new Init.Normal(0.02);

    /// The table of words.
    Embedding words(Params body) {
        return body.at("embeddings")
                .embedding("word_embeddings", sizes.vocabSize(), sizes.width(), Init.tokens(true, sizes.width()));
    }

    /// All of `embeddings`.
    TextEmbeddings embeddings(Params body, Embedding words) {
        Params tables = body.at("embeddings");
        return new TextEmbeddings(
                words,
                tables.embedding("position_embeddings", sizes.positions(), sizes.width(), SMALL),
                padding,
                Optional.of(tables.embedding("token_type_embeddings", textTypes, sizes.width(), SMALL)),
                norm(tables.at("LayerNorm")));
    }

    /// All of `encoder`.
    List<Block> blocks(Params body) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            blocks.add(block(body.at("encoder").at("layer").at(i), i));
        }
        return blocks;
    }

    private Block block(Params layer, int number) {
        int width = sizes.width();
        Params attention = layer.at("attention");
        Params own = attention.at("self");
        var inputs = new HeadInputs.Separate(
                own.biased("query", width, width), own.biased("key", width, width), own.biased("value", width, width));
        Projection output = attention.at("output").biased("dense", width, width, new Init.Zeros());
        return new PostNormBlock(
                new Attention(number, sizes.shape(), inputs, Optional.empty(), output),
                norm(attention.at("output").at("LayerNorm")),
                new Mlp(
                        layer.at("intermediate").biased("dense", width, sizes.hiddenWidth()),
                        sizes.activation(),
                        layer.at("output").biased("dense", sizes.hiddenWidth(), width, new Init.Zeros())),
                norm(layer.at("output").at("LayerNorm")));
    }

    /// `pooler`.
    Pooler pooler(Params body) {
        return new FirstToken(body.at("pooler").biased("dense", sizes.width(), sizes.width()), Activation.TANH);
    }

    /// `pooler`, which checkpoints of the bare model may lack.
    Optional<Pooler> poolerIfAny(Params body) {
        return body.has("pooler.dense.weight") ? Optional.of(pooler(body)) : Optional.empty();
    }

    LayerNorm norm(Params params) {
        return new LayerNorm(params, sizes.width(), normEpsilon);
    }

    /// The output projection of a masked-language-model head: `decoder` or the table of words, with a bias that
    /// checkpoints hold under its own name, or under the decoder's alone.
    Projection decoder(Params head, Embedding words, boolean tied) {
        Projection map =
                tied ? words.projection() : head.projection("decoder", sizes.width(), sizes.vocabSize(), SMALL);
        String name = !head.has("bias") && head.has("decoder.bias") ? "decoder.bias" : "bias";
        Tensor bias = head.tensor(name, Shape.of(sizes.vocabSize()), new Init.Zeros());
        return new Projection.Biased(map, bias);
    }
}
