package dev.cortado.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/// Where a command's words go: results to standard output, everything else to standard error, both in UTF-8 whatever
/// the locale.
///
/// With `--json` standard output carries exactly one JSON object (one a line from commands that read line by line), and
/// texts meant for people go to standard error.
public final class Output {
    /// Absent values are left out of objects.
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(every -> every.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private final PrintStream out;
    private final PrintStream err;
    private boolean json;

    private Output(OutputStream out, OutputStream err) {
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    }

    /// The process's own streams.
    public static Output ofProcess() {
        return new Output(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /// Any two streams; a test gives two buffers.
    public static Output of(OutputStream out, OutputStream err) {
        return new Output(out, err);
    }

    /// Prints what the command found; to be called once.
    ///
    /// @param value what `--json` prints: a record, a map or a JSON tree that becomes an object
    /// @param text the same for people, without the last line break
    public void result(Object value, String text) {
        if (json) {
            out.println(JSON.writeValueAsString(value));
        } else {
            out.println(text);
        }
    }

    /// One object as a line of JSON, for commands that print many.
    static String asJson(Object value) {
        return JSON.writeValueAsString(value);
    }

    /// Standard output for a command whose results are many lines; to be flushed, and not to be closed.
    Writer lines() {
        return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    }

    /// Prints text that streams out as it is made, as generated text does; with `--json` it goes to standard error.
    public void stream(String piece) {
        PrintStream to = json ? err : out;
        to.print(piece);
        to.flush();
    }

    /// Prints a line about what is going on to standard error.
    public void note(String line) {
        err.println(line);
    }

    /// Standard error itself, for progress bars.
    public PrintStream progress() {
        return err;
    }

    /// Whether `--json` was given.
    public boolean json() {
        return json;
    }

    void json(boolean on) {
        json = on;
    }

    /// Standard output itself, for help texts.
    PrintStream results() {
        return out;
    }

    /// Whether something printed as a result has not arrived: the pipe is closed or the disk is full.
    boolean lost() {
        return out.checkError();
    }
}
