package dev.cortado.text.chat;

import dev.cortado.text.Trials;
import dev.cortado.text.chat.jinja.Data;
import dev.cortado.text.chat.jinja.Limits;
import dev.cortado.text.chat.jinja.Origin;
import dev.cortado.text.chat.jinja.Syntax;
import dev.cortado.text.chat.jinja.Template;
import dev.cortado.text.chat.jinja.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Damaged templates give a result or an IllegalArgumentException, nothing else.
class TemplateFuzzTest {
    private static final Limits SMALL = new Limits(1 << 20, 200_000, 1 << 20, 200, Duration.ofSeconds(5));

    private static final String[] SCRAPS = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "|",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\\",
        ".",
        ":",
        "~",
        "*",
        "**",
        "//",
        "%",
        " if ",
        " else ",
        " in ",
        " is ",
        " not ",
        "{% endif %}",
        "{% endfor %}",
        "{% generation %}",
        "{% raw %}",
        "{% set x = messages %}",
        "|tojson",
        "|list",
        "|length",
        "|sort",
        "|int",
        "|map(attribute='role')",
        "[::-1]",
        "[-1]",
        ".0",
        "0",
        "9223372036854775807",
        "1e308",
        "none",
        "loop",
        "namespace()",
        "range(3)",
        ".split('a')",
        ".format(1)",
        "'%5d' % ",
        "caller()",
        "😀",
        "\n"
    };

    private static String damaged(RandomGenerator random, String template) {
        var text = new StringBuilder(template);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> text.replace(at, to, SCRAPS[random.nextInt(SCRAPS.length)]);
                default -> {
                    int from = random.nextInt(text.length() + 1);
                    text.insert(at, text.substring(from, Math.min(text.length(), from + random.nextInt(40))));
                }
            }
        }
        return text.toString();
    }

    @Test
    void damagedTemplates() throws Exception {
        List<Map<String, Object>> rows = new ArrayList<>(ConformanceTest.cases("chat_templates.jsonl"));
        for (Map<String, Object> row : ConformanceTest.cases("jinja_conformance.jsonl")) {
            Map<String, Object> flat = new HashMap<>();
            ((Map<?, ?>) row.get("context")).forEach((name, value) -> flat.put((String) name, value));
            flat.put("template", row.get("template"));
            rows.add(flat);
        }
        Trials.repeat(6000, random -> {
            Map<String, Object> row = rows.get(random.nextInt(rows.size()));
            Map<String, Value> variables = new HashMap<>();
            ConformanceTest.variables(row)
                    .forEach((name, value) -> variables.put(name, Data.value(value, Origin.data(name))));
            String template = damaged(random, (String) row.get("template"));
            try {
                Template.parse(template, Syntax.CHAT, SMALL).render(variables, ConformanceTest.CLOCK);
            } catch (IllegalArgumentException e) {
                // what a damaged template may do
            }
        });
    }
}
