package dev.cortado.train;

import dev.cortado.model.Model;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.train.objective.Batch;
import dev.cortado.train.objective.Loss;
import dev.cortado.train.objective.Objective;
import java.util.stream.IntStream;

/// How well a model predicts text it was not trained on.
///
/// @param loss        mean negative log-likelihood of a token, in nats
/// @param bitsPerByte −log₂ likelihood of the text over its UTF-8 bytes: comparable between tokenizers and with
///                    compressors. The end of a document is predicted too, but counts no byte
/// @param tokens      tokens predicted
/// @param bytes       bytes of text in them
public record Evaluation(double loss, double bitsPerByte, long tokens, long bytes) {
    /// e^loss: the number of equally likely tokens the model is as uncertain as.
    public double perplexity() {
        return Math.exp(loss);
    }

    /// The held-out text a model is evaluated on, and how.
    ///
    /// @param rows      the text
    /// @param mostRows  only this many of the first rows
    /// @param batchRows rows at a time
    public record Task(Rows rows, Tokenizer tokenizer, long mostRows, int batchRows) {
        /// Evaluates a model.
        public <M extends Model> Evaluation of(M model, Objective<? super M> objective, Pass pass) {
            int count = (int) Math.min(rows.rows(), mostRows);
            double sum = 0;
            long tokens = 0;
            long bytes = 0;
            try (var _ = Grad.off()) {
                for (int from = 0; from < count; from += batchRows) {
                    int[] ids = IntStream.range(from, Math.min(count, from + batchRows))
                            .toArray();
                    try (var _ = Scope.open("evaluate")) {
                        Batch batch = Batches.load(rows, ids, model.device());
                        Loss loss = objective.loss(model, batch, pass);
                        sum += loss.sum().toDouble();
                        tokens += loss.targets();
                        bytes += textBytes(batch.targets().toLongs());
                    }
                }
            }
            return new Evaluation(sum / tokens, sum / Math.log(2) / bytes, tokens, bytes);
        }

        private long textBytes(long[] ids) {
            long bytes = 0;
            for (long id : ids) {
                if (!tokenizer.specials().contains((int) id)) {
                    bytes += tokenizer.bytes((int) id).length;
                }
            }
            return bytes;
        }
    }
}
