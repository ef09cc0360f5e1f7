package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hugging Face's tokenizers library, reading the files we write, gives the ids we give.
class HuggingFaceEqualityTest {
    @TempDir
    private static Path folder;

    private static ByteLevelBpe ours;
    private static HuggingFaceTokenizer theirs;

    @BeforeAll
    static void train() throws IOException {
        System.setProperty("OPT_OUT_TRACKING", "true"); // DJL would report its use over the network
        System.setProperty("offline", "true");
        System.setProperty("ENGINE_CACHE_DIR", folder.resolve("natives").toString());
        String text = Files.readString(SharedData.require("corpora/tinyshakespeare.txt"));
        ours = new BpeTrainer(2000, 2, List.of("<|endoftext|>"))
                .train(Stream.of(text), 2, size -> {})
                .tokenizer();
        Tokenizers.write(ours, OptionalLong.empty(), folder);
        theirs = HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"), Map.of("truncation", "false"));
    }

    @AfterAll
    static void close() {
        if (theirs != null) {
            theirs.close();
        }
    }

    @Test
    void onShakespeare() throws IOException {
        assertEqualIds(Files.readString(SharedData.require("corpora/tinyshakespeare.txt")));
    }

    @Test
    void onWikipediaLines() throws IOException {
        List<String> lines = Files.readAllLines(SharedData.require("corpora/wikitext2-valid.txt"));
        assertThat(lines).hasSizeGreaterThan(3000).allSatisfy(HuggingFaceEqualityTest::assertEqualIds);
    }

    @Test
    void onTextOfAllScripts() {
        Trials.repeat(1000, random -> {
            // The two libraries may know different versions of Unicode: only characters that both have long
            // known.
            String text = Trials.text(random, 40)
                    .codePoints()
                    .filter(c -> Character.getType(c) != Character.UNASSIGNED && c < 0x1E000)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString()
                    .replace("<|endoftext|>", ""); // theirs reads special tokens in text, ours never does
            assertEqualIds(text);
            int[] ids = random.ints(20, 1, ours.vocabSize()).toArray();
            assertThat(ours.decode(ids)).isEqualTo(theirs.decode(longs(ids)));
        });
    }

    private static void assertEqualIds(String text) {
        assertThat(theirs.encode(text, false, false).getIds()).as(text).isEqualTo(longs(ours.encode(text)));
    }

    private static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }
}
