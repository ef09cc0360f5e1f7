package dev.cortado.testkit;

import java.nio.file.Path;

/// The folder of the parent POM, which the build passes to tests as `cortado.root`.
public final class RepositoryRoot {
    private RepositoryRoot() {}

    /// An absolute path; the working folder when a test is run outside the build.
    public static Path path() {
        return Path.of(System.getProperty("cortado.root", ".")).toAbsolutePath().normalize();
    }
}
