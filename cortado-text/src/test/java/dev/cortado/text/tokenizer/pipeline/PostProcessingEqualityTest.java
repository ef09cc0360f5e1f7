package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.PipelineJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Post-processing, truncation and padding are those of Hugging Face's library: for random texts and pairs, with and
/// without special tokens.
class PostProcessingEqualityTest {
    private static final String BERT = "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1]}";
    private static final String ROBERTA = "{\"type\":\"RobertaProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1],"
            + "\"trim_offsets\":%s,\"add_prefix_space\":%s}";
    private static final String BYTE_LEVEL = "{\"type\":\"ByteLevel\",\"trim_offsets\":true,\"add_prefix_space\":%s}";
    private static final String TEMPLATE = """
        {"type":"TemplateProcessing",
         "single":[{"SpecialToken":{"id":"[CLS]","type_id":3}},{"Sequence":{"id":"A","type_id":4}},
                   {"SpecialToken":{"id":"two","type_id":0}}],
         "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                 {"SpecialToken":{"id":"two","type_id":0}},{"Sequence":{"id":"B","type_id":1}},
                 {"SpecialToken":{"id":"[CLS]","type_id":1}}],
         "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},
                           "two":{"id":"two","ids":[2,3],"tokens":["[SEP]","w0"]}}}
        """;
    private static final String SWAPPED = """
        {"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],
         "pair":[{"Sequence":{"id":"B","type_id":1}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{}}
        """;

    private static final String REFUSED = "refused";
    private static final String ABORTS = "a stride that the library does not survive";

    @TempDir
    private Path folder;

    static List<String> processors() {
        List<String> processors = new ArrayList<>(List.of("null", BERT, TEMPLATE, SWAPPED));
        for (boolean prefix : new boolean[] {false, true}) {
            processors.add(BYTE_LEVEL.formatted(prefix));
            processors.add(ROBERTA.formatted(true, prefix));
            processors.add(ROBERTA.formatted(false, prefix));
            processors.add(
                    "{\"type\":\"Sequence\",\"processors\":[%s,%s]}".formatted(BYTE_LEVEL.formatted(prefix), TEMPLATE));
        }
        processors.add("{\"type\":\"Sequence\",\"processors\":[]}");
        return processors;
    }

    @Test
    void everyProcessor() throws IOException {
        for (String processor : processors()) {
            compare(processor, "null", "null", 60);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LongestFirst", "OnlyFirst", "OnlySecond"})
    void everyTruncation(String strategy) {
        List<String> processors = processors();
        Trials.repeat(30, random -> {
            String processor = processors.get(random.nextInt(processors.size()));
            int max = 4 + random.nextInt(12);
            int stride = random.nextInt(max / 2);
            String truncation = "{\"direction\":\"%s\",\"max_length\":%d,\"strategy\":\"%s\",\"stride\":%d}"
                    .formatted(random.nextBoolean() ? "Left" : "Right", max, strategy, stride);
            compare(processor, truncation, random.nextBoolean() ? "null" : padding(random), 10);
        });
    }

    @Test
    void everyPadding() {
        Trials.repeat(30, random -> {
            List<String> processors = processors();
            compare(processors.get(random.nextInt(processors.size())), "null", padding(random), 10);
        });
    }

    private static String padding(RandomGenerator random) {
        return ("{\"strategy\":%s,\"direction\":\"%s\",\"pad_to_multiple_of\":%s,"
                        + "\"pad_id\":0,\"pad_type_id\":5,\"pad_token\":\"[PAD]\"}")
                .formatted(
                        random.nextBoolean() ? "\"BatchLongest\"" : "{\"Fixed\":" + random.nextInt(30) + "}",
                        random.nextBoolean() ? "Left" : "Right",
                        random.nextBoolean() ? "null" : Integer.toString(1 + random.nextInt(9)));
    }

    /// Words of a small vocabulary, spaces taken along (`Ġw1`) when the processor is one of byte-level models.
    private void compare(String processor, String truncation, String padding, int times) throws IOException {
        boolean byteLevel = processor.contains("add_prefix_space");
        String pre = byteLevel
                ? "{\"type\":\"ByteLevel\",\"add_prefix_space\":%s,\"trim_offsets\":true}"
                        .formatted(processor.contains("\"add_prefix_space\":true"))
                : "{\"type\":\"WhitespaceSplit\"}";
        String vocab = IntStream.range(0, 20)
                .mapToObj(i ->
                        "\"w%d\":%d,\"Ġw%d\":%d,\"%s\":%d".formatted(i, i + 3, i, i + 30, "Ġ".repeat(i + 1), i + 60))
                .collect(Collectors.joining(","));
        String json = """
            {"version":"1.0","truncation":%s,"padding":%s,"added_tokens":[],"normalizer":null,
             "pre_tokenizer":%s,"post_processor":%s,"decoder":null,
             "model":{"type":"WordLevel","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,%s},"unk_token":"[UNK]"}}
            """.formatted(truncation, padding, pre, processor, vocab);
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, json);
        var ours = new PipelineTokenizer(PipelineJson.read(file));
        String what = String.join(" ", processor, truncation, padding);
        try (var theirs = new Oracle(json)) {
            Trials.repeat(times, random -> {
                String text = text(random);
                String second = text(random);
                boolean special = random.nextBoolean();
                same(
                        what,
                        text,
                        () -> Oracle.lines(ours.encoding(text, SpecialText.ALWAYS, special), text),
                        () -> theirs.encoding(text, special));
                same(
                        what,
                        text + "|" + second,
                        () -> Oracle.lines(
                                ours.encoding(text, SpecialText.ALWAYS, second, SpecialText.ALWAYS, special),
                                text,
                                second),
                        () -> theirs.encoding(text, second, special));
                List<String> texts = List.of(text, second, text(random));
                if (!outcome(() -> batch(ours, texts, special)).matches(REFUSED + "|" + ABORTS)) { // there it aborts
                    same(
                            what,
                            texts.toString(),
                            () -> batch(ours, texts, special),
                            () -> theirs.batch(texts, special).stream()
                                    .flatMap(List::stream)
                                    .toList());
                }
            });
        }
    }

    private static List<String> batch(PipelineTokenizer ours, List<String> texts, boolean special) {
        List<Encoding> encodings = ours.batch(texts.stream()
                .map(text -> ours.encoding(text, SpecialText.ALWAYS, special))
                .toList());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            lines.addAll(Oracle.lines(encodings.get(i), texts.get(i)));
        }
        return lines;
    }

    /// Either both give the same, or both refuse.
    private static void same(String what, String texts, Supplier<List<String>> ours, Supplier<List<String>> theirs) {
        String outcome = outcome(ours);
        if (outcome.equals(ABORTS)) {
            return;
        }
        String expected = outcome(theirs);
        if (what.startsWith("null {")) {
            // Without a post-processor it forgets which text of a pair overflow is from, and then DJL the ranges.
            outcome = outcome.replaceAll(" \\[\\d+, \\d+]|sequence .*", "");
            expected = expected.replaceAll(" \\[\\d+, \\d+]|sequence .*", "");
        }
        assertThat(outcome).as(what + " on '" + texts + "'").isEqualTo(expected);
    }

    private static String outcome(Supplier<List<String>> lines) {
        try {
            return String.join("\n", lines.get());
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("makes no progress")) {
                return ABORTS;
            }
            return message.contains("runcat") ? REFUSED : "other: " + e;
        }
    }

    private static String text(RandomGenerator random) {
        int words = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(25);
        var text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(" ".repeat(random.nextInt(4) == 0 ? random.nextInt(4) : 1));
            text.append(random.nextInt(10) == 0 ? "né𝒳" : "w" + random.nextInt(20));
        }
        return text.append(" ".repeat(random.nextInt(3))).toString();
    }
}
