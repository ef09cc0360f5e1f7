package dev.cortado.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.chat.jinja.Data;
import dev.cortado.text.chat.jinja.Limits;
import dev.cortado.text.chat.jinja.Origin;
import dev.cortado.text.chat.jinja.Syntax;
import dev.cortado.text.chat.jinja.Template;
import dev.cortado.text.chat.jinja.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Real chat templates, and small ones made for the language, against what Python's Jinja renders.
class ConformanceTest {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-10T12:00:00Z"), ZoneOffset.UTC);

    static List<Map<String, Object>> cases(String file) throws IOException {
        var type = new TypeReference<Map<String, Object>>() {};
        return Files.readAllLines(SharedData.require("tokenizers/chat-templates/" + file)).stream()
                .map(line -> JsonMapper.shared().readValue(line, type))
                .toList();
    }

    /// The variables a case of chat_templates.jsonl renders with.
    static Map<String, Object> variables(Map<String, Object> row) {
        Map<String, Object> variables = new HashMap<>(row);
        variables.keySet().removeAll(List.of("name", "group", "template", "expected", "python_jinja2", "extra"));
        variables.remove("expected_python");
        if (row.get("extra") instanceof Map<?, ?> extra) {
            extra.forEach((name, value) -> variables.put((String) name, value));
        }
        return variables;
    }

    private static String render(String template, Syntax syntax, Map<?, ?> variables) {
        Map<String, Value> values = new HashMap<>();
        variables.forEach((name, value) -> values.put((String) name, Data.value(value, Origin.data("case"))));
        return Template.parse(template, syntax, Limits.GENEROUS)
                .render(values, CLOCK)
                .chars();
    }

    @Test
    void theLanguageIsPythonsJinja() throws IOException {
        var softly = new SoftAssertions();
        int tried = 0;
        for (Map<String, Object> row : cases("jinja_conformance.jsonl")) {
            if (!"error".equals(row.get("python_jinja2"))) {
                Object expected = row.getOrDefault("expected_python", row.get("expected"));
                tried++;
                softly.assertThatCode(() -> assertThat(render(
                                        (String) row.get("template"), Syntax.PLAIN, (Map<?, ?>) row.get("context")))
                                .isEqualTo(expected))
                        .as("%s", row.get("name"))
                        .doesNotThrowAnyException();
            }
        }
        softly.assertAll();
        assertThat(tried).isGreaterThan(70);
    }

    @Test
    void chatTemplatesRenderAsInTransformers() throws IOException {
        var softly = new SoftAssertions();
        List<Map<String, Object>> rows = cases("chat_templates.jsonl");
        for (Map<String, Object> row : rows) {
            Object expected = row.getOrDefault("expected_python", row.get("expected"));
            softly.assertThatCode(() -> assertThat(render((String) row.get("template"), Syntax.CHAT, variables(row)))
                            .isEqualTo(expected))
                    .as("%s", row.get("name"))
                    .doesNotThrowAnyException();
        }
        softly.assertAll();
        assertThat(rows).hasSizeGreaterThan(20);
    }
}
