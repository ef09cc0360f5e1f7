package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenizerLinesTest {
    private static final int LONG = 1 << 20;

    private static TokenizerLines of(byte[] bytes) {
        return new TokenizerLines(new ByteArrayInputStream(bytes), "it");
    }

    /// Gives a few bytes at a time, as pipes do.
    private static InputStream dripping(byte[] bytes, SplittableRandom random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int from, int most) {
                return super.read(into, from, Math.min(most, 1 + random.nextInt(7)));
            }
        };
    }

    private static List<String> lines(TokenizerLines source) throws IOException {
        List<String> lines = new ArrayList<>();
        while (source.next()) {
            lines.add(source.line(LONG, "no way"));
            assertThat(source.number()).isEqualTo(lines.size());
        }
        return lines;
    }

    private static List<String> expected(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\r?\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }

    @Test
    void anyTextComesBackInLinesOrWhole() throws IOException {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        List<String> parts = List.of("a", "\n", "\r", "\r\n", "ö", "👋", "\n\n", "€", " ", "long enough");
        for (int round = 0; round < 300; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(lines(new TokenizerLines(dripping(bytes, random), "it")))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected(text.toString()));
            var whole = new StringWriter();
            new TokenizerLines(dripping(bytes, random), "it").whole().transferTo(whole);
            assertThat(whole).hasToString(text.toString());
        }
    }

    @Test
    void linesLongerThanTheBufferArePassedOn() throws IOException {
        String text = "ö".repeat(100_000) + "\r\n" + "x".repeat(65_535) + "\r\nend";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(lines(of(bytes))).isEqualTo(expected(text));

        TokenizerLines source = of(bytes);
        assertThat(source.next()).isTrue();
        var head = new StringBuilder();
        assertThat(source.collect(head, 10)).isFalse();
        var rest = new StringWriter();
        source.rest(head.toString()).transferTo(rest);
        assertThat(rest).hasToString("ö".repeat(100_000));
        assertThat(source.next()).isTrue();
        assertThat(source.next()).as("what is left of a line is passed over").isTrue();
        assertThat(source.line(LONG, "")).isEqualTo("end");
        assertThat(source.next()).isFalse();
    }

    @Test
    void brokenUtf8AndLongLinesAreRefused() throws IOException {
        byte[] broken = ("ö".repeat(50_000) + "?").getBytes(StandardCharsets.UTF_8);
        broken[100_000] = (byte) 0xe4;
        assertThatThrownBy(() -> lines(of(broken)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it is not UTF-8 at byte 100000; convert it first");
        TokenizerLines source = of("ab\nabc".getBytes(StandardCharsets.UTF_8));
        assertThat(source.next()).isTrue();
        assertThat(source.line(2, "shorten it")).isEqualTo("ab");
        assertThat(source.next()).isTrue();
        assertThatThrownBy(() -> source.line(2, "shorten it"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it:2: the line is longer than 2 characters; shorten it");
    }
}
