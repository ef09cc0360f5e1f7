package dev.cortado.cli;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Encodes texts one after the other and writes what became of each as a line, in the order of the texts. Short texts
/// are encoded by all processors, a batch at a time; of a long one, only ids are written, one by one.
final class TokenizerEncoder {
    /// Longer texts are not encoded with tokens and offsets, which take a hundred times the memory of the text.
    static final int LONGEST_WITH_OFFSETS = 1 << 22;

    private static final int SHORT = 1 << 18; // characters of a line, and of a batch of lines
    private static final int LONGEST_JSON = 1 << 26;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Stands for the text among the tokens around it.
    private static final Token TEXT = new Token(0, "", 0, 0, 0, OptionalInt.of(0), OptionalInt.of(0), false, false);

    private final PipelineTokenizer tokenizer;
    private final SpecialText special;
    private final boolean addSpecial;
    private final Form form;
    private final Writer out;
    private final List<Line> batch = new ArrayList<>();
    private int batched; // characters

    /// What is written of a text.
    enum Form {
        /// `1,2,3`
        LIST,
        /// `{"ids":[1,2,3]}`
        IDS,
        /// [Encoded]
        FULL
    }

    /// A text with all there is to say about it.
    ///
    /// @param tokens  as the vocabulary spells them
    /// @param offsets where each comes from in the original text, `[start, end)` in code points
    record Encoded(List<Integer> ids, List<String> tokens, List<int[]> offsets) {
        static Encoded of(PipelineTokenizer tokenizer, String text, SpecialText special, boolean addSpecial) {
            Encoding encoding = tokenizer.encoding(text, special, addSpecial);
            return new Encoded(
                    encoding.tokens().stream().map(Token::id).toList(),
                    encoding.tokens().stream().map(Token::text).toList(),
                    encoding.codePointRanges(text));
        }
    }

    private record Line(long number, String content) {}

    /// The line to write, or why there is none.
    private record Outcome(String line, Optional<IllegalArgumentException> wrong) {}

    TokenizerEncoder(PipelineTokenizer tokenizer, SpecialText special, boolean addSpecial, Form form, Writer out) {
        this.tokenizer = unbounded(tokenizer);
        this.special = special;
        this.addSpecial = addSpecial;
        this.form = form;
        this.out = out;
    }

    /// The tokenizer without truncation and padding: all of a text is wanted, and nothing but it.
    static PipelineTokenizer unbounded(PipelineTokenizer tokenizer) {
        Pipeline all = tokenizer.pipeline();
        if (all.truncation().isEmpty() && all.padding().isEmpty()) {
            return tokenizer;
        }
        var pipeline = new Pipeline(
                all.addedTokens(),
                all.normalizer(),
                all.preTokenizer(),
                all.model(),
                all.postProcessor(),
                all.decoder(),
                Optional.empty(),
                Optional.empty());
        return new PipelineTokenizer(pipeline).withSpecials(tokenizer.specials());
    }

    /// Gives the ids of a text to `sink` in order; memory holds a piece of it.
    static void ids(PipelineTokenizer tokenizer, Reader text, SpecialText special, IntConsumer sink)
            throws IOException {
        tokenizer.encode(text, special, portion -> {
            for (int id : portion) {
                sink.accept(id);
            }
        });
    }

    /// Writes one text.
    void text(String text) throws IOException {
        out.write(rendered(text));
        out.write(System.lineSeparator());
    }

    /// Writes all of a source as one text.
    void whole(TokenizerLines source) throws IOException {
        if (form == Form.FULL) {
            var text = new StringBuilder();
            Reader reader = source.whole();
            char[] part = new char[1 << 13];
            for (int n = reader.read(part); n >= 0; n = reader.read(part)) {
                text.append(part, 0, n);
                if (text.length() > LONGEST_WITH_OFFSETS) {
                    throw new IllegalArgumentException("the text is longer than %,d characters; %s"
                            .formatted(LONGEST_WITH_OFFSETS, "--ids-only encodes it"));
                }
            }
            text(text.toString());
        } else {
            stream(source.whole());
        }
    }

    /// Writes each line of a source as a text of its own.
    ///
    /// @param output asked whether anybody still reads
    void lines(TokenizerLines source, Output output) throws IOException {
        while (source.next()) {
            var head = new StringBuilder();
            if (source.collect(head, SHORT)) {
                add(source, head.toString(), this::rendered, output);
            } else if (form == Form.FULL) {
                boolean ended = source.collect(head, LONGEST_WITH_OFFSETS + 1);
                if (!ended) {
                    flush(source, this::rendered);
                    throw source.wrong("the line is longer than %,d characters; --ids-only encodes it"
                            .formatted(LONGEST_WITH_OFFSETS));
                }
                add(source, head.toString(), this::rendered, output);
            } else {
                flush(source, this::rendered);
                stream(source.rest(head.toString()));
            }
        }
        flush(source, this::rendered);
    }

    /// Writes the text of each line's JSON object; lines without anything in them are passed over.
    void jsonLines(TokenizerLines source, Output output) throws IOException {
        Rendering ofObject = line -> rendered(textOf(line));
        while (source.next()) {
            String line = source.line(LONGEST_JSON, "split the document");
            if (!line.isBlank()) {
                add(source, line, ofObject, output);
            }
        }
        flush(source, ofObject);
    }

    @FunctionalInterface
    private interface Rendering {
        String of(String line);
    }

    private void add(TokenizerLines source, String line, Rendering rendering, Output output) throws IOException {
        batch.add(new Line(source.number(), line));
        batched += line.length() + 1;
        if (batched >= SHORT) {
            flush(source, rendering);
            out.flush();
            if (output.lost()) {
                throw new IOException("the result could not be written: standard output is closed or its disk is full");
            }
        }
    }

    private void flush(TokenizerLines source, Rendering rendering) throws IOException {
        List<Outcome> outcomes = batch.parallelStream()
                .map(line -> outcome(source, line, rendering))
                .toList();
        batch.clear();
        batched = 0;
        for (Outcome outcome : outcomes) {
            if (outcome.wrong().isPresent()) {
                throw outcome.wrong().get();
            }
            out.write(outcome.line());
            out.write(System.lineSeparator());
        }
    }

    private static Outcome outcome(TokenizerLines source, Line line, Rendering rendering) {
        try {
            return new Outcome(rendering.of(line.content()), Optional.empty());
        } catch (IllegalArgumentException e) {
            return new Outcome("", Optional.of(source.wrong(line.number(), e)));
        }
    }

    private String rendered(String text) {
        return switch (form) {
            case FULL -> Output.asJson(Encoded.of(tokenizer, text, special, addSpecial));
            case IDS -> framed(tokenizer.encode(text, special, addSpecial), "{\"ids\":[", "]}");
            case LIST -> framed(tokenizer.encode(text, special, addSpecial), "", "");
        };
    }

    private static String framed(int[] ids, String before, String after) {
        var line = new StringBuilder(before);
        for (int i = 0; i < ids.length; i++) {
            line.append(i == 0 ? "" : ",").append(ids[i]);
        }
        return line.append(after).toString();
    }

    /// Writes ids as they come.
    private void stream(Reader text) throws IOException {
        List<Token> frame = addSpecial ? frame() : List.of(TEXT);
        out.write(form == Form.IDS ? "{\"ids\":[" : "");
        var ids = new IdWriter();
        for (Token part : frame) {
            if (part.word().isPresent()) {
                ids(tokenizer, text, special, ids);
            } else {
                ids.accept(part.id());
            }
        }
        out.write(form == Form.IDS ? "]}" : "");
        out.write(System.lineSeparator());
    }

    private List<Token> frame() {
        return tokenizer
                .pipeline()
                .postProcessor()
                .map(processor -> processor
                        .process(Encoding.of(List.of(TEXT)), Optional.empty(), true)
                        .tokens())
                .orElse(List.of(TEXT));
    }

    private final class IdWriter implements IntConsumer {
        private boolean any;

        @Override
        public void accept(int id) {
            try {
                out.write(any ? "," : "");
                out.write(Integer.toString(id));
                any = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String textOf(String line) {
        JsonNode root;
        try {
            root = JSON.readTree(line);
        } catch (JacksonException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw new IllegalArgumentException("not JSON at column " + column + ": " + e.getOriginalMessage(), e);
        }
        JsonNode text = root.path("text");
        if (!text.isString()) {
            throw new IllegalArgumentException("it needs a string under the key \"text\"");
        }
        // JSON can escape what UTF-8 cannot express. Encoding would silently change it.
        boolean half = text.stringValue().codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
        if (half) {
            throw new IllegalArgumentException(
                    "its text has half a surrogate pair (\\ud800 … \\udfff), which is no character");
        }
        return text.stringValue();
    }
}
