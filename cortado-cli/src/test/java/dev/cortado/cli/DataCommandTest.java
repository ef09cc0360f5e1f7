package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataCommandTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        out.reset();
        return new Main(Output.of(out, err), false).run(args);
    }

    @Test
    void worldReportsJsonOnStandardOutputAlone() {
        String place = folder.resolve("w").toString();
        assertThat(run("data", "world", "--out", place, "--megabytes", "0.2", "--seed", "8", "--json"))
                .isZero();
        JsonNode report = new JsonMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(report.at("/train/bytes").asLong()).isGreaterThanOrEqualTo(200_000);
        assertThat(report.at("/seed").asLong()).isEqualTo(8);
        assertThat(report.at("/heldOut/documents").asLong()).isPositive();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(run("data", "world")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--out");
        assertThat(run("data")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("data world");
    }
}
