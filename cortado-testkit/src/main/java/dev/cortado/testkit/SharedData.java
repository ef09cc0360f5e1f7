package dev.cortado.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Third-party test data that lives outside the repository; a test that wants a file of it is skipped when it is
/// absent.
///
/// The folder is named by the system property `cortado.data` or the environment variable `CORTADO_DATA`; otherwise
/// `../shared/data` beside the repository is looked for.
public final class SharedData {
    private SharedData() {}

    /// The file or folder at a path inside the test data; aborts (skips) the calling test when it is not there.
    public static Path require(String path) {
        Path found = folder().resolve(path).normalize();
        Assumptions.assumeTrue(
                Files.exists(found), () -> "skipped: no test data at " + found + " (set CORTADO_DATA to its folder)");
        return found;
    }

    private static Path folder() {
        String named = System.getProperty("cortado.data", System.getenv("CORTADO_DATA"));
        return named != null ? Path.of(named) : RepositoryRoot.path().resolve("../shared/data");
    }
}
