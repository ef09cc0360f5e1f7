package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Named;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Published cases about cutting text and framing it: BERT's basic tokenizer, subword-nmt's glossaries, Llama's
/// options.
class PublishedSplitsTest {
    @Test
    void bertsBasicTokenizer() throws IOException {
        JsonNode cases = json("tokenizers/bert/cases.json");
        assertThat(cases.path("basic"))
                .isNotEmpty()
                .allSatisfy(example -> assertThat(bertWords(
                                example.path("text").stringValue(),
                                example.path("do_lower_case").booleanValue()))
                        .isEqualTo(strings(example.path("tokens"))));
    }

    @Test
    void bertsKindsOfCharacters() throws IOException {
        JsonNode kinds = json("tokenizers/bert/cases.json").path("chars");
        assertThat(strings(kinds.path("whitespace_true")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false)).containsExactly("a", "b"));
        assertThat(strings(kinds.path("whitespace_false")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false))
                        .satisfies(words -> assertThat(String.join("", words)).isEqualTo("a" + c + "b")));
        assertThat(strings(kinds.path("control_true")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false)).containsExactly("ab"));
        assertThat(strings(kinds.path("control_false")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false)).doesNotContain("ab"));
        assertThat(strings(kinds.path("punctuation_true")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false)).containsExactly("a", c, "b"));
        assertThat(strings(kinds.path("punctuation_false")))
                .allSatisfy(c -> assertThat(bertWords("a" + c + "b", false)).doesNotContain(c));
    }

    @Test
    void glossariesStandAlone() throws IOException {
        JsonNode cases = json("tokenizers/subword-nmt/cases.json");
        var like = new PreTokenizer.Split(new TextPattern.Literal("like"), PreTokenizer.Delimiter.ISOLATED, false);
        for (JsonNode example : cases.path("isolate_glossary_like")) {
            List<String> expected = strings(example.get(1)).stream()
                    .filter(word -> !word.isEmpty()) // no text is no word here
                    .toList();
            assertThat(words(like, example.get(0).stringValue())).isEqualTo(expected);
        }
        JsonNode regex = cases.path("regex_glossaries");
        String any = String.join("|", strings(regex.path("glossaries")));
        var glossaries = new PreTokenizer.Split(new TextPattern.Regex(any), PreTokenizer.Delimiter.ISOLATED, false);
        assertThat(words(glossaries, regex.path("input").stringValue())).isEqualTo(strings(regex.path("output")));
    }

    @Test
    void llamaWithAnEndOfTextAndWithoutABeginning() throws IOException {
        JsonNode options = json("tokenizers/llama.cpp/llama-spm.hf_options.json");
        PipelineTokenizer llama = Tokenizers.read(SharedData.require("tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf"));
        Template.Part begin = new Template.SpecialPart("<s>", 0);
        Template.Part text = new Template.SequencePart(false, 0);
        Template.Part end = new Template.SpecialPart("</s>", 0);
        framed(llama, List.of(begin, text, end), options.path("add_eos"));
        framed(llama, List.of(text, end), options.path("no_bos_add_eos"));
    }

    private static void framed(PipelineTokenizer plain, List<Template.Part> frame, JsonNode cases) {
        Pipeline p = plain.pipeline();
        var special = Map.of("<s>", List.of(new Named("<s>", 1)), "</s>", List.of(new Named("</s>", 2)));
        var template = new Template(frame, List.of(), special);
        var tokenizer = new PipelineTokenizer(new Pipeline(
                p.addedTokens(),
                p.normalizer(),
                p.preTokenizer(),
                p.model(),
                Optional.of(template),
                p.decoder(),
                p.truncation(),
                p.padding()));
        assertThat(cases)
                .isNotEmpty()
                .allSatisfy(example -> assertThat(
                                tokenizer.encode(example.path("text").stringValue(), SpecialText.NEVER, true))
                        .isEqualTo(StreamSupport.stream(example.path("ids").spliterator(), false)
                                .mapToInt(JsonNode::intValue)
                                .toArray()));
    }

    private static List<String> bertWords(String text, boolean lowercase) {
        AlignedText normalized =
                new Normalizer.Bert(true, true, Optional.empty(), lowercase).normalize(AlignedText.of(text));
        return new PreTokenizer.Bert()
                .split(normalized).stream().map(AlignedText::text).toList();
    }

    private static List<String> words(PreTokenizer preTokenizer, String text) {
        return preTokenizer.split(AlignedText.of(text)).stream()
                .map(AlignedText::text)
                .collect(Collectors.toList());
    }

    private static List<String> strings(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::stringValue)
                .toList();
    }

    private static JsonNode json(String path) throws IOException {
        return new JsonMapper().readTree(Files.readAllBytes(SharedData.require(path)));
    }
}
