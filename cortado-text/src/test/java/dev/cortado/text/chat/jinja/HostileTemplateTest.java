package dev.cortado.text.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Templates made to hang, to overflow the stack or to eat memory are refused soon, with a line.
class HostileTemplateTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    static Stream<String> hostile() {
        String doubling = "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ";
        return Stream.of(
                "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
                "{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}",
                "{{ " + "-".repeat(100_000) + "1 }}",
                "{{ " + "not ".repeat(100_000) + "1 }}",
                "{{ 1" + " if 1 else 2".repeat(50_000) + " }}",
                "{{ a" + ".a".repeat(100_000) + " }}",
                "{{ 'a'" + "|upper".repeat(100_000) + " }}",
                "{{ 'a'" + "|replace('a'".repeat(50_000) + " }}",
                "{% if 1 %}".repeat(50_000),
                "{% for x in [1] %}".repeat(1000) + "{% endfor %}".repeat(1000),
                "{% for " + "(".repeat(100_000),
                "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
                "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(40) }}",
                "{% for x in range(10**9) %}{% endfor %}",
                "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}",
                "{% for x in range(99999) %}{% for y in range(99999) %}{{ x }}{% endfor %}{% endfor %}",
                "{{ range(0, 9223372036854775807, 1) }}",
                "{{ 'a' * 10**9 }}",
                "{{ 'ab' * 9223372036854775807 }}",
                "{{ [1, 2] * 9223372036854775807 }}",
                "{{ [1] * 10**9 }}",
                doubling + "ns.s + ns.s %}{% endfor %}",
                doubling + "ns.s ~ ns.s %}{% endfor %}",
                doubling + "ns.s.replace('a', 'aa') %}{% endfor %}",
                doubling + "ns.s|replace('', ns.s) %}{% endfor %}",
                doubling + "ns.s|upper * 2 %}{% endfor %}",
                doubling + "[ns.s, ns.s]|join %}{% endfor %}",
                doubling + "ns.s|tojson|tojson %}{% endfor %}",
                doubling + "'%s%s' % (ns.s, ns.s) %}{% endfor %}",
                doubling + "'{0}{0}'.format(ns.s) %}{% endfor %}",
                doubling + "[ns.s, ns.s]|string %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(50) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{"
                        + " ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(50) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}"
                        + "{{ ns.l == ns.l }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}"
                        + "{{ ns.l|tojson }}",
                "{% set ns = namespace() %}{% set ns.n = ns %}{{ ns }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%*d' % (999999999, 1) }}",
                "{{ '%.999999999f' % 1.5 }}",
                "{{ '%.999999999s|%999999999s' % ('a', 'b') }}",
                "{{ '{:>999999999}'.format(1) }}",
                "{{ '{:.99999999f}'.format(1.5) }}",
                "{{ '{:99999999999999999999}'.format(1) }}",
                "{{ 'x'.zfill(999999999) }}",
                "{{ 'x'.ljust(999999999) }}",
                "{{ 'x'|center(999999999) }}",
                "{{ 'x\ny'|indent(999999999) }}",
                "{{ [[1]]|tojson(indent=999999999) }}",
                "{{ [1]|batch(999999999, 1)|list }}",
                "{{ [1]|slice(999999999)|list }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ 10 ** 10 ** 10 }}",
                "{{ (('a' * 4000000) ~ 'b') in ('a' * 8000000) }}{% for i in range(99999) %}"
                        + "{{ ('a' * 40000 ~ 'b') in ('a' * 80000) }}{% endfor %}",
                "{% set a = 'a' * 200000 %}{% set b = 'a' * 100000 %}{% for i in range(99999) %}{{ a.rfind(b) }}"
                        + "{{ a.count(b) }}{% endfor %}",
                "{% set ns = namespace(c=0) %}{% for i in range(99999) %}{% set ns.c = (('a' *"
                        + " 99999)|list|sort|unique|list) %}{% endfor %}",
                "{% set x = 1 %}{{ x() }}",
                "{{ ''.join(range(3)) }}",
                "{{ {[]: 1} }}",
                "{{ 1 // 0 }}",
                "{{ 5 % 0.0 }}",
                "{{ [1, 'a']|sort }}");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isRefusedSoon(String template) {
        var threads = ManagementFactory.getThreadMXBean(); // CPU time: other programs do not count
        long start = threads.getCurrentThreadCpuTime();
        assertThatThrownBy(() ->
                        Template.parse(template, Syntax.CHAT, Limits.GENEROUS).render(Map.of(), Clock.systemUTC()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line ");
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(SOON);
    }

    @Test
    void aTemplateTooLongIsRefused() {
        String template = "x".repeat(Limits.GENEROUS.templateLength() + 1);
        assertThatThrownBy(() -> Template.parse(template, Syntax.CHAT, Limits.GENEROUS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timeRunsOut() {
        var hasty = new Limits(1000, Long.MAX_VALUE, 1000, 100, Duration.ofMillis(50));
        String template = "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}";
        assertThatThrownBy(() -> Template.parse(template, Syntax.CHAT, hasty).render(Map.of(), Clock.systemUTC()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than PT0.05S");
    }

    @Test
    void dataThatNestsTooDeepIsRefused() {
        Object deep = 1;
        for (int i = 0; i < 10_000; i++) {
            deep = new HashMap<>(Map.of("a", deep));
        }
        Object data = deep;
        assertThatThrownBy(() -> Data.value(data, Origin.data("x"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingCanBeChangedOrReached() {
        for (String forbidden : new String[] {
            "[1].append(2)", "{}.update({})", "{}.pop(1)", "''.__class__.__mro__", "[].sort()", "range.__globals__.x"
        }) {
            assertThatThrownBy(() -> Template.parse("{{ " + forbidden + " }}", Syntax.CHAT, Limits.GENEROUS)
                            .render(Map.of(), Clock.systemUTC()))
                    .as(forbidden)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void errorsNameTheLineAndWhatWasExpected() {
        assertThatThrownBy(() -> Template.parse("a\n{% if x %}\nb\n{{ 1 +", Syntax.CHAT, Limits.GENEROUS))
                .hasMessageContaining("line 4");
        assertThatThrownBy(() -> Template.parse("a\n{% if x %}\nb", Syntax.CHAT, Limits.GENEROUS))
                .hasMessageContaining("'if' of line 2 is not closed")
                .hasMessageContaining("endif");
        assertThatThrownBy(() -> Template.parse("\n{{ x y }}", Syntax.CHAT, Limits.GENEROUS))
                .hasMessage("chat template, line 2: expected '}}', got 'y'");
        assertThatThrownBy(() -> Template.parse("{{ x }}\n\n{{ x.y.z }}", Syntax.CHAT, Limits.GENEROUS)
                        .render(Map.of("x", Data.value(Map.of(), Origin.TEMPLATE)), Clock.systemUTC()))
                .hasMessage("chat template, line 3: 'dict object' has no attribute 'y'");
    }
}
