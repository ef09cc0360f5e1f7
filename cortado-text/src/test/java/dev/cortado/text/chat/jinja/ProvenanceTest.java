package dev.cortado.text.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.text.Trials;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Characters keep their origin through everything a template does to a string.
class ProvenanceTest {
    private static final Origin A = Origin.data("a");
    private static final Origin B = Origin.data("b");

    private static Text eval(String expression, Map<String, Value> variables) {
        return Template.parse("{{ " + expression + " }}", Syntax.PLAIN, Limits.GENEROUS)
                .render(variables, Clock.systemUTC());
    }

    /// Text of several origins in turn.
    private static Text mixed(RandomGenerator random) {
        var out = new TextBuilder(new Budget(Limits.GENEROUS));
        Origin[] origins = {Origin.TEMPLATE, A, B};
        for (int i = random.nextInt(5); i >= 0; i--) {
            out.append(Trials.text(random, 3), origins[random.nextInt(3)]);
        }
        return out.build();
    }

    private static List<Origin> origins(Text text) {
        return text.chars().isEmpty()
                ? List.of()
                : IntStream.range(0, text.length()).mapToObj(text::originAt).toList();
    }

    @Test
    void runsPartitionTheText() {
        Trials.repeat(300, random -> {
            Text text = mixed(random);
            int from = 0;
            for (int run = 0; run < text.runs(); run++) {
                assertThat(text.runEnd(run)).isGreaterThan(from);
                assertThat(run == 0 || !text.runOrigin(run).equals(text.runOrigin(run - 1)))
                        .isTrue();
                from = text.runEnd(run);
            }
            assertThat(from).isEqualTo(text.length());
        });
    }

    @Test
    void slicesAndConcatenationsKeepOrigins() {
        Trials.repeat(500, random -> {
            Text a = mixed(random);
            Text b = mixed(random);
            Text joined = new TextBuilder(new Budget(Limits.GENEROUS))
                    .append(a)
                    .append(b)
                    .build();
            assertThat(joined.chars()).isEqualTo(a.chars() + b.chars());
            assertThat(joined.slice(0, a.length())).isEqualTo(a);
            assertThat(origins(joined.slice(0, a.length()))).isEqualTo(origins(a));
            assertThat(origins(joined.slice(a.length(), joined.length()))).isEqualTo(origins(b));
            int from = random.nextInt(joined.length() + 1);
            int to = random.nextInt(from, joined.length() + 1);
            assertThat(joined.slice(from, to).chars()).isEqualTo(joined.chars().substring(from, to));
            assertThat(origins(joined.slice(from, to)))
                    .isEqualTo(origins(joined).subList(from, to));
        });
    }

    /// What these make of text of several origins has the characters that they make of plain text, and each of these
    /// characters comes from where it came from in the input.
    @Test
    void operationsGiveTheSameTextWithAndWithoutOrigins() {
        String[] operations = {
            "x|trim",
            "x.strip()",
            "x.lstrip('a ')",
            "x.rstrip()",
            "x|upper",
            "x|lower",
            "x.title()",
            "x|title",
            "x|capitalize",
            "x[1:]",
            "x[::-1]",
            "x[-3:-1]",
            "x[::2]",
            "x.split()|join('+')",
            "x.split('a')|join(y)",
            "x.rsplit(' ', 1)|last",
            "x.splitlines()|join('|')",
            "x.replace('a', y)",
            "x|replace('', '-')",
            "x ~ y",
            "x + y",
            "x|reverse",
            "x|list|join",
            "x|tojson",
            "[x, {'k': y}]|tojson(indent=1)",
            "[x, y]|string",
            "'%s-%r' % (x, y)",
            "'{0}{1!r:>30}'.format(x, y)",
            "x|indent",
            "x|escape",
            "x.partition(' ')|join('.')",
            "x|truncate(8)",
            "x.zfill(20)",
            "x.center(30)",
            "{'a': x}['a']",
            "[x, y]|sort|join",
            "x * 2",
            "x.removeprefix('a')",
            "(x ~ y).rpartition('a')[0]",
            "x|string|safe"
        };
        Trials.repeat(150, random -> {
            Text x = mixed(random);
            Text y = mixed(random);
            for (String operation : operations) {
                Text kept = eval(operation, Map.of("x", x, "y", y));
                Text plain = eval(operation, Map.of("x", Text.of(x.chars(), A), "y", Text.of(y.chars(), A)));
                assertThat(kept.chars()).as(operation).isEqualTo(plain.chars());
            }
        });
    }

    /// When only the data has letters z, every z of the output is untrusted and every other letter trusted.
    @Test
    void trustFollowsEachCharacter() {
        Map<String, String> operations = Map.ofEntries(
                Map.entry("'ab' ~ x ~ 'c'", "ttuuut"),
                Map.entry("(' a ' ~ x ~ ' ').strip()", "ttuuu"),
                Map.entry("('a' ~ x ~ 'b')[1:-1]", "uuu"),
                Map.entry("('a' ~ x ~ 'b')[::-1]", "tuuut"),
                Map.entry("'aXb'.replace('X', x)", "tuuut"),
                Map.entry("x.replace('z', 'aa', 1)", "ttuu"),
                Map.entry("('a,' ~ x).split(',')[1] ~ '.'", "uuut"),
                Map.entry("['a', x, 'b']|join('-')", "ttuuutt"),
                Map.entry("('a' ~ x)|upper", "tuuu"),
                Map.entry("'%s!' % x", "uuut"),
                Map.entry("'{}!'.format(x)", "uuut"),
                Map.entry("x|tojson", "uuuuu"),
                Map.entry("[x]|string", "tuuuuut"),
                Map.entry("'a' ~ n", "tu"),
                Map.entry("n + 1", "u"),
                Map.entry("d", "uuuuuuuu"),
                Map.entry("d|tojson", "uuuuuuuu"),
                Map.entry("l|length", "t"));
        Map<String, Value> variables = Map.of(
                "x", Text.of("zzz", A),
                "n", Data.value(7, A),
                "d", Data.value(Map.of("z", "z"), A),
                "l", Data.value(List.of(1, 2), A));
        operations.forEach((operation, expected) -> {
            Text text = eval(operation, variables);
            var shown = new StringBuilder();
            origins(text).forEach(origin -> shown.append(origin.trusted() ? 't' : 'u'));
            assertThat(shown.toString())
                    .as("%s gives %s", operation, text)
                    .isEqualTo(operation.startsWith("d") ? expected + "uu" : expected);
        });
    }

    @Test
    void generationMarksWhatIsPutOutInside() {
        Text text = Template.parse(
                        "a{% generation %}b{{ x }}{% macro m() %}c{% endmacro %}{{ m() }}{% endgeneration %}d",
                        Syntax.PLAIN, Limits.GENEROUS)
                .render(Map.of("x", Text.of("X", A)), Clock.systemUTC());
        assertThat(text.chars()).isEqualTo("abXcd");
        assertThat(origins(text).stream().map(Origin::generated)).containsExactly(false, true, true, true, false);
        assertThat(text.originAt(2).trusted()).isFalse();
    }
}
