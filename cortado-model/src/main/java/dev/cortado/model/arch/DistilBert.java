package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.EncoderStack;
import dev.cortado.model.layer.FirstToken;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.MaskedLmHead;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.PostNormBlock;
import dev.cortado.model.layer.TextClassifier;
import dev.cortado.model.layer.TextEmbeddings;
import dev.cortado.model.layer.TokenClassifier;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// DistilBERT (Sanh et al. 2019, arXiv:1910.01108): BERT without the pooler and without telling two texts apart.
/// Parameter names are those of Hugging Face's `DistilBertModel`, `DistilBertForMaskedLM` and so on.
public final class DistilBert {
    private static final Init SMALL = new Init.Normal(0.02);
    private static final double EPSILON = 1e-12; // of all norms

    private DistilBert() {}

    /// The model of these numbers.
    public static Encoder of(DistilBertSpec spec, Params params, Device device) {
        EncoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params distilbert = spec.task() instanceof EncoderTask.Bare ? params : params.at("distilbert");
        Params tables = distilbert.at("embeddings");
        Embedding words = tables.embedding("word_embeddings", sizes.vocabSize(), width, Init.tokens(true, width));
        // Waves are in checkpoints like a table that was learned.
        Init waves = spec.sinusoidal() ? new Init.Waves() : SMALL;
        var embeddings = new TextEmbeddings(
                words,
                tables.embedding("position_embeddings", sizes.positions(), width, waves),
                OptionalInt.empty(),
                Optional.empty(),
                new LayerNorm(tables.at("LayerNorm"), width, EPSILON));
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            blocks.add(block(sizes, distilbert.at("transformer").at("layer").at(i), i));
        }
        List<EncoderHead> heads = switch (spec.task()) {
            case EncoderTask.Bare _ -> List.of();
            case EncoderTask.MaskedLm(boolean tied) -> List.of(words(sizes, params, words, tied));
            case EncoderTask.TextLabels(Labels labels) ->
                List.of(new TextClassifier(
                        new FirstToken(params.biased("pre_classifier", width, width), Activation.RELU),
                        params.biased("classifier", width, labels.count())));
            case EncoderTask.TokenLabels(Labels labels) ->
                List.of(new TokenClassifier(params.biased("classifier", width, labels.count())));
            case EncoderTask.Spans _ -> List.of(new TokenClassifier(params.biased("qa_outputs", width, 2)));
            case EncoderTask.PreTraining _, EncoderTask.NextSentence _ ->
                throw new IllegalStateException("its spec allows no such head");
        };
        Lens lens = Lens.of(sizes.shape().headDim());
        var parts = new EncoderStack.Parts(embeddings, lens, blocks, Optional.empty(), heads);
        return new EncoderStack(spec, parts, params.finish(), device);
    }

    private static Block block(EncoderSizes sizes, Params layer, int number) {
        int width = sizes.width();
        Params attention = layer.at("attention");
        var inputs = new HeadInputs.Separate(
                attention.biased("q_lin", width, width),
                attention.biased("k_lin", width, width),
                attention.biased("v_lin", width, width));
        Projection output = attention.biased("out_lin", width, width, new Init.Zeros());
        Params ffn = layer.at("ffn");
        return new PostNormBlock(
                new Attention(number, sizes.shape(), inputs, Optional.empty(), output),
                new LayerNorm(layer.at("sa_layer_norm"), width, EPSILON),
                new Mlp(
                        ffn.biased("lin1", width, sizes.hiddenWidth()),
                        sizes.activation(),
                        ffn.biased("lin2", sizes.hiddenWidth(), width, new Init.Zeros())),
                new LayerNorm(layer.at("output_layer_norm"), width, EPSILON));
    }

    private static EncoderHead words(EncoderSizes sizes, Params params, Embedding words, boolean tied) {
        int width = sizes.width();
        Projection map =
                tied ? words.projection() : params.projection("vocab_projector", width, sizes.vocabSize(), SMALL);
        return new MaskedLmHead(
                params.biased("vocab_transform", width, width),
                sizes.activation(),
                new LayerNorm(params.at("vocab_layer_norm"), width, EPSILON),
                new Projection.Biased(
                        map, params.tensor("vocab_projector.bias", Shape.of(sizes.vocabSize()), new Init.Zeros())));
    }
}
