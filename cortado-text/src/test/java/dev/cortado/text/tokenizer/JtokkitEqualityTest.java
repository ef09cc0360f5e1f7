package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.format.TiktokenEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// OpenAI's encodings give the ids that jtokkit gives, and every text back.
@ParameterizedClass
@MethodSource("encodings")
class JtokkitEqualityTest {
    @TempDir
    private static Path folder;

    private static Both now;

    private final TiktokenEncoding encoding;

    JtokkitEqualityTest(TiktokenEncoding encoding) {
        this.encoding = encoding;
    }

    private record Both(Tokenizer ours, com.knuddels.jtokkit.api.Encoding theirs) {}

    static List<TiktokenEncoding> encodings() {
        return TiktokenEncoding.KNOWN;
    }

    @BeforeParameterizedClassInvocation
    static void open(TiktokenEncoding encoding) throws IOException {
        EncodingType type = EncodingType.fromName(encoding.name()).orElseThrow();
        now = new Both(
                Zoo.tiktoken(encoding, Files.createTempDirectory(folder, "ranks")),
                Encodings.newLazyEncodingRegistry().getEncoding(type));
    }

    @Test
    void onTorture() {
        Torture.texts().forEach(this::compare);
    }

    @Test
    void onRandomText() {
        random(300);
    }

    @Test
    void onText() throws IOException {
        for (String corpus : EveryTokenizerTest.CORPORA) {
            String text = Files.readString(SharedData.require(corpus));
            compare(text.substring(0, Math.min(text.length(), 100_000)));
        }
    }

    @Tag("slow")
    @Test
    void onAllText() throws IOException {
        Torture.texts(Integer.MAX_VALUE).forEach(this::compare);
        for (String corpus : EveryTokenizerTest.CORPORA) {
            Path file = SharedData.require(corpus);
            compare(Files.readString(file));
            Files.readAllLines(file).forEach(this::compare);
        }
        random(10_000);
    }

    private void random(int times) {
        Trials.repeat(times, random -> compare(text(random)));
    }

    /// Any characters, and halves of some.
    private static String text(RandomGenerator random) {
        var text = new StringBuilder(Trials.text(random, 40));
        for (int i = random.nextInt(4); i > 0; i--) {
            char half = (char) random.nextInt(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
            text.insert(random.nextInt(text.length() + 1), half);
        }
        return text.toString();
    }

    private void compare(String text) {
        int[] ids = now.ours().encode(text);
        // Theirs refuses halves of characters; ours reads them as Java writes them in UTF-8, as question marks.
        String mended = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        IntArrayList expected = now.theirs().encodeOrdinary(mended);
        if (!Arrays.equals(ids, expected.toArray())) { // a plain comparison first: the arrays can be very long
            assertThat(ids).as("%s on '%s'", encoding.name(), text).isEqualTo(expected.toArray());
        }
        String back = now.ours().decode(ids);
        if (!back.equals(mended)) {
            assertThat(back).isEqualTo(mended);
        }
    }
}
