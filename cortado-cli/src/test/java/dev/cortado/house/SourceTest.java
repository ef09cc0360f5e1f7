package dev.cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import dev.cortado.testkit.RepositoryRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The laws of the house that can be read off the files of the repository.
class SourceTest {
    private static final Path ROOT = RepositoryRoot.path();
    private static final int MAX_LINES = 400;
    private static final int MIN_PACKAGE_DOC_LINES = 3;

    /// Main files that may be longer than [#MAX_LINES]: path → reason. One that has become short again must go.
    private static final Map<String, String> LONG_FILES = Map.of(
            "cortado-tensor/src/main/java/dev/cortado/tensor/Tensor.java",
            "the vocabulary of tensors in one place: some 120 methods of one or two lines each");

    /// Packages whose page is shorter than [#MIN_PACKAGE_DOC_LINES]. One whose page has grown must go.
    private static final Set<String> SHORT_PAGES = Set.of();

    /// Folders that are not the repository's: build outputs, runs, editors' and version control's own.
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "runs", "shared", ".idea", ".vscode");

    /// A path of somebody's machine; put together here, so that this file has none.
    private static final Pattern MACHINE_PATH = Pattern.compile("(?<![\\w.$}*-])/(wo" + "rk|ro" + "ot)/");

    @Test
    void mainFilesAreShort() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : mainFiles()) {
            int lines = Files.readAllLines(file).size();
            if (lines > MAX_LINES) {
                tooLong.put(relative(file), lines);
            }
        }
        assertThat(tooLong.keySet())
                .as("main files of more than %d lines, %s; and no stale exception", MAX_LINES, tooLong)
                .containsExactlyInAnyOrderElementsOf(LONG_FILES.keySet());
    }

    @Test
    void everyPackageHasItsPage() throws IOException {
        Set<Path> packages = new TreeSet<>();
        for (Path file : mainFiles()) {
            packages.add(file.getParent());
        }
        assertThat(packages).hasSizeGreaterThan(8);
        Set<String> shortPages = new TreeSet<>();
        for (Path folder : packages) {
            String page = Files.readString(folder.resolve("package-info.java"));
            assertThat(page).as(relative(folder)).contains("@NullMarked");
            long lines = page.lines()
                    .filter(line -> line.startsWith("///") && line.length() > 4)
                    .count();
            if (lines < MIN_PACKAGE_DOC_LINES) {
                shortPages.add(relative(folder));
            }
        }
        assertThat(shortPages)
                .as(
                        "packages with fewer than %d lines in package-info.java; and no stale exception",
                        MIN_PACKAGE_DOC_LINES)
                .containsExactlyInAnyOrderElementsOf(SHORT_PAGES);
    }

    @Test
    void everyJavaFileIsFormatted() throws IOException {
        Format format = new Format();
        List<String> unformatted = new ArrayList<>();
        for (Path file : Format.javaFiles(ROOT)) {
            String source = Files.readString(file);
            try {
                if (!format.formatted(source).equals(source)) {
                    unformatted.add(relative(file));
                }
            } catch (FormatterException e) {
                unformatted.add(relative(file) + ": " + e.getMessage());
            }
        }
        assertThat(unformatted).as("not formatted: run ./format").isEmpty();
    }

    @Test
    void noFileNamesSomebodysMachine() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : ownFiles()) {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            if (text.indexOf('\0') >= 0) {
                continue; // not text
            }
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (MACHINE_PATH.matcher(line).find()) {
                    found.add(relative(file) + ":" + number + ": " + line.strip());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> mainFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path file : Format.javaFiles(ROOT)) {
            if (relative(file).contains("/src/main/")) {
                files.add(file);
            }
        }
        assertThat(files).hasSizeGreaterThan(30);
        return files;
    }

    private static List<Path> ownFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // In a worktree `.git` is a file that names the folder of the main one.
                if (attributes.isRegularFile()
                        && !NOT_OURS.contains(file.getFileName().toString())) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static String relative(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }
}
