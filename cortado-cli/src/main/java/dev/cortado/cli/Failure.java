package dev.cortado.cli;

import dev.cortado.recipe.DidYouMean;
import dev.cortado.train.TrainingDiverged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// How a command ended that did not do what was asked: an exit code and one line for people.
///
/// @param code 2 when the input is wrong, 1 when the work failed
/// @param line says what is wrong and, where known, the fix
record Failure(int code, String line) {
    private static final int WRONG_INPUT = 2;
    private static final int FAILED = 1;

    static Failure of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        return switch (cause) {
            case UnmatchedArgumentException e -> new Failure(WRONG_INPUT, unmatched(e));
            case ParameterException e -> new Failure(WRONG_INPUT, oneLine(decapitalised(e)) + help(e));
            case NoSuchFileException e -> file(e, "no such file or folder");
            case NotDirectoryException e -> file(e, "not a folder");
            case AccessDeniedException e -> file(e, "permission denied");
            case FileAlreadyExistsException e -> file(e, "is already there; name another place or remove it first");
            case DirectoryNotEmptyException e -> file(e, "the folder is not empty");
            case InvalidPathException e ->
                new Failure(WRONG_INPUT, "not a path on this system: " + oneLine(e.getMessage()));
            case IllegalArgumentException e -> new Failure(WRONG_INPUT, oneLine(message(e)));
            case IOException e
            when diskIsFull(e) ->
                new Failure(FAILED, "the disk is full: " + oneLine(message(e)) + "; free some space and run it again");
            case IOException e
            when message(e).endsWith("Is a directory") ->
                new Failure(WRONG_INPUT, oneLine(message(e)) + "; name a file instead");
            case IOException e -> new Failure(FAILED, oneLine(message(e)));
            case TrainingDiverged e -> new Failure(FAILED, oneLine(message(e)));
            case OutOfMemoryError e ->
                new Failure(
                        FAILED,
                        "out of memory (" + message(e) + "); the Java heap grows with CORTADO_JAVA_OPTS=-Xmx8g");
            default -> new Failure(FAILED, bug(cause) + "; run with " + Main.TRACE + "=1 for the stack trace");
        };
    }

    /// The exception that says what happened: wrappers that only carry another through an interface are taken
    /// off.
    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && isWrapper(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isWrapper(Throwable thrown) {
        return switch (thrown) {
            case UncheckedIOException e -> true;
            case ExecutionException e -> true;
            case CompletionException e -> true;
            case CommandLine.ExecutionException e -> true;
            case ParameterException e -> e.getCause() instanceof IllegalArgumentException;
            // new RuntimeException(cause) adds no words of its own
            default ->
                thrown.getClass() == RuntimeException.class
                        && Objects.equals(thrown.getMessage(), String.valueOf(thrown.getCause()));
        };
    }

    private static Failure file(FileSystemException e, String what) {
        return new Failure(WRONG_INPUT, e.getFile() + ": " + what);
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandLine command = e.getCommandLine();
        String wrong = e.getUnmatched().getFirst();
        boolean option = wrong.startsWith("-");
        List<String> known = option
                ? List.copyOf(command.getCommandSpec().optionsMap().keySet())
                : List.copyOf(command.getSubcommands().keySet());
        String bare = option ? wrong.replaceFirst("=.*", "") : wrong;
        Optional<String> near = DidYouMean.among(bare, known);
        String what = option ? "unknown option" : known.isEmpty() ? "unexpected argument" : "unknown command";
        return oneLine(what + " '" + bare + "'")
                + near.map(name -> "; did you mean '" + name + "'?").orElseGet(() -> help(e));
    }

    private static String help(ParameterException e) {
        return " (see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help')";
    }

    private static boolean diskIsFull(IOException e) {
        String message = message(e).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("not enough space")
                || message.contains("quota exceeded");
    }

    private static String decapitalised(Throwable e) {
        String message = message(e);
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message.strip();
    }

    /// Native code puts a stack trace of its own below the first line.
    private static String bug(Throwable e) {
        String name = e.getClass().getSimpleName();
        String message = message(e);
        return message.equals(name)
                ? name
                : name + ": " + message.lines().findFirst().orElse("");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
