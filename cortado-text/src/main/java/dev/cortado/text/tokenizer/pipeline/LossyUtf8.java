package dev.cortado.text.tokenizer.pipeline;

/// Reads UTF-8 a byte at a time, with one U+FFFD for each maximal malformed piece: the decoder of the Encoding Standard
/// (WHATWG, section 8.1.1), which does what Unicode recommends (version 16, section 3.9) and what Rust's
/// `from_utf8_lossy` does. For one stream, by one thread.
final class LossyUtf8 {
    private int missing; // bytes of the character begun
    private int point; // what is known of it
    private int least = 0x80; // of the next byte
    private int most = 0xBF;

    /// Adds to `out` what is complete with some more bytes.
    void read(byte[] bytes, StringBuilder out) {
        for (byte b : bytes) {
            read(b & 0xFF, out);
        }
    }

    /// The bytes end: a character begun is malformed.
    void finish(StringBuilder out) {
        if (missing > 0) {
            begin(0);
            out.append('\uFFFD');
        }
    }

    private void read(int b, StringBuilder out) {
        if (missing > 0) {
            if (b >= least && b <= most) {
                point = point << 6 | (b & 0x3F);
                begin(missing - 1);
                if (missing == 0) {
                    out.appendCodePoint(point);
                }
                return;
            }
            finish(out); // and the byte begins something else
        }
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            begin(1);
            point = b & 0x1F;
        } else if (b >= 0xE0 && b <= 0xEF) {
            begin(2);
            point = b & 0x0F;
            least = b == 0xE0 ? 0xA0 : least; // else the form could be shorter
            most = b == 0xED ? 0x9F : most; // else it would be a surrogate
        } else if (b >= 0xF0 && b <= 0xF4) {
            begin(3);
            point = b & 0x07;
            least = b == 0xF0 ? 0x90 : least;
            most = b == 0xF4 ? 0x8F : most; // else it would be beyond U+10FFFF
        } else {
            out.append('\uFFFD');
        }
    }

    private void begin(int bytes) {
        missing = bytes;
        least = 0x80;
        most = 0xBF;
    }
}
