package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {
    private final PipelineTokenizer bpe = Learned.small();

    @Test
    void allPiecesTogetherEqualDecode() {
        Trials.repeat(4000, random -> {
            int[] ids = random.nextBoolean()
                    ? bpe.encode(Trials.text(random, 20))
                    : random.ints(random.nextInt(40), 0, bpe.vocabSize()).toArray();
            var decoder = bpe.stream();
            var text = new StringBuilder();
            for (int id : ids) {
                text.append(decoder.push(id));
            }
            assertThat(text.append(decoder.finish()).toString()).isEqualTo(bpe.decode(ids));
        });
    }

    @Test
    void malformedBytesOneByOneEqualDecode() {
        // Every way four bytes of the interesting ranges can follow each other.
        int[] interesting = {0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5};
        for (int n = 0; n < 15 * 15 * 15 * 15; n++) {
            byte[] bytes = {
                (byte) interesting[n % 15],
                (byte) interesting[n / 15 % 15],
                (byte) interesting[n / 225 % 15],
                (byte) interesting[n / 3375]
            };
            var decoder = bpe.stream();
            var text = new StringBuilder();
            for (byte b : bytes) {
                text.append(decoder.push(byteId(b)));
            }
            assertThat(text.append(decoder.finish()).toString()).isEqualTo(NaiveUtf8.decode(bytes));
        }
    }

    @Test
    void neverShowsHalfACharacter() {
        String text = "é中👋";
        var decoder = bpe.stream();
        var shown = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            shown.append(decoder.push(byteId(b)));
            assertThat(text).startsWith(shown.toString());
        }
        assertThat(shown.toString()).isEqualTo(text);
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void isReadyForAnotherSequenceAfterFinish() {
        var decoder = bpe.stream();
        assertThat(decoder.push(byteId((byte) 0xE2))).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.push(byteId((byte) 'a'))).isEqualTo("a");
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void refusesUnknownIdsAndGoesOn() {
        var decoder = bpe.stream();
        assertThat(decoder.push(byteId((byte) 0xC3))).isEmpty();
        assertThatThrownBy(() -> decoder.push(300)).isInstanceOf(IllegalArgumentException.class);
        assertThat(decoder.push(byteId((byte) 0xA9))).isEqualTo("é");
    }

    private int byteId(byte b) {
        return bpe.id(String.valueOf(ByteAlphabet.character(b & 0xFF))).orElseThrow();
    }
}
