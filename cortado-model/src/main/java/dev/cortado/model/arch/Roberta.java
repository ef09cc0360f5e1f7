package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Params;
import dev.cortado.model.Pooler;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.EncoderStack;
import dev.cortado.model.layer.FirstToken;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.MaskedLmHead;
import dev.cortado.model.layer.TextClassifier;
import dev.cortado.model.layer.TextEmbeddings;
import dev.cortado.model.layer.TokenClassifier;
import dev.cortado.tensor.Device;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// RoBERTa (Liu et al. 2019, arXiv:1907.11692), XLM-RoBERTa (Conneau et al. 2019, arXiv:1911.02116) and CamemBERT
/// (Martin et al. 2019, arXiv:1911.03894): BERT with other training, other heads, and positions counted as fairseq
/// does. Parameter names are those of Hugging Face's `RobertaModel`, `RobertaForMaskedLM` and so on, which the other
/// two share.
public final class Roberta {
    private Roberta() {}

    /// The model of these numbers.
    public static Encoder of(RobertaSpec spec, Params params, Device device) {
        EncoderSizes sizes = spec.sizes();
        Params roberta = spec.task() instanceof EncoderTask.Bare ? params : params.at("roberta");
        var body = new BertBody(sizes, spec.textTypes(), spec.normEpsilon(), OptionalInt.of(spec.padding()));
        Embedding words = body.words(roberta);
        TextEmbeddings embeddings = body.embeddings(roberta, words);
        List<Block> blocks = body.blocks(roberta);
        Optional<Pooler> pooler =
                spec.task() instanceof EncoderTask.Bare ? body.poolerIfAny(roberta) : Optional.empty();
        int width = sizes.width();
        List<EncoderHead> heads = switch (spec.task()) {
            case EncoderTask.Bare _ -> List.of();
            case EncoderTask.MaskedLm(boolean tied) -> List.of(words(body, params.at("lm_head"), words, tied));
            case EncoderTask.TextLabels(Labels labels) -> List.of(text(width, params.at("classifier"), labels));
            case EncoderTask.TokenLabels(Labels labels) ->
                List.of(new TokenClassifier(params.biased("classifier", width, labels.count())));
            case EncoderTask.Spans _ -> List.of(new TokenClassifier(params.biased("qa_outputs", width, 2)));
            case EncoderTask.PreTraining _, EncoderTask.NextSentence _ ->
                throw new IllegalStateException("its spec allows no such head");
        };
        Lens lens = Lens.of(sizes.shape().headDim());
        var parts = new EncoderStack.Parts(embeddings, lens, blocks, pooler, heads);
        return new EncoderStack(spec, parts, params.finish(), device);
    }

    /// Its activation is GELU whatever that of the blocks is.
    private static EncoderHead words(BertBody body, Params head, Embedding words, boolean tied) {
        int width = body.sizes().width();
        return new MaskedLmHead(
                head.biased("dense", width, width),
                Activation.GELU,
                body.norm(head.at("layer_norm")),
                body.decoder(head, words, tied));
    }

    private static EncoderHead text(int width, Params head, Labels labels) {
        return new TextClassifier(
                new FirstToken(head.biased("dense", width, width), Activation.TANH),
                head.biased("out_proj", width, labels.count()));
    }
}
