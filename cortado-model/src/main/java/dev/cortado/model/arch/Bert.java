package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Params;
import dev.cortado.model.Pooler;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.EncoderStack;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.MaskedLmHead;
import dev.cortado.model.layer.TextClassifier;
import dev.cortado.model.layer.TextEmbeddings;
import dev.cortado.model.layer.TokenClassifier;
import dev.cortado.tensor.Device;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// BERT (Devlin et al. 2018, arXiv:1810.04805): a post-norm encoder with learned positions, which knows of each token
/// which of two texts it belongs to. Parameter names are those of Hugging Face's `BertModel`, `BertForMaskedLM` and
/// so on.
public final class Bert {
    private Bert() {}

    /// The model of these numbers.
    public static Encoder of(BertSpec spec, Params params, Device device) {
        EncoderSizes sizes = spec.sizes();
        Params bert = spec.task() instanceof EncoderTask.Bare ? params : params.at("bert");
        var body = new BertBody(sizes, spec.textTypes(), spec.normEpsilon(), OptionalInt.empty());
        Embedding words = body.words(bert);
        TextEmbeddings embeddings = body.embeddings(bert, words);
        List<Block> blocks = body.blocks(bert);
        Optional<Pooler> pooler = switch (spec.task()) {
            case EncoderTask.Bare _ -> body.poolerIfAny(bert);
            case EncoderTask.PreTraining _, EncoderTask.NextSentence _, EncoderTask.TextLabels _ ->
                Optional.of(body.pooler(bert));
            case EncoderTask.MaskedLm _, EncoderTask.TokenLabels _, EncoderTask.Spans _ -> Optional.empty();
        };
        List<EncoderHead> heads = switch (spec.task()) {
            case EncoderTask.Bare _ -> List.of();
            case EncoderTask.MaskedLm(boolean tied) -> List.of(words(spec, body, params, words, tied));
            case EncoderTask.PreTraining(boolean tied) ->
                List.of(words(spec, body, params, words, tied), nextSentence(spec, params, pooler.orElseThrow()));
            case EncoderTask.NextSentence _ -> List.of(nextSentence(spec, params, pooler.orElseThrow()));
            case EncoderTask.TextLabels(Labels labels) ->
                List.of(new TextClassifier(
                        pooler.orElseThrow(), params.biased("classifier", sizes.width(), labels.count())));
            case EncoderTask.TokenLabels(Labels labels) ->
                List.of(new TokenClassifier(params.biased("classifier", sizes.width(), labels.count())));
            case EncoderTask.Spans _ -> List.of(new TokenClassifier(params.biased("qa_outputs", sizes.width(), 2)));
        };
        Lens lens = Lens.of(sizes.shape().headDim());
        var parts = new EncoderStack.Parts(embeddings, lens, blocks, pooler, heads);
        return new EncoderStack(spec, parts, params.finish(), device);
    }

    private static EncoderHead words(BertSpec spec, BertBody body, Params params, Embedding words, boolean tied) {
        Params head = params.at("cls").at("predictions");
        Params transform = head.at("transform");
        return new MaskedLmHead(
                transform.biased("dense", spec.width(), spec.width()),
                spec.sizes().activation(),
                body.norm(transform.at("LayerNorm")),
                body.decoder(head, words, tied));
    }

    private static EncoderHead nextSentence(BertSpec spec, Params params, Pooler pooler) {
        return new TextClassifier(pooler, params.at("cls").biased("seq_relationship", spec.width(), 2));
    }
}
