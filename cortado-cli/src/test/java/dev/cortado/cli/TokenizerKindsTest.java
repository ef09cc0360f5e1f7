package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.bench.TokenizerBench;
import dev.cortado.cli.Shell.Ended;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Learning, converting, comparing and measuring tokenizers of all kinds from the command line.
class TokenizerKindsTest {
    @TempDir
    Path folder;

    private Path text;

    @BeforeEach
    void write() throws IOException {
        text = Shell.text(folder.resolve("text.txt"));
    }

    private static Ended tokenizer(Object... words) {
        return Shell.run(Stream.concat(Stream.of("tokenizer"), Stream.of(words)).toArray());
    }

    private static Ended ok(Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        return ended;
    }

    private static void refused(String line, Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.err()).isEqualToNormalizingNewlines("cortado: " + line + "\n");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
    }

    private PipelineTokenizer trained(Object... options) throws IOException {
        Path out = Files.createTempDirectory(folder, "trained").resolve("t.json");
        ok(Stream.of(Stream.of("train", "--out", out), Stream.of(options), Stream.of(text))
                .flatMap(words -> words)
                .toArray());
        return Tokenizers.read(out);
    }

    @Test
    void everyKindIsLearnedAndUsed() throws IOException {
        Map<String, String> kinds = Map.of(
                "word", "WordLevel",
                "char", "characters",
                "bpe", "byte-level BPE",
                "bpe-char", "BPE",
                "bpe-sp", "BPE",
                "wordpiece", "WordPiece",
                "unigram", "Unigram");
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            Path out = folder.resolve(kind.getKey());
            JsonNode report = ok("train", "--kind", kind.getKey(), "--vocab-size", 300, "--out", out, text, "--json")
                    .json();
            assertThat(report.propertyNames())
                    .containsExactly(
                            "tokenizer",
                            "kind",
                            "vocabSize",
                            "complete",
                            "words",
                            "distinctWords",
                            "texts",
                            "characters",
                            "alphabet",
                            "coveredCharacters",
                            "seconds");
            assertThat(report.path("kind").stringValue()).isEqualTo(kind.getValue());
            assertThat(report.path("texts").intValue()).isEqualTo(1);
            assertThat(report.path("characters").longValue()).isEqualTo(Files.size(text));
            PipelineTokenizer tokenizer = Tokenizers.read(out);
            assertThat(tokenizer.vocabSize()).isEqualTo(report.path("vocabSize").intValue());
            int separator = tokenizer.specials().require("<|endoftext|>");
            assertThat(tokenizer.specials().eos()).as(kind.getKey()).hasValue(separator);
            assertThat(tokenizer.specials().pad())
                    .as(kind.getKey())
                    .hasValue(
                            kind.getKey().equals("wordpiece")
                                    ? tokenizer.specials().require("[PAD]")
                                    : separator);
            assertThat(tokenizer.decode(tokenizer.encode("the cat sat on")).strip())
                    .as(kind.getKey())
                    .isEqualTo("the cat sat on");
            JsonNode info = ok("info", "--tokenizer", out, "--json").json();
            assertThat(info.path("kind").stringValue()).isEqualTo(kind.getValue());
        }
    }

    @Test
    void bytesNeedNoText() throws IOException {
        Path out = folder.resolve("bytes");
        JsonNode report = ok("train", "--kind", "byte", "--reserved", 3, "--out", out, "--json")
                .json();
        assertThat(report.path("vocabSize").intValue()).isEqualTo(260);
        assertThat(Tokenizers.read(out).token(1)).isEqualTo("<|reserved_0|>");
        refused(
                "--kind byte learns nothing from text: leave the files out",
                "train",
                "--kind",
                "byte",
                "--out",
                folder.resolve("no"),
                text);
    }

    @Test
    void optionsChangeWhatIsLearned() throws IOException {
        assertThat(trained("--vocab-size", 300, "--reserved", 2).id("<|reserved_1|>"))
                .hasValue(2);
        PipelineTokenizer llama = trained("--vocab-size", 280, "--pattern", "llama3");
        assertThat(llama.pipeline().preTokenizer()).containsInstanceOf(PreTokenizer.Sequence.class);
        PipelineTokenizer own = trained("--vocab-size", 280, "--pattern", "[a-z]+|[^a-z]+");
        assertThat(own.decode(own.encode("the cat"))).isEqualTo("the cat");
        PipelineTokenizer shortTokens = trained("--vocab-size", 300, "--max-token-length", 2);
        assertThat(shortTokens.pipeline().model().vocabulary().ids().keySet())
                .filteredOn(token -> !token.equals("<|endoftext|>"))
                .allMatch(token -> token.length() <= 2);
        PipelineTokenizer few =
                trained("--kind", "char", "--vocab-size", 300, "--limit-alphabet", 5, "--special", "<x>");
        assertThat(few.vocabSize()).as("<unk>, <x> and five characters").isEqualTo(7);
        assertThat(few.specials().ids().keySet()).containsExactly("<unk>", "<x>");
        PipelineTokenizer part = trained("--kind", "char", "--vocab-size", 300, "--coverage", 0.5);
        assertThat(part.vocabSize()).isBetween(3, 10);
        PipelineTokenizer fallback = trained("--kind", "bpe-sp", "--vocab-size", 400, "--byte-fallback");
        assertThat(((Bpe) fallback.pipeline().model()).options().byteFallback()).isTrue();
        assertThat(fallback.decode(fallback.encode("größer"))).isEqualTo("größer");
        PipelineTokenizer lower = trained("--kind", "wordpiece", "--vocab-size", 100, "--lowercase");
        assertThat(lower.encode("The CAT")).isEqualTo(lower.encode("the cat"));
        PipelineTokenizer one = trained("--vocab-size", 300, "--threads", 1);
        assertThat(one.pipeline().model().vocabulary().ids())
                .isEqualTo(trained("--vocab-size", 300, "--threads", 3)
                        .pipeline()
                        .model()
                        .vocabulary()
                        .ids());
    }

    @Test
    void optionsThatMeanNothingAreRefused() {
        Path out = folder.resolve("no");
        String all = "word, char, bpe, bpe-char, bpe-sp, wordpiece, unigram";
        String[][] cases = {
            {"byte", "--vocab-size", "300", "--vocab-size means nothing for --kind byte: it is for " + all},
            {"byte", "--min-frequency", "3", "--min-frequency means nothing for --kind byte: it is for " + all},
            {
                "char",
                "--max-token-length",
                "3",
                "--max-token-length means nothing for --kind char: it is for word, bpe,"
                        + " bpe-char, bpe-sp, wordpiece, unigram"
            },
            {
                "bpe",
                "--limit-alphabet",
                "9",
                "--limit-alphabet means nothing for --kind bpe: it is for char, bpe-char,"
                        + " bpe-sp, wordpiece, unigram"
            },
            {
                "word",
                "--coverage",
                "1",
                "--coverage means nothing for --kind word: it is for char, bpe-char, bpe-sp," + " wordpiece, unigram"
            },
            {"unigram", "--pattern", "gpt4", "--pattern means nothing for --kind unigram: it is for bpe"}
        };
        for (String[] of : cases) {
            refused(of[3], "train", "--kind", of[0], of[1], of[2], "--out", out, text);
        }
        refused(
                "--lowercase means nothing for --kind bpe: it is for wordpiece",
                "train",
                "--lowercase",
                "--out",
                out,
                text);
        refused(
                "--byte-fallback means nothing for --kind word: it is for char, bpe-sp, unigram",
                "train",
                "--kind",
                "word",
                "--byte-fallback",
                "--out",
                out,
                text);
        refused("say with --vocab-size N how many ids the tokenizer is to have", "train", "--out", out, text);
        refused(
                "name the files of text to learn from (.txt, .jsonl, or folders of them)",
                "train",
                "--vocab-size",
                300,
                "--out",
                out);
        refused(
                "'gpt5' is no pattern: use gpt2, gpt4, gpt4o, llama3, qwen2 or a regular expression",
                "train",
                "--vocab-size",
                300,
                "--pattern",
                "gpt5",
                "--out",
                out,
                text);
        refused(
                "--threads must be at least 1, not 0",
                "train",
                "--vocab-size",
                300,
                "--threads",
                0,
                "--out",
                out,
                text);
        refused(
                "--min-frequency must be at least 1, not 0",
                "train",
                "--vocab-size",
                300,
                "--min-frequency",
                0,
                "--out",
                out,
                text);
        Ended kind = tokenizer("train", "--kind", "huffman", "--vocab-size", 300, "--out", out, text);
        assertThat(kind.code()).isEqualTo(2);
        assertThat(kind.err()).contains("'huffman' is no kind of tokenizer", "wordpiece");
        assertThat(out).doesNotExist();
    }

    @Test
    void convertsAndComparesTheIds() throws IOException {
        Path vocabulary =
                Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n");
        Path out = folder.resolve("converted");
        JsonNode report = ok("convert", "--tokenizer", vocabulary, "--out", out, "--check", text, "--json")
                .json();
        assertThat(report.propertyNames())
                .containsExactly("tokenizer", "from", "kind", "vocabSize", "equal", "texts", "different", "examples");
        assertThat(report.path("equal").booleanValue()).isTrue();
        assertThat(report.path("kind").stringValue()).isEqualTo("WordPiece");
        assertThat(report.path("texts").longValue())
                .isGreaterThan(Files.readAllLines(text).size());
        assertThat(Shell.files(out)).containsExactly("tokenizer.json", "tokenizer_config.json");
        assertThat(Tokenizers.read(out).encode("the cats")).containsExactly(5, 6, 7);
        refused(
                out.resolve("tokenizer.json") + ": is already there; name another place or remove it first",
                "convert",
                "--tokenizer",
                vocabulary,
                "--out",
                out);
        ok("convert", "--tokenizer", vocabulary, "--out", out, "--force");
        Path one = folder.resolve("one.json");
        assertThat(ok("convert", "--tokenizer", vocabulary, "--out", one).out()).contains("the same ids for all");
        assertThat(one).exists();
        Path none = folder.resolve("none");
        refused(
                none + ": no such file or folder",
                "convert",
                "--tokenizer",
                vocabulary,
                "--out",
                folder.resolve("x"),
                "--check",
                none);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void comparesGivenTokenizers() {
        Path words = folder.resolve("words");
        Path bytes = folder.resolve("bytes");
        ok("train", "--kind", "word", "--vocab-size", 100, "--out", words, text);
        ok("train", "--kind", "byte", "--out", bytes);
        JsonNode report = ok("compare", "--tokenizer", words, "--tokenizer", bytes, "--text", "the ö", "--json")
                .json();
        assertThat(report.propertyNames()).containsExactly("text", "tokenizers");
        JsonNode first = report.path("tokenizers").path(0);
        assertThat(first.propertyNames()).containsExactly("name", "kind", "vocabSize", "count", "ids", "tokens");
        assertThat(first.path("name").stringValue()).isEqualTo(words.toString());
        assertThat(first.path("tokens").toString()).isEqualTo("[\"the\",\"<unk>\"]");
        assertThat(report.path("tokenizers").path(1).path("count").intValue()).isEqualTo(6);
        List<String> lines = ok("compare", "--tokenizer", words, "--tokenizer", bytes, "--text", "the ö")
                .out()
                .lines()
                .toList();
        assertThat(lines.get(0)).endsWith("   2 tokens  the|<unk>");
        assertThat(lines.get(1)).endsWith("   6 tokens  t|h|e| |<C3>|<B6>");
        assertThat(ok("compare", "--tokenizer", bytes, "--text", "ab", "--color", "always")
                        .out()
                        .strip())
                .endsWith("2 tokens  \033[30;48;5;153ma\033[0m\033[30;48;5;223mb\033[0m");
        assertThat(ok("compare", "--tokenizer", bytes, "--text", "ab", "--color", "never")
                        .out())
                .endsWithIgnoringCase("a|b" + System.lineSeparator());
        refused(
                "--vocab-size is for tokenizers that are learned on the spot: leave it or --tokenizer out",
                "compare",
                "--tokenizer",
                bytes,
                "--vocab-size",
                300);
    }

    @Test
    void comparesFiveKindsLearnedOnTheSpot() {
        List<String> lines = ok("compare").out().lines().toList();
        assertThat(lines)
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactly("word", "char", "bpe", "wordpiece", "unigram");
        assertThat(lines.get(0)).contains("<unk>|is|the");
        assertThat(lines.get(1)).contains("50 tokens  U|n|h|a|p|p|i|n|e|s|s| ");
        assertThat(lines.get(2)).contains("Un|h|app|iness| is| the");
        assertThat(lines.get(3)).contains("Un|##h|##app|##iness|is|the");
        assertThat(lines.get(4)).startsWith("unigram").contains("▁is|▁the");
        JsonNode report = ok("compare", "--train-on", text, "--vocab-size", 290, "--text", "the cat", "--json")
                .json();
        assertThat(report.path("tokenizers").size()).isEqualTo(5);
        assertThat(report.path("tokenizers").path(0).path("tokens").toString()).isEqualTo("[\"the\",\"cat\"]");
        refused("vocabulary size must be at least 1, not 0", "compare", "--vocab-size", 0);
    }

    @Test
    void benchPrintsATable() {
        var report = new TokenizerBench.Report(
                List.of(new TokenizerBench.Speed(
                        "GPT-2",
                        "world",
                        1,
                        40,
                        20,
                        4,
                        OptionalDouble.empty(),
                        OptionalDouble.of(10),
                        10,
                        OptionalDouble.of(4),
                        true)),
                List.of(new TokenizerBench.Growth("GPT-2", "'a' again and again", 1_000_000, 0.25)),
                Optional.of(new TokenizerBench.Training(32_000, 50_000_000, 2, 12.5, OptionalLong.empty())));
        assertThat(TokenizerSpeed.text(report))
                .contains("40.0", "equal", "1,000,000", "learning 32,000 tokens from 50,000,000 bytes", "12.5 s");
        Ended ended = Shell.run("bench", "tokenizer", "--repetitions", 0);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("repetitions 0 must be at least 1");
        Ended less = Shell.run("bench", "tokenizer", "--train-megabytes", -1);
        assertThat(less.err()).contains("--train-megabytes -1.0 must be 0 or more");
    }
}
