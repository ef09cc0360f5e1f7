package dev.cortado.cli;

import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cortado tokenizer decode`: ids to text.
@Command(
        name = "decode",
        description = {
            "Turn token ids into text. A list of ids is 1,2,3 or an object {\"ids\":[1,2,3]}, as encode prints them.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer decode --tokenizer runs/tour/model --ids 1,403,407 --json",
            "  cortado tokenizer decode --tokenizer tokenizer.json --file ids.jsonl --skip-special --json"
        })
final class TokenizerDecode implements Callable<Integer> {
    private static final int LONGEST_LINE = 1 << 26;
    private static final JsonMapper JSON = new JsonMapper();

    private final Output output;
    private final InputStream in;

    @Mixin
    private TokenizerCommand.Given given = new TokenizerCommand.Given();

    @ArgGroup
    private Source source = new Source();

    @Option(names = "--skip-special", description = "Leave special tokens out of the text.")
    private boolean skipSpecial;

    TokenizerDecode(Output output, InputStream in) {
        this.output = output;
        this.in = in;
    }

    /// One of the two, or neither.
    static final class Source {
        @Option(
                names = "--ids",
                paramLabel = "1,2,3",
                description = "Token ids (default: standard input, a list a line).")
        private @Nullable String ids;

        @Option(names = "--file", paramLabel = "FILE", description = "A file with a list of ids a line.")
        private @Nullable Path file;
    }

    /// What `--json` prints.
    record Decoded(String text) {}

    @Override
    public Integer call() throws IOException {
        PipelineTokenizer tokenizer = given.read();
        Writer out = output.lines();
        try {
            if (source.ids != null) {
                out.write(decoded(tokenizer, source.ids));
            } else if (source.file != null) {
                try (var lines = TokenizerLines.of(source.file)) {
                    lines(tokenizer, lines, out);
                }
            } else {
                lines(tokenizer, new TokenizerLines(in, "standard input"), out); // whose end is not ours to close
            }
        } finally {
            out.flush(); // the texts before a bad one too
        }
        return 0;
    }

    private void lines(PipelineTokenizer tokenizer, TokenizerLines lines, Writer out) throws IOException {
        while (lines.next()) {
            String list = lines.line(LONGEST_LINE, "give the ids of fewer texts a line");
            try {
                out.write(decoded(tokenizer, list));
            } catch (IllegalArgumentException e) {
                throw lines.wrong(lines.number(), e);
            }
        }
    }

    private String decoded(PipelineTokenizer tokenizer, String list) {
        String text = tokenizer.decode(ids(list.strip()), skipSpecial);
        return (output.json() ? Output.asJson(new Decoded(text)) : text) + System.lineSeparator();
    }

    private static int[] ids(String list) {
        if (list.isEmpty()) {
            return new int[0];
        }
        return list.startsWith("{") ? idsOfObject(list) : ModelOptions.ids(list);
    }

    private static int[] idsOfObject(String object) {
        JsonNode ids;
        try {
            ids = JSON.readTree(object).path("ids");
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (!ids.isArray() || !ids.valueStream().allMatch(JsonNode::canConvertToExactIntegral)) {
            throw new IllegalArgumentException("it needs a list of token ids under the key \"ids\"");
        }
        return ids.valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
