package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.gguf.GgufWriter;
import dev.cortado.text.tokenizer.format.GgufEnds;
import dev.cortado.text.tokenizer.format.GgufTokenizerWriter;
import dev.cortado.text.tokenizer.format.GgufVocabulary;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GgufRoundTripTest {
    @TempDir
    private Path folder;

    static List<String> names() throws IOException {
        return Zoo.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void probe(String name) throws IOException {
        Path json = folder.resolve("tokenizer.json");
        Zoo.all().get(name).write(json);
        check(name, new PipelineTokenizer(PipelineJson.read(json)));
    }

    @ParameterizedTest
    @MethodSource
    void files(String name) throws IOException {
        check("file " + name, Tokenizers.read(SharedData.require(name)));
    }

    static Stream<String> files() {
        return Stream.of("tokenizers/sentencepiece/test_model.model",
         "tokenizers/sentencepiece/hf_test_sentencepiece.model",
        "models/stories260k/hf/tokenizer.model", "models/stories260k/stories260k.gguf",
        "tokenizers/bert/bert-base-uncased-vocab.txt", "tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf", "tokenizers/llama.cpp/ggml-vocab-bert-bge.gguf", "tokenizers/llama.cpp/ggml-vocab-phi-3.gguf", "tokenizers/llama.cpp/ggml-vocab-gpt-2.gguf",
         "tokenizers/tiktoken/cl100k_base.tiktoken");
    }

    private void check(String name, PipelineTokenizer original) throws IOException {
        GgufVocabulary v;
        try {
            v = GgufTokenizerWriter.vocabulary(original, ends(original), original.vocabSize() + 3, Optional.empty());
        } catch (IllegalArgumentException e) {
            System.out.println("@@ " + name + ": REFUSED " + e.getMessage());
            return;
        }
        Path file = folder.resolve("v.gguf");
        GgufWriter.write(file, v.metadata(), List.of());
        PipelineTokenizer back = Tokenizers.read(file);
        var texts = new ArrayList<>(Torture.texts());
        texts.addAll(Files.readAllLines(SharedData.require("corpora/botchan.txt")));
        texts.add(Files.readString(SharedData.require("corpora/tinyshakespeare.txt")));
        int wrong = 0;
        String first = "";
        for (String text : texts) {
            for (boolean special : new boolean[] {false, true}) {
                int[] a = original.encode(text, SpecialText.NEVER, special);
                int[] b = back.encode(text, SpecialText.NEVER, special);
                if (!java.util.Arrays.equals(a, b)) {
                    if (wrong++ == 0) {
                        int at = java.util.Arrays.mismatch(a, b);
                        first = text.substring(0, Math.min(40, text.length())) + " at " + at + " " + java.util.Arrays.toString(java.util.Arrays.copyOf(a, Math.min(a.length, at + 3))) + java.util.Arrays.toString(java.util.Arrays.copyOf(b, Math.min(b.length, at + 3)));
                    }
                }
            }
        }
        System.out.println("@@ " + name + " (" + v.metadata().get("tokenizer.ggml.model") + v.metadata().get("tokenizer.ggml.pre") + "): " + wrong + " wrong, " + v.differences() + " " + first.replace("\n", "\\n"));
    }

    private static GgufEnds ends(PipelineTokenizer tokenizer) {
        int[] around = tokenizer.encode("", SpecialText.NEVER, true);
        Specials specials = tokenizer.specials();
        OptionalInt eos = specials.eos();
        if (eos.isEmpty()) {
            eos = Stream.of("</s>", "<|endoftext|>", "[SEP]").flatMapToInt(t -> tokenizer.id(t).stream()).findFirst();
        }
        OptionalInt bos = specials.bos().isPresent() || around.length == 0 ? specials.bos() : OptionalInt.of(around[0]);
        return new GgufEnds(bos, eos, specials.pad());
    }
}
