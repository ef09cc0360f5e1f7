package dev.cortado.recipe;

import dev.cortado.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a run leaves for people: `report.html` with the curves of its metrics, and `README.md`, the model's card.
final class RunReport {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 260;
    private static final int MARGIN = 52;

    private final RunFolder run;

    RunReport(RunFolder run) {
        this.run = run;
    }

    /// A point of a curve.
    private record Point(double x, double y) {}

    /// Writes both files from `run.json` and `metrics.jsonl`.
    void write(Pretraining.Result result) throws IOException {
        var json = new JsonMapper();
        List<Point> loss = new ArrayList<>();
        List<Point> bits = new ArrayList<>();
        List<Point> rate = new ArrayList<>();
        List<Point> speed = new ArrayList<>();
        for (String line : Files.readAllLines(run.path().resolve("metrics.jsonl"))) {
            JsonNode node = json.readTree(line);
            double step = node.path("step").doubleValue();
            if (node.has("heldOutBitsPerByte")) {
                bits.add(new Point(step, node.path("heldOutBitsPerByte").doubleValue()));
            } else {
                loss.add(new Point(step, node.path("loss").doubleValue()));
                rate.add(new Point(step, node.path("lr").doubleValue()));
                speed.add(new Point(step, node.path("tokensPerSecond").doubleValue()));
            }
        }
        run.write("report.html", """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>%s</title>
            <style>body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2em auto;padding:0 1em;color:#222}
            svg{background:#fafafa;border:1px solid #ddd}h2{font-size:1em;margin:1.6em 0 .3em}
            text{font:12px system-ui,sans-serif;fill:#555}table{border-collapse:collapse}td{padding:.1em 1em .1em 0}</style>
            </head><body><h1>%s</h1><table>%s</table>
            <h2>Training loss (nats a token)</h2>%s
            <h2>Held-out text (bits a byte)</h2>%s
            <h2>Learning rate</h2>%s
            <h2>Tokens a second</h2>%s
            </body></html>
            """.formatted(
                        run.path().getFileName(),
                        run.path().getFileName(),
                        table(result),
                        chart(loss, false),
                        chart(bits, true),
                        chart(rate, false),
                        chart(speed, false)));
        run.write("README.md", card(result));
    }

    private static String table(Pretraining.Result result) {
        TrainingLoop.Outcome outcome = result.outcome();
        return row("parameters", "%,d".formatted(result.parameters()))
                + row("steps", "%,d".formatted(outcome.steps()))
                + row("tokens", "%,d".formatted(outcome.tokens()))
                + row("seconds", "%,.0f".formatted(outcome.seconds()))
                + row(
                        "held-out perplexity",
                        "%.3f a token".formatted(result.heldOut().perplexity()))
                + row(
                        "held-out bits per byte",
                        "%.4f".formatted(result.heldOut().bitsPerByte()));
    }

    private static String row(String name, String value) {
        return "<tr><td>" + name + "</td><td><b>" + value + "</b></td></tr>";
    }

    private String card(Pretraining.Result result) {
        return """
            # %s

            A %s of %,d parameters (%d layers, width %d, context of %d tokens, vocabulary of %,d), trained from
            scratch with Cortado.

            | | |
            |---|---|
            | steps | %,d%s |
            | tokens | %,d |
            | held-out loss | %.4f nats a token (perplexity %.2f) |
            | held-out bits per byte | %.4f |

            - `model/`: the model in the Hugging Face layout
            - `run.json`: the recipe, the program and the machine; `metrics.jsonl`: every step; `report.html`: the curves
            - `checkpoints/`: what `--resume` goes on from

            ```
            ./cortado generate --model %s --prompt "Once"
            ```

            The model has seen nothing but its training text; it is not safe or true in any sense beyond that.
            """.formatted(
                        run.path().getFileName(),
                        result.spec().architecture(),
                        result.parameters(),
                        result.spec().layers(),
                        result.spec().width(),
                        result.spec().contextLength(),
                        result.spec().vocabSize(),
                        result.outcome().steps(),
                        result.outcome().finished() ? "" : " (not finished)",
                        result.outcome().tokens(),
                        result.heldOut().loss(),
                        result.heldOut().perplexity(),
                        result.heldOut().bitsPerByte(),
                        run.model());
    }

    /// A curve as SVG, with its range on the left and the steps below; few points are marked. Numbers are
    /// written as SVG reads them, whatever the locale.
    private static String chart(List<Point> points, boolean marks) {
        if (points.isEmpty()) {
            return "<p>nothing measured</p>";
        }
        double left = points.getFirst().x();
        double right = Math.max(left + 1, points.getLast().x());
        double low = points.stream().mapToDouble(Point::y).min().orElseThrow();
        double high = points.stream().mapToDouble(Point::y).max().orElseThrow();
        double span = high > low ? high - low : 1;
        var line = new StringBuilder();
        var dots = new StringBuilder();
        for (Point point : points) {
            double x = MARGIN + (WIDTH - 2.0 * MARGIN) * (point.x() - left) / (right - left);
            double y = HEIGHT - MARGIN + (2.0 * MARGIN - HEIGHT) * (point.y() - low) / span;
            line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            if (marks) {
                dots.append(String.format(Locale.ROOT, "<circle cx='%.1f' cy='%.1f' r='3' fill='#b5651d'/>", x, y));
            }
        }
        return "<svg viewBox='0 0 " + WIDTH + " " + HEIGHT + "' width='100%'>"
                + "<polyline fill='none' stroke='#b5651d' stroke-width='1.5' points='" + line + "'/>" + dots
                + String.format(Locale.ROOT, "<text x='4' y='%d'>%.4g</text>", MARGIN, high)
                + String.format(Locale.ROOT, "<text x='4' y='%d'>%.4g</text>", HEIGHT - MARGIN, low)
                + String.format(Locale.ROOT, "<text x='%d' y='%d'>step %.0f</text>", MARGIN, HEIGHT - 14, left)
                + String.format(
                        Locale.ROOT,
                        "<text x='%d' y='%d' text-anchor='end'>%.0f</text>",
                        WIDTH - MARGIN,
                        HEIGHT - 14,
                        right)
                + "</svg>";
    }
}
