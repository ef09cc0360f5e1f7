package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.util.stream.Stream;

/// Vocabularies for tests.
public final class Learned {
    private Learned() {}

    /// 300 tokens learned from a few lines, `<|endoftext|>` (id 0) beginning and ending sequences, `<|pad|>` (id
    /// 1).
    public static PipelineTokenizer small() {
        Stream<String> texts = Stream.of(
                "the cat sat on the mat, the rat ate the cat's hat; that is that, then there is another",
                "hello, hello! hello there, other others: 123 123 été été 中文 中文 aaaa aaaaaaa");
        PipelineTokenizer bpe = ByteLevelBpeTrainer.of(
                        VocabularySpec.of(300).withMinFrequency(1).withSpecials("<|endoftext|>", "<|pad|>"))
                .train(texts)
                .tokenizer();
        return bpe.withSpecials(
                bpe.specials().withBos("<|endoftext|>").withEos("<|endoftext|>").withPad("<|pad|>"));
    }
}
