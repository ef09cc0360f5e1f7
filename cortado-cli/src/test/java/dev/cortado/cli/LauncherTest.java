package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.RepositoryRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `./cortado` in a repository of its own, with scripts in the place of Java and Maven that tell how they were
/// called.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a bash script")
class LauncherTest {
    @TempDir
    Path folder;

    private Path repository;
    private Path home;
    private Path programs;

    record Ended(int code, String out, String err) {}

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Files.createDirectories(folder.resolve("a repository"));
        home = Files.createDirectories(folder.resolve("home"));
        programs = Files.createDirectories(folder.resolve("bin"));
        // Only the folders of this test are searched for a JDK.
        String script = Files.readString(RepositoryRoot.path().resolve("cortado"))
                .replace("/usr/lib/jvm/", folder + "/jvm/")
                .replace("/Library/", folder + "/Library/")
                .replace("/opt/", folder + "/opt/");
        write(repository.resolve("cortado"), script);
        write(repository.resolve("pom.xml"), "<project/>");
        Files.createDirectories(repository.resolve(".mvn"));
        write(repository.resolve("cortado-cli/pom.xml"), "<project/>");
        write(repository.resolve("cortado-cli/src/main/java/Main.java"), "class Main {}");
    }

    @Test
    void withoutAJdkItSaysSoInOneSentence() throws Exception {
        jdk(folder.resolve("jvm/java-17"), "17.0.15");
        Files.delete(jdk(folder.resolve("jvm/jre-25"), "25").resolve("bin/javac"));
        Ended ended = start("doctor");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("cortado: needs a JDK 25 or newer and found none: ")
                .contains("adoptium.net", "sdk install java 25-tem", "JAVA_HOME");
    }

    @Test
    void withoutMavenItSaysSoInOneSentence() throws Exception {
        jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        Ended ended = start("doctor");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err().lines()).singleElement().asString().startsWith("cortado: needs Maven to build itself: ");
    }

    @Test
    void buildsOnceAndBecomesTheProgram() throws Exception {
        Path jdk = jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        maven(0);
        Ended first = start("say", "two words", "", "*");
        assertThat(first.code()).isEqualTo(7);
        assertThat(first.err()).isEqualTo("building Cortado (first time: a minute or two)…\n");
        List<String> lines = first.out().lines().toList();
        assertThat(lines.getFirst()).isEqualTo(jdk + "/bin/java in " + folder.toRealPath());
        assertThat(lines).endsWith("dev.cortado.cli.Main", "say", "two words", "", "*");
        assertThat(lines.get(lines.indexOf("-cp") + 1))
                .isEqualTo(
                        repository.toRealPath() + "/cortado-cli/target/cortado-cli.jar:" + programs + "/library.jar");
        assertThat(lines).contains("-Dfrom=caller", "-Xmx1g");

        assertThat(start("say").err()).isEmpty();
        assertThat(mavenCalls()).hasSize(1);
        assertThat(mavenCalls().getFirst())
                .contains("JAVA_HOME=" + jdk)
                .contains(" package")
                .contains("-Pextra");
    }

    @Test
    void buildsAgainAfterAChange() throws Exception {
        jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        maven(0);
        start("say");
        Path source = repository.resolve("cortado-cli/src/main/java/Main.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(start("say").err()).startsWith("building");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(start("say").err()).isEmpty();
        Files.delete(programs.resolve("library.jar"));
        assertThat(start("say").err()).startsWith("building");
        assertThat(mavenCalls()).hasSize(3);
    }

    @Test
    void aFailedBuildIsShownAndNothingStarts() throws Exception {
        jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        maven(1);
        Ended ended = start("say");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("[ERROR] what Maven says").contains("cortado: the build failed");
    }

    @Test
    void startsAtTheSameTimeBuildOnce() throws Exception {
        jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        maven(0);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(process("say").redirectErrorStream(true).start());
        }
        for (Process process : processes) {
            process.getInputStream().readAllBytes();
            assertThat(process.waitFor()).isEqualTo(7);
        }
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        jdk(folder.resolve("jvm/jdk-25"), "25.0.1");
        Path own = jdk(home.resolve("my jdk"), "26");
        maven(0);
        ProcessBuilder builder = process("say");
        builder.environment().put("JAVA_HOME", own.toString());
        assertThat(end(builder).out()).startsWith(own + "/bin/java");
    }

    @Test
    void theJdkOnThePathIsFound() throws Exception {
        Path jdk = jdk(home.resolve("elsewhere"), "25");
        Files.createSymbolicLink(programs.resolve("java"), jdk.resolve("bin/java"));
        maven(0);
        assertThat(start("say").out()).startsWith(jdk.toRealPath() + "/bin/java");
    }

    @Test
    void theLauncherAndTheTestsRunTensorsAlike() throws IOException {
        Matcher options = Pattern.compile("<cortado.jvm>(.*)</cortado.jvm>")
                .matcher(Files.readString(RepositoryRoot.path().resolve("pom.xml")));
        assertThat(options.find()).isTrue();
        assertThat(Files.readString(RepositoryRoot.path().resolve("cortado")))
                .contains(options.group(1).split(" "));
    }

    private Ended start(String... arguments) throws IOException, InterruptedException {
        return end(process(arguments));
    }

    /// The launcher, called from another folder with a poor environment.
    private ProcessBuilder process(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("/bin/bash", repository.resolve("cortado").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("HOME", home.toString());
        builder.environment().put("PATH", programs + ":" + folder.resolve("tools"));
        builder.environment().put("CORTADO_JAVA_OPTS", "-Dfrom=caller -Xmx1g");
        builder.environment().put("CORTADO_MAVEN_ARGS", "-Pextra");
        return builder;
    }

    private static Ended end(ProcessBuilder builder) throws IOException, InterruptedException {
        Path err = Files.createTempFile("launcher", ".err");
        try {
            Process process = builder.redirectError(err.toFile()).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    /// A folder that looks like a JDK; its `java` prints its own path, the working folder and its arguments, a
    /// line each, and exits with 7.
    private Path jdk(Path at, String version) throws IOException {
        tools();
        write(at.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(at.resolve("bin/javac"), "#!/bin/bash\n");
        write(at.resolve("bin/java"), "#!/bin/bash\necho \"$0 in $PWD\"\nprintf '%s\\n' \"$@\"\nexit 7\n");
        return at;
    }

    /// A `mvn` that takes a moment, notes its call and leaves what the build leaves.
    private void maven(int code) throws IOException {
        write(programs.resolve("mvn"), """
            #!/bin/bash
            echo "JAVA_HOME=$JAVA_HOME $*" >>"%1$s/calls"
            sleep 0.2
            echo "[ERROR] what Maven says"
            echo "%1$s/library.jar" | tr -d '\\n' >"%2$s/cortado-cli/target/classpath"
            touch "%1$s/library.jar" "%2$s/cortado-cli/target/cortado-cli.jar"
            exit %3$d
            """.formatted(programs, repository, code));
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(programs.resolve("calls"));
    }

    /// The system's programs that the script needs, without the Java and Maven beside them.
    private void tools() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of(
                "bash",
                "cat",
                "dirname",
                "find",
                "grep",
                "flock",
                "mkdir",
                "readlink",
                "rm",
                "sleep",
                "touch",
                "tr",
                "uname")) {
            for (Path bin : List.of(Path.of("/usr/bin"), Path.of("/bin"))) {
                Path program = bin.resolve(tool);
                if (Files.exists(program) && !Files.exists(tools.resolve(tool))) {
                    write(tools.resolve(tool), "#!/bin/bash\nexec " + program + " \"$@\"\n");
                }
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
