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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hugging Face's tokenizers library, reading the files we write, gives the ids and texts we give.
class HuggingFaceEqualityTest {
    @TempDir
    private static Path natives;

    @TempDir
    private Path folder;

    @BeforeAll
    static void stayLocal() {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        System.setProperty("ENGINE_CACHE_DIR", natives.toString());
    }

    @Test
    void onTextOfAllScripts() throws IOException {
        ByteLevelBpe ours = Learned.small();
        try (HuggingFaceTokenizer theirs = theirs(ours)) {
            Trials.repeat(1000, random -> {
                // The libraries may know different versions of Unicode: only characters that both have
                // long known.
                String text = Trials.text(random, 40)
                        .codePoints()
                        .filter(c -> Character.getType(c) != Character.UNASSIGNED && c < 0x1E000)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString()
                        .replace("<|", ""); // theirs finds special tokens in text, ours never does
                assertEqualIds(ours, theirs, text);
                int[] ids = random.ints(20, 2, ours.vocabSize()).toArray();
                assertThat(ours.decode(ids)).isEqualTo(theirs.decode(longs(ids)));
            });
        }
    }

    @Test
    void onShakespeareAndWikipedia() throws IOException {
        String text = Files.readString(SharedData.require("corpora/tinyshakespeare.txt"));
        List<String> lines = Files.readAllLines(SharedData.require("corpora/wikitext2-valid.txt"));
        ByteLevelBpe ours = new BpeTrainer(2000, 2, List.of("<|endoftext|>"))
                .train(Stream.of(text), 2, size -> {})
                .tokenizer();
        try (HuggingFaceTokenizer theirs = theirs(ours)) {
            assertEqualIds(ours, theirs, text);
            assertThat(lines).hasSizeGreaterThan(3000).allSatisfy(line -> assertEqualIds(ours, theirs, line));
        }
    }

    @Test
    void onThePublishedVocabularyOfGpt2() throws IOException {
        ByteLevelBpe ours = Learned.gpt2(SharedData.require("tokenizers/gpt2"));
        String text = Files.readString(SharedData.require("corpora/wikitext2-valid.txt"));
        try (HuggingFaceTokenizer theirs = theirs(ours)) {
            assertEqualIds(ours, theirs, text);
        }
    }

    private HuggingFaceTokenizer theirs(ByteLevelBpe ours) throws IOException {
        Tokenizers.write(ours, OptionalLong.empty(), folder);
        return HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"), Map.of("truncation", "false"));
    }

    private static void assertEqualIds(ByteLevelBpe ours, HuggingFaceTokenizer theirs, String text) {
        long[] expected = theirs.encode(text, false, false).getIds();
        long[] ids = longs(ours.encode(text));
        if (!Arrays.equals(ids, expected)) { // a plain comparison first: the arrays can be very long
            assertThat(ids).as(text).isEqualTo(expected);
        }
    }

    private static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }
}
