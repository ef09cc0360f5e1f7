package dev.cortado.text.tokenizer.model;

import java.util.Arrays;
import java.util.Optional;

/// The printable character that stands for each byte in the files of byte-level BPE (`bytes_to_unicode` in GPT-2's
/// `encoder.py`, Radford et al. 2019): bytes that are printable in Latin-1 stand for themselves, the other 68 are
/// numbered from U+0100, so that a space is `Ġ` (U+0120) and a line feed `Ċ` (U+010A).
public final class ByteAlphabet {
    private static final char[] CHAR = chars();
    private static final short[] BYTE = bytes();
    private static final short NO_BYTE = -1;

    private ByteAlphabet() {}

    /// The character of a byte `0 … 255`.
    public static char character(int unsignedByte) {
        return CHAR[unsignedByte];
    }

    /// The 256 characters in ascending order: the order in which trainers number the byte symbols.
    public static char[] ascending() {
        char[] sorted = CHAR.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /// The byte of a character of the alphabet.
    public static int unsignedByte(char character) {
        return BYTE[character];
    }

    /// The bytes that a token of a file spells; empty when a character is outside the alphabet.
    public static Optional<byte[]> bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTE.length || BYTE[c] == NO_BYTE) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTE[c];
        }
        return Optional.of(bytes);
    }

    private static char[] chars() {
        char[] chars = new char[256];
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            chars[b] = printable ? (char) b : next++;
        }
        return chars;
    }

    private static short[] bytes() {
        short[] bytes = new short[0x100 + 68];
        Arrays.fill(bytes, NO_BYTE);
        for (int b = 0; b < 256; b++) {
            bytes[CHAR[b]] = (short) b;
        }
        return bytes;
    }
}
