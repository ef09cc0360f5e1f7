package dev.cortado.model.onnx;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;

/// [dev.cortado.model.arch.Bert] and [dev.cortado.model.arch.Roberta] as ONNX graphs, by the conventions of Hugging
/// Face's Optimum, so that programs made for those run them.
///
/// | | name | type and shape |
/// |---|---|---|
/// | in | `input_ids` | I64 [B, T] |
/// | in | `attention_mask` | I64 [B, T], 1 for tokens and 0 for padding |
/// | in | `token_type_ids` | I64 [B, T], which of two texts each is of; BERT only |
/// | out, no head | `last_hidden_state` | F32 [B, T, D] |
/// | | `pooler_output` | F32 [B, D], where the checkpoint has a pooler |
/// | out, words | `logits` | F32 [B, T, V] |
/// | out, labels | `logits` | F32 [B, L] of texts, [B, T, L] of tokens |
/// | out, next sentence | `logits` | F32 [B, 2] |
/// | out, pre-training | `prediction_logits`, `seq_relationship_logits` | F32 [B, T, V] and [B, 2] |
/// | out, answers | `start_logits`, `end_logits` | F32 [B, T] each |
public final class BertOnnx {
    private final EncoderSizes sizes;
    private final double epsilon;
    private final OnnxEncoder encoder;
    private final OnnxLayers layers;
    private final OnnxLayers body;

    /// @param prefix of the parameters below the heads
    private BertOnnx(
            String prefix,
            EncoderSizes sizes,
            double epsilon,
            EncoderTask task,
            WeightSource weights,
            CheckpointNames names) {
        this.sizes = sizes;
        this.epsilon = epsilon;
        this.encoder = new OnnxEncoder(prefix, sizes);
        this.layers = new OnnxLayers(encoder.graph(), weights, names);
        this.body = task instanceof EncoderTask.Bare ? layers : layers.at(prefix);
    }

    /// The graph; the weights must stay open until it is written.
    ///
    /// @throws IllegalArgumentException when the weights are not those of the spec
    public static OnnxGraph graph(BertSpec spec, WeightSource weights) {
        var bert = new BertOnnx("bert", spec.sizes(), spec.normEpsilon(), spec.task(), weights, spec.names());
        return bert.build(spec);
    }

    /// The same for a RoBERTa and its kin, whose padding is known by its id, too.
    public static OnnxGraph graph(RobertaSpec spec, WeightSource weights) {
        var roberta = new BertOnnx("roberta", spec.sizes(), spec.normEpsilon(), spec.task(), weights, spec.names());
        return roberta.build(spec);
    }

    private OnnxGraph build(BertSpec spec) {
        OnnxGraph graph = encoder.graph();
        OnnxValue types = encoder.input("token_type_ids");
        OnnxValue positions = graph.range(graph.integer(0), encoder.ids().size(1)); // [T]
        OnnxValue x = blocks(embedded(positions, types, spec.textTypes()));
        switch (spec.task()) {
            case EncoderTask.Bare _ -> activations(x);
            case EncoderTask.MaskedLm(boolean tied) -> words("logits", x, tied);
            case EncoderTask.PreTraining(boolean tied) -> {
                words("prediction_logits", x, tied);
                nextSentence("seq_relationship_logits", x);
            }
            case EncoderTask.NextSentence _ -> nextSentence("logits", x);
            case EncoderTask.TextLabels(Labels labels) ->
                encoder.outputOfTexts(
                        "logits",
                        layers.biased("classifier", pooled(x), sizes.width(), labels.count()),
                        labels.count());
            case EncoderTask.TokenLabels(Labels labels) -> tokens(x, labels);
            case EncoderTask.Spans _ -> encoder.outputSpans(layers.biased("qa_outputs", x, sizes.width(), 2));
        }
        layers.finish();
        return graph;
    }

    private OnnxGraph build(RobertaSpec spec) {
        OnnxGraph graph = encoder.graph();
        OnnxValue x = blocks(embedded(counted(spec.padding()), graph.integer(0), spec.textTypes()));
        switch (spec.task()) {
            case EncoderTask.Bare _ -> activations(x);
            case EncoderTask.MaskedLm(boolean tied) ->
                words("logits", layers.at("lm_head"), "dense", "layer_norm", Activation.GELU, x, tied);
            case EncoderTask.TextLabels(Labels labels) -> {
                OnnxLayers head = layers.at("classifier");
                encoder.outputOfTexts(
                        "logits",
                        head.biased("out_proj", first(head, x), sizes.width(), labels.count()),
                        labels.count());
            }
            case EncoderTask.TokenLabels(Labels labels) -> tokens(x, labels);
            case EncoderTask.Spans _ -> encoder.outputSpans(layers.biased("qa_outputs", x, sizes.width(), 2));
            case EncoderTask.PreTraining _, EncoderTask.NextSentence _ ->
                throw new IllegalStateException("its spec allows no such head");
        }
        layers.finish();
        return graph;
    }

    /// Positions as fairseq counts them: padding + how many tokens up to this one, itself among them, are not
    /// padding; of padding itself, padding. → I64 [B, T].
    private OnnxValue counted(long padding) {
        return body.at("embeddings").within(() -> {
            OnnxValue id = encoder.graph().integer(padding);
            OnnxValue text = encoder.ids().equal(id).not().cast(DType.I64);
            return text.cumulativeSum(1).mul(text).add(id);
        });
    }

    /// norm(word + position + text). positions I64 [B, T] or [T], types I64 [B, T] or one for all → [B, T, D].
    private OnnxValue embedded(OnnxValue positions, OnnxValue types, int textTypes) {
        OnnxLayers tables = body.at("embeddings");
        OnnxValue words = tables.embedding("word_embeddings", encoder.ids(), sizes.vocabSize(), sizes.width());
        OnnxValue places = tables.embedding("position_embeddings", positions, sizes.positions(), sizes.width());
        OnnxValue texts = tables.embedding("token_type_embeddings", types, textTypes, sizes.width());
        OnnxValue sum = tables.within(() -> words.add(places).add(texts));
        return tables.layerNorm("LayerNorm", sum, sizes.width(), epsilon);
    }

    private OnnxValue blocks(OnnxValue embedded) {
        OnnxValue x = embedded;
        for (int i = 0; i < sizes.layers(); i++) {
            x = block(body.at("encoder").at("layer").at(i), x);
        }
        return x;
    }

    /// norm(x + attention(x)), then norm(x + feed-forward(x)).
    private OnnxValue block(OnnxLayers layer, OnnxValue x) {
        long width = sizes.width();
        OnnxLayers self = layer.at("attention").at("self");
        OnnxValue q = self.biased("query", x, width, width);
        OnnxValue k = self.biased("key", x, width, width);
        OnnxValue v = self.biased("value", x, width, width);
        OnnxValue mixed = self.within(() -> encoder.attend(q, k, v));
        OnnxValue attended = added(layer.at("attention").at("output"), x, mixed, width);
        OnnxLayers raise = layer.at("intermediate");
        OnnxValue raised = raise.biased("dense", attended, width, sizes.hiddenWidth());
        OnnxValue active = raise.within(() -> OnnxLayers.activation(sizes.activation(), raised));
        return added(layer.at("output"), attended, active, sizes.hiddenWidth());
    }

    /// norm(x + dense(part)).
    private OnnxValue added(OnnxLayers output, OnnxValue x, OnnxValue part, long in) {
        OnnxValue branch = output.biased("dense", part, in, sizes.width());
        return output.layerNorm("LayerNorm", output.within(() -> x.add(branch)), sizes.width(), epsilon);
    }

    private void activations(OnnxValue x) {
        encoder.outputOfTokens("last_hidden_state", x, sizes.width());
        if (body.has("pooler.dense.weight")) {
            encoder.outputOfTexts("pooler_output", pooled(x), sizes.width());
        }
    }

    private OnnxValue pooled(OnnxValue x) {
        return first(body.at("pooler"), x);
    }

    /// tanh(W·h₀) of the first token: [B, D].
    private OnnxValue first(OnnxLayers head, OnnxValue x) {
        OnnxValue dense = head.biased("dense", OnnxEncoder.firstToken(x), sizes.width(), sizes.width());
        return head.within(dense::tanh);
    }

    private void tokens(OnnxValue x, Labels labels) {
        encoder.outputOfTokens("logits", layers.biased("classifier", x, sizes.width(), labels.count()), labels.count());
    }

    private void nextSentence(String output, OnnxValue x) {
        encoder.outputOfTexts(output, layers.at("cls").biased("seq_relationship", pooled(x), sizes.width(), 2), 2);
    }

    private void words(String output, OnnxValue x, boolean tied) {
        words(
                output,
                layers.at("cls").at("predictions"),
                "transform.dense",
                "transform.LayerNorm",
                sizes.activation(),
                x,
                tied);
    }

    /// The words behind masks: W₂·norm(activation(W₁x)) + bias.
    private void words(
            String output,
            OnnxLayers head,
            String dense,
            String norm,
            Activation activation,
            OnnxValue x,
            boolean tied) {
        long width = sizes.width();
        OnnxValue raised = head.biased(dense, x, width, width);
        OnnxValue active = head.within(() -> OnnxLayers.activation(activation, raised));
        OnnxValue transformed = head.layerNorm(norm, active, width, epsilon);
        OnnxValue product = tied
                ? body.at("embeddings").tiedHead("word_embeddings", transformed, sizes.vocabSize(), width)
                : head.linear("decoder", transformed, width, sizes.vocabSize());
        // Checkpoints hold the bias under its own name, or under the decoder's alone.
        String bias = !head.has("bias") && head.has("decoder.bias") ? "decoder.bias" : "bias";
        OnnxValue logits = head.within(() -> product.add(head.weight(bias, sizes.vocabSize())));
        encoder.outputOfTokens(output, logits, sizes.vocabSize());
    }
}
