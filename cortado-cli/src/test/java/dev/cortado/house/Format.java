package dev.cortado.house;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Formats every Java file of the repository; `./format` runs it as a program of one file, so that code that does not
/// compile can be formatted too.
public final class Format {
    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    /// @param arguments the repository's folder
    public static void main(String[] arguments) throws IOException {
        Format format = new Format();
        boolean broken = false;
        for (Path file : javaFiles(Path.of(arguments[0]))) {
            String source = Files.readString(file);
            try {
                String formatted = format.formatted(source);
                if (!formatted.equals(source)) {
                    Files.writeString(file, formatted);
                    System.out.println(file);
                }
            } catch (FormatterException e) {
                broken = true;
                System.err.println(file + ": " + e.getMessage());
            }
        }
        System.exit(broken ? 1 : 0);
    }

    /// The text with the house's layout, its imports sorted and the unused ones gone.
    String formatted(String source) throws FormatterException {
        return formatter.formatSourceAndFixImports(source);
    }

    /// Every Java source of every module, in order.
    static Iterable<Path> javaFiles(Path root) throws IOException {
        try (Stream<Path> files =
                Files.find(root, 32, (file, _) -> file.toString().endsWith(".java"))) {
            return files.filter(file -> root.relativize(file).toString().matches("cortado-[^/\\\\]+.src.*"))
                    .sorted()
                    .toList();
        }
    }
}
