package dev.cortado.train;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Layout;
import dev.cortado.model.Parameter;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// A model of some ten thousand parameters and text to go with it.
final class Tiny {
    static final String SEPARATOR = "<|endoftext|>";
    static final int CONTEXT = 32;

    private static final String[] WORDS =
            "the a cat dog sat ran on under mat tree and then it was very big small red".split(" ");

    private Tiny() {}

    /// Short documents of random words: several share a row of [#CONTEXT] tokens, some are longer than one.
    static List<String> texts(int count) {
        var random = new SplittableRandom(5);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = random.nextInt(3, 40); word > 0; word--) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(word == 1 ? "." : " ");
            }
            texts.add(text.toString());
        }
        return texts;
    }

    static PipelineTokenizer tokenizer() {
        return ByteLevelBpeTrainer.of(VocabularySpec.of(280).withSpecials(SEPARATOR))
                .train(texts(50).stream())
                .tokenizer();
    }

    static TokenStore store(Path file, List<String> texts, PipelineTokenizer tokenizer) throws IOException {
        List<Document> documents = new ArrayList<>();
        for (String text : texts) {
            documents.add(new Document("text " + documents.size(), text));
        }
        TokenStore.write(
                file, documents.stream(), tokenizer, tokenizer.specials().require(SEPARATOR), (_, _, _) -> {});
        return TokenStore.open(file);
    }

    static LlamaSpec spec(int vocabSize) {
        return new LlamaSpec(vocabSize, CONTEXT, 32, 2, 4, 2, 8, 64, 1e-5, 10_000, false);
    }

    /// A new model as training finds it: the branches of its blocks are silent.
    static CausalLm model(int vocabSize) {
        return spec(vocabSize).build(Params.initialised(1, Device.CPU), Device.CPU);
    }

    /// A model all of whose parameters matter.
    static CausalLm loudModel(int vocabSize) {
        CausalLm model = model(vocabSize);
        var random = new SplittableRandom(2);
        try (var _ = Scope.open("loud model");
                var _ = Grad.off()) {
            for (Parameter p : model.parameters()) {
                double mean = p.decays() ? 0 : 1;
                p.tensor().copyInPlace(Tensors.normal(p.tensor().shape(), mean, 0.3, random));
            }
        }
        return model;
    }

    static Pass pass(DType precision, ComputeForm attention) {
        return new Pass(precision, attention, new Layout.Whole(0), Optional.empty());
    }
}
