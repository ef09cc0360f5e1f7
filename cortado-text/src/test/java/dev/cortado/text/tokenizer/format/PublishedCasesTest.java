package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AlignedText;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.SentencePieceRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Every reader against ids that the original implementations gave.
class PublishedCasesTest {
    private static final Map<String, TokenizerFile> TIKTOKEN = new ConcurrentHashMap<>();

    private static TokenizerFile tiktokenFile(String encoding) throws IOException {
        Path path = SharedData.require("tokenizers/tiktoken/" + encoding + ".tiktoken");
        if (!TIKTOKEN.containsKey(encoding)) {
            TIKTOKEN.put(encoding, TiktokenFile.read(path)); // once for all the tests
        }
        return TIKTOKEN.get(encoding);
    }

    @ParameterizedTest
    @CsvSource({
        "cl100k_base, jtokkit, 400",
        "cl100k_base, sharptoken, 60",
        "r50k_base, jtokkit, 400",
        "r50k_base, sharptoken, 60"
    })
    void tiktoken(String encoding, String source, int atLeast) throws IOException {
        TokenizerFile file = tiktokenFile(encoding);
        Cases.check("tokenizers/tiktoken/" + encoding + "." + source + ".jsonl", atLeast, Cases.plain(file));
    }

    @Test
    void tiktokensOwnTests() throws IOException {
        Map<String, PipelineTokenizer> tokenizers = new HashMap<>();
        var wrong = new ArrayList<String>();
        List<JsonNode> cases = Cases.lines("tokenizers/tiktoken/openai.jsonl");
        for (JsonNode one : cases) {
            String name = one.path("encoding").stringValue();
            TokenizerFile file = tiktokenFile(name);
            if (one.has("bytes_hex")) {
                assertThat(bytes(
                                (Bpe) file.pipeline().model(),
                                one.path("bytes_hex").stringValue()))
                        .isEqualTo(Cases.ids(one.path("ids")));
                continue;
            }
            SpecialText special = one.has("allowed_special") ? SpecialText.ALWAYS : SpecialText.NEVER;
            PipelineTokenizer tokenizer = tokenizers.computeIfAbsent(name, _ -> Cases.tokenizer(file));
            Cases.check(one, text -> tokenizer.encode(text, special, false), wrong);
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(30);
        assertThat(wrong).isEmpty();
    }

    private static int[] bytes(Bpe model, String hex) {
        var word = new StringBuilder();
        for (byte b : HexFormat.of().parseHex(hex)) {
            word.append(ByteAlphabet.character(b & 0xFF));
        }
        var out = new TokenBuffer();
        model.tokenize(word.toString(), out);
        return out.ids();
    }

    @Test
    void gpt2() throws IOException {
        Path folder = SharedData.require("tokenizers/gpt2");
        TokenizerFile file = MergesFiles.read(folder.resolve("encoder.json"), folder.resolve("vocab.bpe"));
        Cases.check("tokenizers/gpt2/cases.jsonl", 7, Cases.plain(file));
        Cases.check("tokenizers/llama.cpp/gpt-2.jsonl", 46, Cases.plain(file));
        assertThat(file.specials().eos()).hasValue(50256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "llama-spm", "bert-bge", "phi-3"})
    void llamaCpp(String name) throws IOException {
        TokenizerFile file =
                GgufTokenizer.read(SharedData.require("tokenizers/llama.cpp/ggml-vocab-" + name + ".gguf"));
        Cases.check("tokenizers/llama.cpp/" + name + ".jsonl", 46, Cases.plain(file));
        PipelineTokenizer tokenizer = Cases.tokenizer(file); // the cases spell no special token
        Cases.check(
                "tokenizers/llama.cpp/" + name + ".jsonl",
                46,
                text -> tokenizer.encode(text, SpecialText.ALWAYS, false));
    }

    @Test
    void llamaWithBos() throws IOException {
        PipelineTokenizer tokenizer = Cases.tokenizer(
                GgufTokenizer.read(SharedData.require("tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf")));
        Cases.check(
                "tokenizers/llama.cpp/llama-spm.hf_bos.jsonl",
                12,
                text -> tokenizer.encode(text, SpecialText.NEVER, true));
        assertThat(tokenizer.addsBos()).isTrue();
    }

    @Test
    void llamaWithOtherOptions() throws IOException {
        JsonNode options = Cases.json("tokenizers/llama.cpp/llama-spm.hf_options.json");
        TokenizerFile file = GgufTokenizer.read(SharedData.require("tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf"));
        var wrong = new ArrayList<String>();
        Pipeline pipeline = file.pipeline();
        List<Normalizer> steps = ((Normalizer.Sequence) pipeline.normalizer().orElseThrow()).normalizers();
        var unprefixed = new PipelineTokenizer(new Pipeline(
                pipeline.addedTokens(),
                Optional.of(steps.getLast()),
                pipeline.preTokenizer(),
                pipeline.model(),
                pipeline.postProcessor(),
                pipeline.decoder(),
                pipeline.truncation(),
                pipeline.padding()));
        options.path("add_prefix_space_false")
                .forEach(one -> Cases.check(one, text -> unprefixed.encode(text, SpecialText.NEVER, true), wrong));
        assertThat(wrong).isEmpty();
    }

    @Test
    void phi3AsItsTokenizerJsonSays() throws IOException {
        var json = new PipelineTokenizer(PipelineJson.read(SharedData.require("tokenizers/phi3/tokenizer.json")));
        Cases.check("tokenizers/phi3/cases.jsonl", 46, text -> json.encode(text, SpecialText.NEVER, false));
    }

    @Test
    void sentencePieceBpe() throws IOException {
        TokenizerFile file = SentencePieceModel.read(SharedData.require("models/stories260k/hf/tokenizer.model"));
        Cases.check("models/stories260k/hf/tokenizer_cases.jsonl", 12, Cases.plain(file));
        TokenizerFile gguf = GgufTokenizer.read(SharedData.require("models/stories260k/stories260k.gguf"));
        Cases.check("models/stories260k/hf/tokenizer_cases.jsonl", 12, Cases.plain(gguf));
        assertThat(Cases.tokenizer(file).encode("a", SpecialText.NEVER, true)[0])
                .isEqualTo(1); // tokenizer_config.json says so
        PipelineTokenizer tokenizer = Cases.tokenizer(file);
        for (JsonNode one : Cases.lines("models/stories260k/hf/tokenizer_cases.jsonl")) {
            assertThat(tokenizer.decode(Cases.ids(one.path("ids"))))
                    .isEqualTo(one.path("text").stringValue());
        }
    }

    @Test
    void sentencePieceUnigram() throws IOException {
        TokenizerFile file = SentencePieceModel.read(SharedData.require("tokenizers/sentencepiece/test_model.model"));
        Cases.check("tokenizers/sentencepiece/test_model.botchan.jsonl", 400, Cases.plain(file));
        assertThat(file.pipeline().model().vocabulary().size()).isEqualTo(1000);
        assertThat(file.specials().bos()).hasValue(1);
        assertThat(file.specials().eos()).hasValue(2);
        assertThat(file.specials().pad()).isEmpty();
        TokenizerFile other =
                SentencePieceModel.read(SharedData.require("tokenizers/sentencepiece/hf_test_sentencepiece.model"));
        Cases.check("tokenizers/sentencepiece/hf_test_sentencepiece.jsonl", 2, Cases.plain(other));
        PipelineTokenizer tokenizer = Cases.tokenizer(file);
        String text = "I saw a girl with a telescope.";
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void sentencePieceNormalizer() throws IOException {
        JsonNode settings = Cases.json("tokenizers/sentencepiece/normalizer_cases.json");
        assertThat(settings.size()).isEqualTo(5);
        List<SentencePieceRules.Whitespace> whitespace = List.of(
                new SentencePieceRules.Whitespace(true, true, true, false),
                new SentencePieceRules.Whitespace(false, true, true, false),
                new SentencePieceRules.Whitespace(true, true, true, true),
                new SentencePieceRules.Whitespace(true, false, true, false),
                new SentencePieceRules.Whitespace(false, true, false, false));
        for (int i = 0; i < settings.size(); i++) {
            var normalizer = new Normalizer.SentencePiece(rules(whitespace.get(i)));
            for (JsonNode one : settings.get(i).path("cases")) {
                if (one.path("input").stringValue().chars().anyMatch(Character::isISOControl)) {
                    continue; // the rules of this model are older than the cases and keep control characters
                }
                assertThat(normalizer
                                .normalize(AlignedText.of(one.path("input").stringValue()))
                                .text())
                        .as("%s of '%s'", settings.get(i).path("settings"), one.path("input"))
                        .isEqualTo(one.path("output").stringValue());
            }
        }
    }

    @Test
    void sentencePieceNormalizerRemembersWhereTextCameFrom() throws IOException {
        var normalizer =
                new Normalizer.SentencePiece(rules(new SentencePieceRules.Whitespace(true, true, true, false)));
        for (JsonNode one : Cases.json("tokenizers/sentencepiece/normalizer_offsets.json")) {
            String input = one.path("input").stringValue();
            AlignedText output = normalizer.normalize(AlignedText.of(input));
            assertThat(output.text()).isEqualTo(one.path("output").stringValue());
            int[] expected = Cases.ids(one.path("norm_to_orig")); // by byte of the output: byte of the input
            int at = 0;
            for (int i = 0; i < output.length(); i++) {
                assertThat(input.substring(0, output.start(i)).getBytes(StandardCharsets.UTF_8).length)
                        .as("start of character %d of '%s'", i, input)
                        .isEqualTo(expected[at]);
                at += output.text().substring(i, i + 1).getBytes(StandardCharsets.UTF_8).length;
            }
        }
    }

    private static SentencePieceRules rules(SentencePieceRules.Whitespace whitespace) throws IOException {
        // Its rules are nmt_nfkc, SentencePiece's default.
        TokenizerFile file = SentencePieceModel.read(SharedData.require("tokenizers/sentencepiece/test_model.model"));
        var own = (Normalizer.SentencePiece) file.pipeline().normalizer().orElseThrow();
        return new SentencePieceRules(own.rules().charsMap(), whitespace, Set.of());
    }

    @Test
    void subwordNmt() throws IOException {
        Bpe model = (Bpe) SubwordNmt.read(SharedData.require("tokenizers/subword-nmt/bpe.ref"))
                .pipeline()
                .model();
        List<String> input = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/corpus.en"));
        List<String> output = Files.readAllLines(SharedData.require("tokenizers/subword-nmt/corpus.bpe.ref.en"));
        assertThat(input).hasSameSizeAs(output).hasSizeGreaterThan(900);
        for (int i = 0; i < input.size(); i++) {
            assertThat(SubwordNmt.segment(model, input.get(i), "@@")).isEqualTo(output.get(i));
        }
        for (JsonNode one : Cases.json("tokenizers/subword-nmt/cases.json").path("lines")) {
            assertThat(SubwordNmt.segment(model, one.path("input").stringValue(), "@@"))
                    .isEqualTo(one.path("output").stringValue());
        }
    }

    @Test
    void bert(@TempDir Path folder) throws IOException {
        JsonNode cases = Cases.json("tokenizers/bert/cases.json");
        for (String kind : List.of("wordpiece", "full")) {
            Path vocab = Files.write(
                    folder.resolve("vocab.txt"),
                    cases.path(kind)
                            .path("vocab")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
            boolean lower = cases.path(kind).path("do_lower_case").asBoolean(false);
            Files.writeString(folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": " + lower + "}");
            PipelineTokenizer tokenizer = Cases.tokenizer(VocabText.read(vocab));
            for (JsonNode one : cases.path(kind).path("cases")) {
                int[] ids = tokenizer.encode(one.path("text").stringValue(), SpecialText.NEVER, false);
                assertThat(Arrays.stream(ids).mapToObj(tokenizer::token))
                        .containsExactlyElementsOf(one.path("tokens")
                                .valueStream()
                                .map(JsonNode::stringValue)
                                .toList());
            }
        }
        TokenizerFile uncased = VocabText.read(SharedData.require("tokenizers/bert/bert-base-uncased-vocab.txt"));
        Cases.check("tokenizers/llama.cpp/bert-bge.jsonl", 46, Cases.plain(uncased));
        assertThat(Cases.tokenizer(uncased).encode("hello", SpecialText.NEVER, true))
                .containsExactly(101, 7592, 102);
    }
}
