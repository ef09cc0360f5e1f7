package dev.cortado.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Repeats a property on random input; a failure names the seed, and `-Dcortado.seed=…` runs that one alone. With
/// `-Dcortado.patience=N` it is tried N times as often, and sweeps over all characters leave out N times fewer.
public final class Trials {
    /// What is tried, on one source of randomness.
    @FunctionalInterface
    public interface Trial {
        void run(RandomGenerator random) throws Exception;
    }

    // From ASCII to the ends of Unicode: words, contractions, all kinds of white space, numbers, marks, emoji.
    private static final String[] PIECES = {
        "a",
        "the",
        "Hello",
        "'s",
        "'ll",
        "'ve",
        "'x",
        "'",
        "don't",
        "I'LL",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u000b",
        "\u0085",
        "\u00a0",
        "\u1680",
        "\u2003",
        "\u2028",
        "\u2029",
        "\u202f",
        "\u205f",
        "\u3000",
        "\u200b",
        "\u180e",
        "\ufeff",
        "\u001c",
        "\u001f",
        "é",
        "ß",
        "ñ",
        "e\u0301",
        "中文",
        "日本",
        "한국",
        "русский",
        "العربية",
        "हिन्दी",
        "0",
        "123",
        "²",
        "½",
        "Ⅷ",
        "٣",
        "!",
        "...",
        "<|endoftext|>",
        "👋",
        "👨‍👩‍👧",
        "𝒳",
        "𝟘",
        "€",
        "—",
        "_",
        "$",
        "ª",
        "ʰ"
    };

    private static final int PATIENCE = Integer.getInteger("cortado.patience", 1);

    private Trials() {}

    /// Of how many cases a sweep looks at one, when it wants one of `every` in an ordinary build.
    public static int share(int every) {
        return Math.max(1, every / PATIENCE);
    }

    public static void repeat(int times, Trial trial) {
        Long replay = Long.getLong("cortado.seed");
        var seeds = new SplittableRandom();
        for (long i = 0; i < (replay == null ? (long) times * PATIENCE : 1); i++) {
            long seed = replay == null ? seeds.nextLong() : replay;
            try {
                trial.run(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("trial failed; replay it with -Dcortado.seed=" + seed + ": " + e, e);
            }
        }
    }

    /// Well-formed text of up to about `pieces` words and signs, with now and then any assigned or unassigned
    /// character.
    public static String text(RandomGenerator random, int pieces) {
        var text = new StringBuilder();
        for (int i = random.nextInt(pieces + 1); i > 0; i--) {
            int codePoint = random.nextInt(0x110000);
            boolean any = random.nextInt(4) == 0 && (codePoint < 0xD800 || codePoint > 0xDFFF);
            text.append(any ? Character.toString(codePoint) : PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /// Bytes that are text, text with bytes cut out or flipped, or nothing of the sort.
    public static byte[] bytes(RandomGenerator random, int pieces) {
        byte[] bytes = text(random, pieces).getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> {
                for (int i = bytes.length / 8; i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            default -> {}
        }
        return bytes;
    }

    /// A file's content with some bits flipped, its end cut off, or a piece repeated.
    public static byte[] damaged(RandomGenerator random, byte[] content) {
        byte[] bytes = content.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> {
                int from = random.nextInt(bytes.length);
                int to = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(64), bytes.length - Math.max(from, to));
                System.arraycopy(content, from, bytes, to, length);
            }
            default -> {
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }
}
