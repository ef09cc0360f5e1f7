package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.gguf.Gguf;
import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.gguf.GgufWriter;
import dev.cortado.text.tokenizer.format.GgufEnds;
import dev.cortado.text.tokenizer.format.GgufTokenizerWriter;
import dev.cortado.text.tokenizer.format.GgufVocabulary;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A tokenizer that goes into a GGUF file comes back as it was, or it is refused, or what differs is named.
class GgufRoundTripTest {
    /// Why some cannot go there.
    private static final Map<String, String> REFUSED = Map.of(
            "trained character BPE", "ends of words",
            "trained SentencePiece BPE", "normalizes text by Nmt",
            "trained Unigram", "normalizes text by Nmt",
            "trained words", "whole words",
            "trained characters", "spaces as");

    @TempDir
    private Path folder;

    /// All but those that are large and no other kind than the rest.
    static Stream<String> names() throws IOException {
        return Zoo.names().stream().filter(name -> !name.matches(".*_base|gpt-2 of GGUF|.* without truncation"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyTokenizer(String name) throws IOException {
        Path json = folder.resolve("tokenizer.json");
        Zoo.all().get(name).write(json);
        var tokenizer = new PipelineTokenizer(PipelineJson.read(json));
        if (REFUSED.containsKey(name)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> written(tokenizer, tokenizer.vocabSize()))
                    .withMessageStartingWith("this tokenizer cannot be put into a GGUF file: ")
                    .withMessageContaining(REFUSED.get(name));
        } else {
            comesBack(name, tokenizer);
        }
    }

    /// Not as `tokenizer.json`, which says less than these files.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizers/sentencepiece/test_model.model",
                "tokenizers/sentencepiece/hf_test_sentencepiece.model",
                "models/stories260k/hf/tokenizer.model",
                "models/stories260k/stories260k.gguf",
                "tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf",
                "tokenizers/llama.cpp/ggml-vocab-phi-3.gguf"
            })
    void everyFormat(String file) throws IOException {
        comesBack(file, Tokenizers.read(SharedData.require(file)));
    }

    private void comesBack(String name, PipelineTokenizer original) throws IOException {
        GgufVocabulary vocabulary = written(original, original.vocabSize() + 3);
        PipelineTokenizer back = read(name, vocabulary);
        assertThat(back.vocabSize()).isEqualTo(original.vocabSize() + 3);
        var texts = new ArrayList<>(Torture.texts(1));
        texts.addAll(
                Files.readAllLines(SharedData.require("corpora/botchan.txt")).subList(0, 100));
        texts.add(Files.readString(SharedData.require("corpora/tinyshakespeare.txt"))
                .substring(0, 5_000));
        if (vocabulary.differences().stream().anyMatch(clause -> clause.contains("at the ends of a text"))) {
            texts.removeIf(text -> !text.strip().equals(text));
        }
        for (String text : texts) {
            for (boolean special : new boolean[] {false, true}) {
                assertThat(back.encode(text, SpecialText.NEVER, special))
                        .as("%s of '%s'", name, text)
                        .isEqualTo(original.encode(text, SpecialText.NEVER, special));
            }
        }
    }

    private static GgufVocabulary written(PipelineTokenizer tokenizer, int size) {
        return GgufTokenizerWriter.vocabulary(tokenizer, ends(tokenizer), size, Optional.empty());
    }

    private PipelineTokenizer read(String name, GgufVocabulary vocabulary) throws IOException {
        var metadata = new LinkedHashMap<String, GgufValue>();
        metadata.put("general.name", new GgufValue.Text(name)); // which says that it is Phi-3
        metadata.putAll(vocabulary.metadata());
        Path file = folder.resolve("vocabulary.gguf");
        GgufWriter.write(file, metadata, List.of());
        return Tokenizers.read(file);
    }

    /// What a model's configuration would say.
    private static GgufEnds ends(PipelineTokenizer tokenizer) {
        int[] around = tokenizer.encode("", SpecialText.NEVER, true);
        Specials specials = tokenizer.specials();
        OptionalInt eos = specials.eos().isPresent()
                ? specials.eos()
                : Stream.of("<|endoftext|>", "</s>", "[SEP]")
                        .flatMapToInt(token -> tokenizer.id(token).stream())
                        .findFirst();
        OptionalInt bos = specials.bos().isPresent() || around.length == 0 ? specials.bos() : OptionalInt.of(around[0]);
        return new GgufEnds(bos, eos, specials.pad());
    }

    @Test
    void missingTokensAreUnusedOnes() throws IOException {
        PipelineTokenizer small = Learned.small();
        Path file = folder.resolve("padded.gguf");
        GgufVocabulary vocabulary = GgufTokenizerWriter.vocabulary(
                small, GgufEnds.of(small.specials()), small.vocabSize() + 2, Optional.of("{{ messages }}"));
        assertThat(vocabulary.differences()).isEmpty();
        GgufWriter.write(file, vocabulary.metadata(), List.of());
        try (Arena arena = Arena.ofConfined()) {
            Gguf read = Gguf.open(file, arena);
            assertThat(read.texts("tokenizer.ggml.tokens").orElseThrow())
                    .endsWith("[PAD" + small.vocabSize() + "]", "[PAD" + (small.vocabSize() + 1) + "]");
            GgufValue.Numbers types = read.numbers("tokenizer.ggml.token_type").orElseThrow();
            assertThat(types.whole(types.count() - 1)).isEqualTo(5);
            assertThat(types.whole(0)).isEqualTo(3);
            assertThat(read.text("tokenizer.chat_template")).contains("{{ messages }}");
            assertThat(read.whole("tokenizer.ggml.padding_token_id")).hasValue(1);
        }
        PipelineTokenizer back = Tokenizers.read(file);
        assertThat(back.specials().eos()).isEqualTo(small.specials().eos());
        assertThat(back.encode("[PAD" + small.vocabSize() + "]")).doesNotContain(small.vocabSize());
    }

    @Test
    void refusals() {
        PipelineTokenizer small = Learned.small();
        refused(() -> written(small, 10), "the model only 10");
        refused(
                () -> vocabulary(small, OptionalInt.empty(), OptionalInt.empty()),
                "no token is known that ends a text (eos)");
        refused(() -> vocabulary(small, OptionalInt.of(999), OptionalInt.of(0)), "id 999 is given a role");
        Pipeline pipeline = small.pipeline();
        refused(
                () -> written(with(pipeline, new PreTokenizer.ByteLevel(true, true, true), Optional.empty())),
                "cuts text into words by ByteLevel");
        var pattern = new PreTokenizer.Split(new TextPattern.Regex("[a-z]+"), PreTokenizer.Delimiter.ISOLATED, false);
        var odd = new PreTokenizer.Sequence(List.of(pattern, new PreTokenizer.ByteLevel(false, true, false)));
        refused(
                () -> written(with(pipeline, odd, Optional.empty())),
                "no name for its way to cut words, the pattern [a-z]+");
        var plain = new PreTokenizer.ByteLevel(false, true, true);
        refused(
                () -> written(with(pipeline, plain, Optional.of(new Normalizer.Lowercase()))),
                "normalizes text by Lowercase");
        GgufVocabulary nfc = written(with(pipeline, plain, Optional.of(new Normalizer.UnicodeForm(Form.NFC))));
        assertThat(nfc.differences()).singleElement().asString().contains("NFC");
    }

    /// A token that SentencePiece would merge of any two parts, and this model of two alone.
    @Test
    void mergesThatScoresCannotSay() {
        var ids = new LinkedHashMap<String, Integer>();
        for (String token : List.of("<unk>", "</s>", "a", "b", "c", "ab", "bc", "abc", "▁")) {
            ids.put(token, ids.size());
        }
        for (int b = 0; b < 256; b++) {
            ids.put("<0x%02X>".formatted(b), ids.size());
        }
        var options = new Bpe.Options(
                Bpe.Options.PLAIN.dropout(),
                Optional.of("<unk>"),
                Optional.empty(),
                Optional.empty(),
                true,
                true,
                false);
        var all =
                List.of(new Bpe.Merge(2, 3, 0), new Bpe.Merge(3, 4, 1), new Bpe.Merge(5, 4, 2), new Bpe.Merge(2, 6, 3));
        var mixed =
                List.of(new Bpe.Merge(2, 3, 0), new Bpe.Merge(5, 4, 1), new Bpe.Merge(3, 4, 2), new Bpe.Merge(2, 6, 3));
        Vocabulary vocabulary = Vocabulary.of(ids);
        assertThat(spm(new Bpe(vocabulary, all, options)).differences()).isEmpty();
        refused(() -> spm(new Bpe(vocabulary, all.subList(0, 3), options)), "'abc' is not merged of 'a' and 'bc'");
        refused(() -> spm(new Bpe(vocabulary, mixed, options)), "'abc' is merged to before and after other tokens");
        refused(() -> spm(new Bpe(vocabulary, all, Bpe.Options.PLAIN)), "no tokens for bytes");
    }

    private static GgufVocabulary spm(Bpe model) {
        var tokenizer = new PipelineTokenizer(new Pipeline(
                List.of(),
                Optional.of(new Normalizer.Replace(new TextPattern.Literal(" "), "▁")),
                Optional.empty(),
                model,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        return vocabulary(tokenizer, OptionalInt.of(1), OptionalInt.of(1));
    }

    private static GgufVocabulary vocabulary(PipelineTokenizer tokenizer, OptionalInt bos, OptionalInt eos) {
        return GgufTokenizerWriter.vocabulary(
                tokenizer, new GgufEnds(bos, eos, OptionalInt.empty()), tokenizer.vocabSize(), Optional.empty());
    }

    private static GgufVocabulary written(PipelineTokenizer tokenizer) {
        return written(tokenizer, tokenizer.vocabSize());
    }

    private static PipelineTokenizer with(Pipeline pipeline, PreTokenizer cut, Optional<Normalizer> normalizer) {
        return new PipelineTokenizer(new Pipeline(
                pipeline.addedTokens(),
                normalizer,
                Optional.of(cut),
                pipeline.model(),
                pipeline.postProcessor(),
                pipeline.decoder(),
                Optional.empty(),
                Optional.empty()));
    }

    private static void refused(Runnable writing, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(writing::run)
                .withMessageStartingWith("this tokenizer cannot be put into a GGUF file: ")
                .withMessageContaining(why);
    }
}
