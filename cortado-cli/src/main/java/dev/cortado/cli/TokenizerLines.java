package dev.cortado.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// UTF-8 from a file or a stream as text, line by line or whole, with some kilobytes in memory however long a line is.
///
/// A line ends with `\n` or `\r\n`, which are no part of it; what follows the last of them is a line if it is not
/// empty. Text that is not what it was would be encoded without complaint, so broken UTF-8 is refused.
final class TokenizerLines implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final String name;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports errors unless told otherwise
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer chars = CharBuffer.allocate(BUFFER).flip();
    private long bytesRead;
    private long number;
    private boolean inputEnded;
    private boolean ended = true; // of the current line

    /// @param name of the stream, for messages
    TokenizerLines(InputStream in, String name) {
        this.in = in;
        this.name = name;
    }

    /// The lines of a file.
    static TokenizerLines of(Path file) throws IOException {
        return new TokenizerLines(Files.newInputStream(file), file.toString());
    }

    /// Goes on to the next line, passing over what is left of this one; false when there is none.
    boolean next() throws IOException {
        char[] rest = new char[ended ? 0 : BUFFER];
        while (!ended) {
            read(rest, 0, rest.length);
        }
        ended = !ready(1);
        number += ended ? 0 : 1;
        return !ended;
    }

    /// An error in the current line.
    IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(name + ":" + number + ": " + what);
    }

    /// What is wrong with a line that has been read.
    IllegalArgumentException wrong(long line, IllegalArgumentException cause) {
        return new IllegalArgumentException(name + ":" + line + ": " + cause.getMessage(), cause);
    }

    /// The number of the current line, from 1.
    long number() {
        return number;
    }

    /// Reads on until `into` has `most` characters; whether the line ended before.
    boolean collect(StringBuilder into, int most) throws IOException {
        char[] part = new char[BUFFER];
        while (into.length() < most) {
            int count = read(part, 0, Math.min(part.length, most - into.length()));
            if (count < 0) {
                return true;
            }
            into.append(part, 0, count);
        }
        return false;
    }

    /// The line as a text of its own, which must not be longer than `most` characters.
    ///
    /// @param fix what to do about one that is
    String line(int most, String fix) throws IOException {
        var line = new StringBuilder();
        if (!collect(line, most + 1)) {
            throw wrong("the line is longer than %,d characters; %s".formatted(most, fix));
        }
        return line.toString();
    }

    /// The rest of the line, with something before it.
    Reader rest(String before) {
        return new Joined(before, false);
    }

    /// Everything that is left, line ends included.
    Reader whole() {
        return new Joined("", true);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int read(char[] into, int from, int most) throws IOException {
        int count = 0;
        while (count < most && !ended) {
            if (!ready(1)) {
                ended = true;
            } else if (chars.charAt(0) == '\n') {
                chars.get();
                ended = true;
            } else if (chars.charAt(0) == '\r' && ready(2) && chars.charAt(1) == '\n') {
                chars.position(chars.position() + 2);
                ended = true;
            } else {
                into[from + count++] = chars.get();
            }
        }
        return count == 0 && ended ? -1 : count;
    }

    private int readAny(char[] into, int from, int most) throws IOException {
        if (!ready(1)) {
            return -1;
        }
        int count = Math.min(most, chars.remaining());
        chars.get(into, from, count);
        return count;
    }

    /// Whether there are so many more characters.
    private boolean ready(int count) throws IOException {
        while (chars.remaining() < count && !(inputEnded && !bytes.hasRemaining())) {
            bytes.compact();
            int more = in.read(bytes.array(), bytes.position(), bytes.remaining());
            inputEnded |= more < 0;
            bytesRead += Math.max(0, more);
            bytes.position(bytes.position() + Math.max(0, more)).flip();
            chars.compact();
            boolean broken = decoder.decode(bytes, chars, inputEnded).isError();
            chars.flip();
            if (broken) {
                throw new IllegalArgumentException(
                        name + " is not UTF-8 at byte " + (bytesRead - bytes.remaining()) + "; convert it first");
            }
        }
        return chars.remaining() >= count;
    }

    /// A view of this text that stays open when it is closed.
    private final class Joined extends Reader {
        private final StringReader before;
        private final boolean all;

        Joined(String before, boolean all) {
            this.before = new StringReader(before);
            this.all = all;
        }

        @Override
        public int read(char[] into, int from, int most) throws IOException {
            int count = before.read(into, from, most);
            if (count >= 0) {
                return count;
            }
            return all ? readAny(into, from, most) : TokenizerLines.this.read(into, from, most);
        }

        @Override
        public void close() {}
    }
}
