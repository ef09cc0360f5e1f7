package dev.cortado.cli;

import dev.cortado.tensor.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a run's record says about the program and the machine, besides the recipe.
final class Environment {
    private Environment() {}

    static Map<String, Object> describe() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("begun", Instant.now().toString());
        about.put("cortado", Main.Version.number());
        about.put("revision", revision(Path.of(".git")));
        about.put("java", Runtime.version().toString());
        about.put("libtorch", LibTorch.version());
        about.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        about.put("threads", LibTorch.threads());
        about.put("instructions", LibTorch.cpuCapability());
        return about;
    }

    /// The commit the working folder is at, `unknown` outside of a repository.
    private static String revision(Path git) {
        try {
            String head = Files.readString(git.resolve("HEAD")).strip();
            return head.startsWith("ref: ")
                    ? Files.readString(git.resolve(head.substring(5))).strip()
                    : head;
        } catch (IOException _) {
            return "unknown";
        }
    }
}
