package dev.cortado.model.onnx;

import dev.cortado.model.arch.DistilBertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.weights.WeightSource;

/// [dev.cortado.model.arch.DistilBert] as an ONNX graph, with the inputs and outputs of [BertOnnx] but for
/// `token_type_ids`, of which it knows nothing.
public final class DistilBertOnnx {
    private static final double EPSILON = 1e-12; // of all norms

    private final DistilBertSpec spec;
    private final EncoderSizes sizes;
    private final OnnxEncoder encoder;
    private final OnnxLayers layers;
    private final OnnxLayers body;

    private DistilBertOnnx(DistilBertSpec spec, WeightSource weights) {
        this.spec = spec;
        this.sizes = spec.sizes();
        this.encoder = new OnnxEncoder("distilbert", sizes);
        this.layers = new OnnxLayers(encoder.graph(), weights, spec.names());
        this.body = spec.task() instanceof EncoderTask.Bare ? layers : layers.at("distilbert");
    }

    /// The graph; the weights must stay open until it is written.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec
    public static OnnxGraph graph(DistilBertSpec spec, WeightSource weights) {
        return new DistilBertOnnx(spec, weights).build();
    }

    private OnnxGraph build() {
        long width = sizes.width();
        OnnxValue x = embedded(); // [B, T, D]
        for (int i = 0; i < sizes.layers(); i++) {
            x = block(body.at("transformer").at("layer").at(i), x);
        }
        switch (spec.task()) {
            case EncoderTask.Bare _ -> encoder.outputOfTokens("last_hidden_state", x, width);
            case EncoderTask.MaskedLm(boolean tied) ->
                encoder.outputOfTokens("logits", words(x, tied), sizes.vocabSize());
            case EncoderTask.TextLabels(Labels labels) -> {
                OnnxLayers classifier = layers.at("pre_classifier");
                OnnxValue dense = layers.biased("pre_classifier", OnnxEncoder.firstToken(x), width, width);
                OnnxValue active = classifier.within(dense::relu);
                encoder.outputOfTexts(
                        "logits", layers.biased("classifier", active, width, labels.count()), labels.count());
            }
            case EncoderTask.TokenLabels(Labels labels) ->
                encoder.outputOfTokens("logits", layers.biased("classifier", x, width, labels.count()), labels.count());
            case EncoderTask.Spans _ -> encoder.outputSpans(layers.biased("qa_outputs", x, width, 2));
            case EncoderTask.PreTraining _, EncoderTask.NextSentence _ ->
                throw new IllegalStateException("its spec allows no such head");
        }
        layers.finish();
        return encoder.graph();
    }

    /// norm(word + position).
    private OnnxValue embedded() {
        OnnxGraph graph = encoder.graph();
        OnnxLayers tables = body.at("embeddings");
        OnnxValue positions = graph.range(graph.integer(0), encoder.ids().size(1)); // [T]
        OnnxValue words = tables.embedding("word_embeddings", encoder.ids(), sizes.vocabSize(), sizes.width());
        OnnxValue places = tables.embedding("position_embeddings", positions, sizes.positions(), sizes.width());
        return tables.layerNorm("LayerNorm", tables.within(() -> words.add(places)), sizes.width(), EPSILON);
    }

    /// norm(x + attention(x)), then norm(x + feed-forward(x)).
    private OnnxValue block(OnnxLayers layer, OnnxValue x) {
        long width = sizes.width();
        OnnxLayers attention = layer.at("attention");
        OnnxValue q = attention.biased("q_lin", x, width, width);
        OnnxValue k = attention.biased("k_lin", x, width, width);
        OnnxValue v = attention.biased("v_lin", x, width, width);
        OnnxValue mixed = attention.biased("out_lin", attention.within(() -> encoder.attend(q, k, v)), width, width);
        OnnxValue attended = layer.layerNorm("sa_layer_norm", layer.within(() -> x.add(mixed)), width, EPSILON);
        OnnxLayers ffn = layer.at("ffn");
        OnnxValue raised = ffn.biased("lin1", attended, width, sizes.hiddenWidth());
        OnnxValue active = ffn.within(() -> OnnxLayers.activation(sizes.activation(), raised));
        OnnxValue fed = ffn.biased("lin2", active, sizes.hiddenWidth(), width);
        return layer.layerNorm("output_layer_norm", layer.within(() -> attended.add(fed)), width, EPSILON);
    }

    /// The words behind masks: W₂·norm(activation(W₁x)) + bias.
    private OnnxValue words(OnnxValue x, boolean tied) {
        long width = sizes.width();
        OnnxLayers projector = layers.at("vocab_projector");
        OnnxValue raised = layers.biased("vocab_transform", x, width, width);
        OnnxValue active = layers.at("vocab_transform").within(() -> OnnxLayers.activation(sizes.activation(), raised));
        OnnxValue transformed = layers.layerNorm("vocab_layer_norm", active, width, EPSILON);
        OnnxValue product = tied
                ? body.at("embeddings").tiedHead("word_embeddings", transformed, sizes.vocabSize(), width)
                : layers.linear("vocab_projector", transformed, width, sizes.vocabSize());
        return projector.within(() -> product.add(projector.weight("bias", sizes.vocabSize())));
    }
}
