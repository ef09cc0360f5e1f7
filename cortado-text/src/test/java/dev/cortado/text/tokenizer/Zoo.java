package dev.cortado.text.tokenizer;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.format.TiktokenEncoding;
import dev.cortado.text.tokenizer.format.TiktokenFile;
import dev.cortado.text.tokenizer.format.TokenizerFile;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.scan.WordScanner;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.ByteTrainer;
import dev.cortado.text.tokenizer.train.CharacterBpeTrainer;
import dev.cortado.text.tokenizer.train.CharacterTrainer;
import dev.cortado.text.tokenizer.train.SentencePieceBpeTrainer;
import dev.cortado.text.tokenizer.train.Trainer;
import dev.cortado.text.tokenizer.train.UnigramTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.text.tokenizer.train.WordPieceTrainer;
import dev.cortado.text.tokenizer.train.WordTrainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Tokenizers of every kind and from every format, by name, as `tokenizer.json` files. Those of a folder named by
/// `-Dcortado.tokenizers` are among them.
final class Zoo {
    /// Makes a `tokenizer.json` at a path.
    @FunctionalInterface
    interface Keeper {
        void write(Path json) throws IOException;
    }

    private static final int LINES = 1200; // of the corpus that tokenizers are trained on

    private Zoo() {}

    /// Every tokenizer that could be there; those whose file is missing skip the test.
    static SequencedMap<String, Keeper> all() throws IOException {
        SequencedMap<String, Keeper> all = new LinkedHashMap<>();
        all.put("phi3", json -> Files.copy(SharedData.require("tokenizers/phi3/tokenizer.json"), json));
        all.put("all-MiniLM-L6-v2", json -> copyResource("/onnx/all-MiniLM-L6-v2/tokenizer.json", json));
        all.put("all-MiniLM-L6-v2 without truncation", json -> {
            copyResource("/onnx/all-MiniLM-L6-v2/tokenizer.json", json);
            PipelineJson.write(whole(PipelineJson.read(json)), json);
        });
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            all.put(file.getKey(), json -> write(Tokenizers.read(SharedData.require(file.getValue())), json));
        }
        all.put("o200k_base", json -> write(tiktoken(TiktokenEncoding.O200K_BASE, json.getParent()), json));
        all.put("p50k_base", json -> write(tiktoken(TiktokenEncoding.P50K_BASE, json.getParent()), json));
        trainers()
                .forEach((name, trainer) -> all.put("trained " + name, json -> {
                    Stream<String> lines = Files.readAllLines(SharedData.require("corpora/botchan.txt")).stream()
                            .limit(LINES);
                    write(trainer.train(lines).tokenizer(), json);
                }));
        String more = System.getProperty("cortado.tokenizers");
        if (more != null) {
            try (Stream<Path> files = Files.list(Path.of(more))) {
                files.filter(file -> file.toString().endsWith(".json"))
                        .sorted()
                        .forEach(file -> all.put(String.valueOf(file.getFileName()), json -> Files.copy(file, json)));
            }
        }
        return all;
    }

    private static final Map<String, String> FILES = files();

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("gpt2", "tokenizers/gpt2");
        files.put("cl100k_base", "tokenizers/tiktoken/cl100k_base.tiktoken");
        files.put("r50k_base", "tokenizers/tiktoken/r50k_base.tiktoken");
        for (String name : List.of("gpt-2", "llama-spm", "phi-3", "bert-bge")) {
            files.put(name + " of GGUF", "tokenizers/llama.cpp/ggml-vocab-" + name + ".gguf");
        }
        files.put("stories260k of GGUF", "models/stories260k/stories260k.gguf");
        files.put("stories260k of SentencePiece", "models/stories260k/hf/tokenizer.model");
        files.put("test_model of SentencePiece", "tokenizers/sentencepiece/test_model.model");
        files.put("hf_test of SentencePiece", "tokenizers/sentencepiece/hf_test_sentencepiece.model");
        files.put("bert of vocab.txt", "tokenizers/bert/bert-base-uncased-vocab.txt");
        return files;
    }

    private static Map<String, Trainer> trainers() {
        Map<String, Trainer> trainers = new LinkedHashMap<>();
        VocabularySpec size = VocabularySpec.of(1000).withSpecials("<|endoftext|>");
        trainers.put("bytes", new ByteTrainer(List.of("<s>", "</s>"), 0));
        trainers.put("GPT-2", ByteLevelBpeTrainer.of(size));
        trainers.put("GPT-4", new ByteLevelBpeTrainer(size, WordScanner.CL100K, Optional.empty()));
        trainers.put("Llama 3", new ByteLevelBpeTrainer(size, WordScanner.LLAMA3, Optional.empty()));
        trainers.put("GPT-4o", new ByteLevelBpeTrainer(size, WordScanner.O200K, Optional.empty()));
        trainers.put("character BPE", CharacterBpeTrainer.of(1000));
        trainers.put("SentencePiece BPE", SentencePieceBpeTrainer.of(1000));
        trainers.put("WordPiece", WordPieceTrainer.bert(1000, true));
        trainers.put("cased WordPiece", WordPieceTrainer.bert(1000, false));
        trainers.put("Unigram", UnigramTrainer.of(1000));
        trainers.put("words", WordTrainer.of(1000));
        trainers.put("characters", CharacterTrainer.of(1000));
        return trainers;
    }

    /// An encoding whose ranks are among jtokkit's resources.
    static PipelineTokenizer tiktoken(TiktokenEncoding encoding, Path folder) throws IOException {
        Path file = folder.resolve(encoding.name() + ".tiktoken");
        copyResource("/com/knuddels/jtokkit/" + encoding.name() + ".tiktoken", file);
        TokenizerFile read = TiktokenFile.read(file, encoding);
        return new PipelineTokenizer(read.pipeline()).withSpecials(read.specials());
    }

    private static void copyResource(String name, Path to) throws IOException {
        try (InputStream in = Objects.requireNonNull(Zoo.class.getResourceAsStream(name), name)) {
            Files.copy(in, to);
        }
    }

    private static void write(PipelineTokenizer tokenizer, Path json) throws IOException {
        PipelineJson.write(tokenizer.pipeline(), json);
    }

    /// The same without truncation and padding.
    static Pipeline whole(Pipeline pipeline) {
        return new Pipeline(
                pipeline.addedTokens(),
                pipeline.normalizer(),
                pipeline.preTokenizer(),
                pipeline.model(),
                pipeline.postProcessor(),
                pipeline.decoder(),
                Optional.empty(),
                Optional.empty());
    }

    /// The names of all of them.
    static List<String> names() throws IOException {
        return new ArrayList<>(all().keySet());
    }
}
