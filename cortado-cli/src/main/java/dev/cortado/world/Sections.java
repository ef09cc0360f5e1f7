package dev.cortado.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A word or phrase file: `= name` opens a section, every other line that is neither blank nor a `#` comment is an
/// entry of it.
record Sections(Map<String, List<String>> entries) {

    /// Reads resources beside this package; sections of later files are added to those before.
    static Sections read(String... resources) {
        Map<String, List<String>> entries = new LinkedHashMap<>();
        for (String resource : resources) {
            List<String> section = List.of();
            for (String line : text(resource).lines().map(String::strip).toList()) {
                if (line.startsWith("= ")) {
                    section = entries.computeIfAbsent(line.substring(2), _ -> new ArrayList<>());
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    section.add(line);
                }
            }
        }
        return new Sections(entries);
    }

    /// The lines of a section.
    List<String> lines(String name) {
        List<String> lines = entries.get(name);
        if (lines == null || lines.isEmpty()) {
            throw new IllegalStateException("the word files have no section '" + name + "'");
        }
        return lines;
    }

    /// All comma-separated words of a section.
    List<String> words(String name) {
        return lines(name).stream()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String text(String resource) {
        try (InputStream in = Sections.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + resource, e);
        }
    }
}
