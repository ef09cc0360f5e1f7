package dev.cortado.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.infer.Generation;
import dev.cortado.infer.Generator;
import dev.cortado.infer.Prompt;
import dev.cortado.infer.SequenceGenerator;
import dev.cortado.infer.SequencePrompt;
import dev.cortado.infer.SequenceTextGenerator;
import dev.cortado.infer.TextGenerator;
import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.CausalLm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Model;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.source.ModelSource;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cortado generate`: continues a prompt.
@Command(
        name = "generate",
        description = {"Continue a prompt. An encoder-decoder reads the prompt and answers it."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado generate --model runs/tour/model --prompt \"One morning\"",
            "  cortado generate --model runs/tour/model --prompt \"Tom had\" --greedy --max-new-tokens 50 --json",
            "  cortado generate --model DIR --prompt-ids 1,403,407 --temperature 0.8 --top-p 0.95 --seed 7"
        })
final class GenerateCommand implements Callable<Integer> {
    private final Output output;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @ArgGroup(multiplicity = "1")
    private PromptOptions prompt = new PromptOptions();

    @Option(names = "--greedy", description = "Always the most likely token.")
    private boolean greedy;

    @Option(
            names = "--temperature",
            defaultValue = "0.8",
            description = "Below 1 sharper, above 1 wilder (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", description = "Only the K likeliest tokens.")
    private @Nullable Integer topK;

    @Option(names = "--top-p", description = "Only the fewest tokens whose probabilities sum to P.")
    private @Nullable Double topP;

    @Option(names = "--seed", defaultValue = "1", description = "Same seed, same text (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--max-new-tokens",
            defaultValue = "200",
            paramLabel = "N",
            description = "Most tokens to add (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be given several times.")
    private List<String> stops = List.of();

    GenerateCommand(Output output) {
        this.output = output;
    }

    /// One of the two.
    static final class PromptOptions {
        @Option(names = "--prompt", description = "Text to go on from; may be empty.")
        private @Nullable String text;

        @Option(names = "--prompt-ids", paramLabel = "1,2,3", description = "Token ids to go on from, exactly these.")
        private @Nullable String ids;
    }

    /// What `--json` prints; without a readable tokenizer, `text` is null.
    record Report(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String text,

            List<Integer> ids,
            String finish,
            @JsonProperty("tokens_per_second") double tokensPerSecond,
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("prefill_seconds") double prefillSeconds) {
        static Report of(@Nullable String text, Generation generation) {
            return new Report(
                    text,
                    generation.ids(),
                    generation.finish().name().toLowerCase(Locale.ROOT),
                    generation.tokensPerSecond(),
                    generation.promptTokens(),
                    generation.prefill().toNanos() / 1e9);
        }
    }

    @Override
    public Integer call() throws Exception {
        Sampling sampling = sampling();
        ModelSource source = options.source();
        TextEnds ends = source.ends();
        Optional<PipelineTokenizer> tokenizer = source.tokenizer();
        if (tokenizer.isEmpty() && (prompt.text != null || !stops.isEmpty())) {
            throw new IllegalArgumentException(
                    options.model + " has no tokenizer, so text cannot be read; give --prompt-ids and no --stop");
        }
        try (Model model = options.open()) {
            Answer answer = switch (model) {
                case CausalLm decoder ->
                    tokenizer.isPresent()
                            ? continued(decoder, ends, tokenizer.get(), sampling)
                            : continued(decoder, ends, sampling);
                case EncoderDecoder both ->
                    tokenizer.isPresent()
                            ? answered(both, ends, tokenizer.get(), sampling, source.forcedFirst())
                            : answered(both, ends, sampling, source.forcedFirst());
                case Encoder _ ->
                    throw new IllegalArgumentException(
                            options.model + " holds a " + model.spec().architecture() + ", which writes no texts");
            };
            Generation generation = answer.generation();
            output.note("\n[%d tokens, %.1f tok/s, %s]"
                    .formatted(generation.ids().size(), generation.tokensPerSecond(), generation.finish()));
            Report report = Report.of(answer.text().orElse(null), generation);
            output.result(report, report.text() == null ? report.ids().toString() : "");
        }
        return 0;
    }

    /// @param text absent without a tokenizer
    private record Answer(Optional<String> text, Generation generation) {
        static Answer of(TextGenerator.Answer answer) {
            return new Answer(Optional.of(answer.text()), answer.generation());
        }

        static Answer of(Generation generation) {
            return new Answer(Optional.empty(), generation);
        }
    }

    private Answer continued(CausalLm model, TextEnds ends, Tokenizer tokenizer, Sampling sampling) {
        var generator = new TextGenerator(model, ends, tokenizer, options.precision);
        Prompt begin = prompt.text != null ? generator.prompt(prompt.text) : Prompt.of(given(), model.spec());
        if (prompt.text != null) {
            output.stream(prompt.text);
        }
        return Answer.of(generator.generate(begin, maxNewTokens, sampling, stops, output::stream));
    }

    private Answer continued(CausalLm model, TextEnds ends, Sampling sampling) {
        noteIdsOnly();
        return Answer.of(new Generator(model, options.precision)
                .generate(Prompt.of(given(), model.spec()), maxNewTokens, sampling, Set.copyOf(ends.eos()), _ -> true));
    }

    private Answer answered(
            EncoderDecoder model, TextEnds ends, Tokenizer tokenizer, Sampling sampling, int[] beginning) {
        var generator = new SequenceTextGenerator(model, ends, tokenizer, options.precision);
        SequencePrompt read = prompt.text != null
                ? generator.prompt(prompt.text, beginning)
                : SequencePrompt.of(given(), beginning, model.spec());
        return Answer.of(generator.generate(read, maxNewTokens, sampling, stops, output::stream));
    }

    private Answer answered(EncoderDecoder model, TextEnds ends, Sampling sampling, int[] beginning) {
        noteIdsOnly();
        return Answer.of(new SequenceGenerator(model, options.precision)
                .generate(
                        SequencePrompt.of(given(), beginning, model.spec()),
                        maxNewTokens,
                        sampling,
                        Set.copyOf(ends.eos()),
                        _ -> true));
    }

    private void noteIdsOnly() {
        output.note("no readable tokenizer in " + options.model + ": ids only");
    }

    private int[] given() {
        return ModelOptions.ids(String.valueOf(prompt.ids));
    }

    private Sampling sampling() {
        return greedy
                ? new Sampling.Greedy()
                : new Sampling.Random(
                        temperature,
                        topK == null ? OptionalInt.empty() : OptionalInt.of(topK),
                        topP == null ? OptionalDouble.empty() : OptionalDouble.of(topP),
                        seed);
    }
}
