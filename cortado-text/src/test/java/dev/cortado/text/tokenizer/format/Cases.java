package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Texts and the ids another implementation gave for them.
final class Cases {
    private static final JsonMapper JSON = new JsonMapper();

    private Cases() {}

    /// Runs the cases of a file of JSON lines.
    ///
    /// @param atLeast how many there have to be: the test must not pass by finding none
    static void check(String path, int atLeast, Function<String, int[]> encode) {
        List<JsonNode> cases = lines(path);
        assertThat(cases).hasSizeGreaterThanOrEqualTo(atLeast);
        var wrong = new ArrayList<String>();
        for (JsonNode one : cases) {
            check(one, encode, wrong);
        }
        assertThat(wrong).as(path).isEmpty();
    }

    static void check(JsonNode one, Function<String, int[]> encode, List<String> wrong) {
        String text = one.path("text").stringValue();
        int[] expected = ids(one.path("ids"));
        int[] actual = encode.apply(text);
        if (!Arrays.equals(expected, actual)) {
            wrong.add("'" + text + "' " + Arrays.toString(actual) + " instead of " + Arrays.toString(expected));
        }
    }

    static List<JsonNode> lines(String path) {
        try {
            return Files.readAllLines(SharedData.require(path)).stream()
                    .filter(line -> !line.isBlank())
                    .map(JSON::readTree)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String path) throws IOException {
        return JSON.readTree(Files.readAllBytes(SharedData.require(path)));
    }

    static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    static PipelineTokenizer tokenizer(TokenizerFile file) {
        return new PipelineTokenizer(file.pipeline()).withSpecials(file.specials());
    }

    /// The ids of a text without special tokens around it; text that spells one is text.
    static Function<String, int[]> plain(TokenizerFile file) {
        PipelineTokenizer tokenizer = tokenizer(file);
        return text -> tokenizer.encode(text, SpecialText.NEVER, false);
    }
}
