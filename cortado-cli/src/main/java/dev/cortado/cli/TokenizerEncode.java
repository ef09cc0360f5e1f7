package dev.cortado.cli;

import dev.cortado.text.tokenizer.SpecialText;
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

/// `cortado tokenizer encode`: text to ids.
@Command(
        name = "encode",
        description = {
            "Turn text into token ids. Special tokens that are spelled in it are ordinary text unless --special is"
                    + " given.",
            "",
            "--json prints {\"ids\":[…],\"tokens\":[…],\"offsets\":[[start,end],…]}. Tokens are spelled as in the"
                    + " vocabulary; offsets say where in the original text each comes from, counted in code points as"
                    + " Python and Hugging Face's libraries count.",
            "",
            "Texts are neither truncated nor padded, whatever the tokenizer's file says. With offsets, they have up to"
                    + " 4,194,304 characters.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer encode --tokenizer runs/tour/model --text \"One morning\"",
            "  cat story.txt | cortado tokenizer encode --tokenizer tokenizer.json --json",
            "  cortado tokenizer encode --tokenizer llama3.gguf --file lines.txt --json      one object a line",
            "  cortado tokenizer encode --tokenizer t5/spiece.model --file huge.txt --whole --ids-only --json",
            "  cortado tokenizer encode --tokenizer tokenizer.json --jsonl documents.jsonl > ids.jsonl"
        })
final class TokenizerEncode implements Callable<Integer> {
    private final Output output;
    private final InputStream in;

    @Mixin
    private TokenizerCommand.Given given = new TokenizerCommand.Given();

    @ArgGroup
    private Source source = new Source();

    @Option(names = "--whole", description = "The file of --file is one text, line ends included.")
    private boolean whole;

    @Option(names = "--special", description = "Text that spells a special token becomes it: only for trusted text.")
    private boolean special;

    @Option(
            names = "--add-special",
            description = "Add the special tokens that the model wants around a text (bos, [CLS] …).")
    private boolean addSpecial;

    @Option(names = "--ids-only", description = "With --json, only {\"ids\":[…]}, for long texts and speed.")
    private boolean idsOnly;

    TokenizerEncode(Output output, InputStream in) {
        this.output = output;
        this.in = in;
    }

    /// One of them, or none.
    static final class Source {
        @Option(names = "--text", description = "The text (default: all of standard input).")
        private @Nullable String text;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "A file whose lines are texts, without their line ends: one result a line.")
        private @Nullable Path file;

        @Option(
                names = "--jsonl",
                paramLabel = "FILE",
                description = "A file of {\"text\": …} lines: {\"ids\":[…]} for each, in order.")
        private @Nullable Path jsonl;
    }

    @Override
    public Integer call() throws IOException {
        if (whole && source.file == null) {
            throw new IllegalArgumentException("--whole is about the file of --file: give one");
        }
        Writer out = output.lines();
        var encoder = new TokenizerEncoder(
                given.read(), special ? SpecialText.ALWAYS : SpecialText.NEVER, addSpecial, form(), out);
        try {
            encode(encoder);
        } finally {
            out.flush(); // the texts before a bad one too
        }
        return 0;
    }

    private void encode(TokenizerEncoder encoder) throws IOException {
        if (source.text != null) {
            encoder.text(source.text);
        } else if (source.jsonl != null) {
            try (var lines = TokenizerLines.of(source.jsonl)) {
                encoder.jsonLines(lines, output);
            }
        } else if (source.file == null) {
            encoder.whole(new TokenizerLines(in, "standard input")); // whose end is not ours to close
        } else {
            try (var lines = TokenizerLines.of(source.file)) {
                if (whole) {
                    encoder.whole(lines);
                } else {
                    encoder.lines(lines, output);
                }
            }
        }
    }

    private TokenizerEncoder.Form form() {
        if (source.jsonl != null) {
            return TokenizerEncoder.Form.IDS;
        }
        if (!output.json()) {
            return TokenizerEncoder.Form.LIST;
        }
        return idsOnly ? TokenizerEncoder.Form.IDS : TokenizerEncoder.Form.FULL;
    }
}
