package dev.cortado.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.llamacpp.LlamaCppOracle;
import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.gguf.GgufWriter;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.format.GgufEnds;
import dev.cortado.text.tokenizer.format.GgufTokenizerWriter;
import dev.cortado.text.tokenizer.format.GgufVocabulary;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.scan.WordScanner;
import dev.cortado.text.tokenizer.train.Alphabet;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.ByteTrainer;
import dev.cortado.text.tokenizer.train.PieceRules;
import dev.cortado.text.tokenizer.train.SentencePieceBpeTrainer;
import dev.cortado.text.tokenizer.train.SentencePieceText;
import dev.cortado.text.tokenizer.train.Trainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.text.tokenizer.train.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// llama.cpp reading a vocabulary of ours gives the tokens that the tokenizer itself gives.
class LlamaCppVocabularyTest {
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "   leading and trailing   ",
            "Hello, world! It's 12345 o'clock; they'll DON'T\n\nx\r\n\ty",
            "naïve café — “quotes” … €99 ½ ∑ α→β",
            "中文字符測試 日本語テスト 한국어 हिन्दी עברית العربية",
            "👍🏿 👨\u200D👩\u200D👧 🇫🇷",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa aaaa abababababababababab",
            "<s>x</s> <unk> <|endoftext|> [CLS] <0x41>",
            "{\"k\": [1, 2.50, -3e10, null]}\n\tif (x != 0xFF) { return a[i++]; } // -->");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizers/gpt2",
                "tokenizers/tiktoken/cl100k_base.tiktoken",
                "tokenizers/phi3",
                "tokenizers/bert/bert-base-uncased-vocab.txt",
                "tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf",
                "models/stories260k/hf/tokenizer.model",
                "tokenizers/sentencepiece/test_model.model",
                "tokenizers/sentencepiece/hf_test_sentencepiece.model"
            })
    void published(String file) throws IOException {
        same(file, Tokenizers.read(SharedData.require(file)));
    }

    private static Map<String, Trainer> trainers() {
        VocabularySpec size = VocabularySpec.of(1000).withSpecials("<|endoftext|>");
        Map<String, Trainer> trainers = new LinkedHashMap<>();
        trainers.put("bytes", new ByteTrainer(List.of("<s>", "</s>"), 0));
        trainers.put("GPT-2", ByteLevelBpeTrainer.of(size));
        trainers.put("Llama 3", new ByteLevelBpeTrainer(size, WordScanner.LLAMA3, Optional.empty()));
        trainers.put("Qwen 2", new ByteLevelBpeTrainer(size, WordScanner.QWEN2, Optional.empty()));
        trainers.put("GPT-4o", new ByteLevelBpeTrainer(size, WordScanner.O200K, Optional.empty()));
        trainers.put("WordPiece", WordPieceTrainer.bert(1000, true));
        trainers.put(
                "SentencePiece BPE",
                new SentencePieceBpeTrainer(
                        VocabularySpec.of(1000).withSpecials("<unk>", "<s>", "</s>"),
                        Alphabet.covering(0.9995),
                        PieceRules.SENTENCE_PIECE,
                        "<unk>",
                        true,
                        Optional.empty(),
                        SentencePieceText.WORDS));
        return trainers;
    }

    static Stream<String> trained() {
        return trainers().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource
    void trained(String name) throws IOException {
        List<String> lines =
                Files.readAllLines(SharedData.require("corpora/botchan.txt")).subList(0, 1000);
        same(name, trainers().get(name).train(lines.stream()).tokenizer());
    }

    private void same(String name, PipelineTokenizer original) throws IOException {
        GgufVocabulary vocabulary =
                GgufTokenizerWriter.vocabulary(original, ends(original), original.vocabSize() + 3, Optional.empty());
        var metadata = new LinkedHashMap<String, GgufValue>();
        metadata.put("general.architecture", new GgufValue.Text("llama"));
        metadata.put("general.name", new GgufValue.Text(name)); // which says llama.cpp that it is Phi-3
        metadata.putAll(vocabulary.metadata());
        Path file = folder.resolve("vocabulary.gguf");
        GgufWriter.write(file, metadata, List.of());
        try (var oracle = LlamaCppOracle.openVocabulary(file)) {
            assertThat(oracle.vocabSize()).isEqualTo(original.vocabSize() + 3);
            for (String text : texts(original)) {
                for (boolean special : new boolean[] {false, true}) {
                    assertThat(oracle.tokens(text, special, false))
                            .as("%s of '%s'", name, text)
                            .isEqualTo(original.encode(text, SpecialText.NEVER, special));
                }
            }
        }
    }

    /// Texts on which llama.cpp is right. Its BERT drops spacing marks (Mc) with the accents (Mn); and of two
    /// ways to spell a word with equal scores its Unigram takes another one than SentencePiece.
    private static List<String> texts(PipelineTokenizer tokenizer) throws IOException {
        var texts = new ArrayList<>(TEXTS);
        texts.addAll(
                Files.readAllLines(SharedData.require("corpora/botchan.txt")).subList(0, 400));
        texts.add(Files.readString(SharedData.require("corpora/tinyshakespeare.txt"))
                .substring(0, 20_000));
        if (tokenizer.pipeline().preTokenizer().orElse(null) instanceof PreTokenizer.Metaspace) {
            texts.removeIf(text -> text.startsWith(" ")); // a difference that the writer names
        }
        switch (tokenizer.pipeline().model()) {
            case WordPiece _ -> texts.removeIf(text -> text.contains("हिन्दी"));
            case Unigram _ -> texts.removeIf(text -> text.contains(".."));
            default -> {}
        }
        return texts;
    }

    private static GgufEnds ends(PipelineTokenizer tokenizer) {
        int[] around = tokenizer.encode("", SpecialText.NEVER, true);
        Specials specials = tokenizer.specials();
        OptionalInt eos = specials.eos();
        if (eos.isEmpty()) {
            eos = Stream.of("<|endoftext|>", "</s>", "[SEP]")
                    .flatMapToInt(t -> tokenizer.id(t).stream())
                    .findFirst();
        }
        OptionalInt bos = specials.bos().isPresent() || around.length == 0 ? specials.bos() : OptionalInt.of(around[0]);
        return new GgufEnds(bos, eos, specials.pad());
    }
}
