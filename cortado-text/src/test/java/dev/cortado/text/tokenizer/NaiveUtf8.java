package dev.cortado.text.tokenizer;

import java.nio.charset.StandardCharsets;

/// Unicode 16, table 3-7, row by row: the slow reference for malformed UTF-8.
final class NaiveUtf8 {
    private static final int[][] ROWS = {
        {0x00, 0x7F},
        {0xC2, 0xDF, 0x80, 0xBF},
        {0xE0, 0xE0, 0xA0, 0xBF, 0x80, 0xBF},
        {0xE1, 0xEC, 0x80, 0xBF, 0x80, 0xBF},
        {0xED, 0xED, 0x80, 0x9F, 0x80, 0xBF},
        {0xEE, 0xEF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF, 0x80, 0xBF}
    };

    private NaiveUtf8() {}

    /// A well-formed sequence is its character; the longest beginning of one, or else a byte, is U+FFFD.
    static String decode(byte[] bytes) {
        var text = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int longest = 1;
            boolean whole = false;
            for (int[] row : ROWS) {
                int matched = 0;
                while (2 * matched < row.length
                        && at + matched < bytes.length
                        && (bytes[at + matched] & 0xFF) >= row[2 * matched]
                        && (bytes[at + matched] & 0xFF) <= row[2 * matched + 1]) {
                    matched++;
                }
                longest = Math.max(longest, matched);
                whole |= 2 * matched == row.length;
            }
            text.append(whole ? new String(bytes, at, longest, StandardCharsets.UTF_8) : "\uFFFD");
            at += longest;
        }
        return text.toString();
    }
}
