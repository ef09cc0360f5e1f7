package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Llama2cTokenizerTest {
    private static final String FILE = "models/stories260k/tok512.bin";

    @TempDir
    Path folder;

    @Test
    void publishedCases() throws IOException {
        TokenizerFile file = Llama2cTokenizer.read(SharedData.require(FILE));
        Cases.check("models/stories260k/hf/tokenizer_cases.jsonl", 12, Cases.plain(file));
        assertThat(file.specials().bos()).hasValue(1);
        assertThat(file.specials().eos()).hasValue(2);
        PipelineTokenizer tokenizer = Cases.tokenizer(file);
        assertThat(tokenizer.encode("a", SpecialText.NEVER, true)[0]).isEqualTo(1);
        assertThat(tokenizer.encode("</s>", SpecialText.NEVER, false)).doesNotContain(2);
    }

    /// It was made of the SentencePiece model beside it, and tokenizes and decodes every text as that does.
    @Test
    void theSameAsTheModelItWasMadeOf() throws IOException {
        PipelineTokenizer exported = Cases.tokenizer(Llama2cTokenizer.read(SharedData.require(FILE)));
        PipelineTokenizer model =
                Cases.tokenizer(SentencePieceModel.read(SharedData.require("models/stories260k/hf/tokenizer.model")));
        assertThat(exported.pipeline().model().vocabulary().size())
                .isEqualTo(model.pipeline().model().vocabulary().size());
        Trials.repeat(500, random -> {
            String text = Trials.text(random, 40);
            int[] ids = model.encode(text);
            assertThat(exported.encode(text)).as("'%s'", text).isEqualTo(ids);
            assertThat(exported.decode(ids)).as("'%s'", text).isEqualTo(model.decode(ids));
        });
    }

    @Test
    void damagedFiles() throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require(FILE));
        int[] refused = new int[1];
        Trials.repeat(300, random -> {
            Path file = Files.write(folder.resolve("damaged"), Trials.damaged(random, whole));
            try {
                var _ = Cases.plain(Llama2cTokenizer.read(file)).apply("Hello  wörld 12 \u0000");
            } catch (IllegalArgumentException e) {
                refused[0]++;
                assertThat(e).hasMessageStartingWith(file.toString());
            }
        });
        assertThat(refused[0]).isPositive();
    }

    @Test
    void liesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require(FILE));
        refuses(new byte[3], "has 3 bytes");
        refuses(Arrays.copyOf(whole, 4), "has 0 tokens");
        refuses(Arrays.copyOf(whole, whole.length - 1), "are left");
        refuses(Arrays.copyOf(whole, whole.length + 5), "ends within token 512");
        refuses(with(whole, 0, 2), "token 0 of 5 bytes; the longest is said to have 2");
        refuses(with(whole, 8, Integer.MAX_VALUE), "token 0 of 2147483647 bytes");
        refuses(with(whole, 8, -1), "token 0 of -1 bytes");
        refuses(with(whole, 4, Float.floatToIntBits(Float.NaN)), "score NaN");
        refuses(with(whole, 25, 0), "no token <s>");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> Llama2cTokenizer.read(missing)).isInstanceOf(NoSuchFileException.class);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        return ByteBuffer.wrap(bytes.clone())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(at, value)
                .array();
    }

    private void refuses(byte[] content, String why) throws IOException {
        Path file = Files.write(folder.resolve("hostile"), content);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Llama2cTokenizer.read(file))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(why);
    }
}
