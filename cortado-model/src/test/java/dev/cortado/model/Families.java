package dev.cortado.model;

import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.Gemma2Spec;
import dev.cortado.model.arch.Gemma3Spec;
import dev.cortado.model.arch.GemmaScores;
import dev.cortado.model.arch.GemmaSpec;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.arch.Phi3Spec;
import dev.cortado.model.arch.Qwen2Spec;
import dev.cortado.model.arch.Qwen3Spec;
import dev.cortado.model.arch.SlidingLayers;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveFamily;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Small random descendants of Llama, and what they are in plain loops.
public final class Families {
    private static final OptionalDouble NONE = OptionalDouble.empty();

    /// A family: its random specs, and a naive model of the weights of one.
    record Family(
            String name, Function<RandomGenerator, ModelSpec> spec, BiFunction<CausalLm, Integer, NaiveFamily> naive) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Families() {}

    static List<Family> all() {
        return List.of(
                new Family("Llama", Families::llama, (m, length) -> {
                    var spec = (LlamaSpec) m.spec();
                    return naive(m, sizes(spec), i -> look(spec.rotary(), OptionalInt.empty(), length));
                }),
                new Family("Mistral", Families::mistral, (m, length) -> {
                    var spec = (MistralSpec) m.spec();
                    return naive(m, spec.sizes(), i -> look(spec.rotary(), spec.window(), length));
                }),
                new Family("Qwen2", Families::qwen2, (m, length) -> {
                    var spec = (Qwen2Spec) m.spec();
                    return naive(
                            m,
                            spec.sizes(),
                            i -> look(spec.rotary(), spec.sliding().of(i), length));
                }),
                new Family("Qwen3", Families::qwen3, (m, length) -> {
                    var spec = (Qwen3Spec) m.spec();
                    return naive(
                            m,
                            spec.sizes(),
                            i -> look(spec.rotary(), spec.sliding().of(i), length));
                }),
                new Family("Phi3", Families::phi3, (m, length) -> {
                    var spec = (Phi3Spec) m.spec();
                    return naive(m, spec.sizes(), i -> look(spec.rotary(), spec.window(), length));
                }),
                new Family("Gemma", Families::gemma1, (m, length) -> {
                    var spec = (GemmaSpec) m.spec();
                    var scores = new GemmaScores(spec.sizes().headDim(), NONE);
                    return gemma(m, spec.sizes(), scores, NONE, i -> look(spec.rotary(), OptionalInt.empty(), length));
                }),
                new Family("Gemma2", Families::gemma2, (m, length) -> {
                    var spec = (Gemma2Spec) m.spec();
                    return gemma(
                            m,
                            spec.sizes(),
                            spec.scores(),
                            spec.finalCap(),
                            i -> look(spec.rotary(), spec.sliding().of(i), length));
                }),
                new Family("Gemma3", Families::gemma3, (m, length) -> {
                    var spec = (Gemma3Spec) m.spec();
                    return gemma(
                            m,
                            spec.sizes(),
                            spec.scores(),
                            spec.finalCap(),
                            i -> spec.sliding().isSliding(i)
                                    ? look(spec.localRotary(), spec.sliding().window(), length)
                                    : look(spec.rotary(), OptionalInt.empty(), length));
                }));
    }

    public static LlamaSpec llama(RandomGenerator random) {
        LlamaSpec plain = TinyLlama.spec(random);
        return new LlamaSpec(
                plain.vocabSize(),
                plain.contextLength(),
                plain.width(),
                plain.layers(),
                plain.heads(),
                plain.kvHeads(),
                plain.headDim(),
                plain.hiddenWidth(),
                plain.normEpsilon(),
                plain.ropeTheta(),
                plain.tiedHead(),
                scaling(random, plain.headDim(), plain.contextLength()),
                new LlamaSpec.Biases(random.nextBoolean(), random.nextBoolean()));
    }

    public static MistralSpec mistral(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        return new MistralSpec(sizes, hidden(random), rotary(random, sizes, sizes.headDim()), window(random));
    }

    public static Qwen2Spec qwen2(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        return new Qwen2Spec(sizes, hidden(random), rotary(random, sizes, sizes.headDim()), late(random, sizes));
    }

    public static Qwen3Spec qwen3(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        Rotary rotary = rotary(random, sizes, sizes.headDim());
        return new Qwen3Spec(sizes, hidden(random), rotary, late(random, sizes), random.nextBoolean());
    }

    static Phi3Spec phi3(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        int turning = 2 * random.nextInt(1, sizes.headDim() / 2 + 1);
        return new Phi3Spec(sizes, hidden(random), rotary(random, sizes, turning), window(random));
    }

    static GemmaSpec gemma1(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        Rotary rotary = rotary(random, sizes, sizes.headDim());
        return new GemmaSpec(sizes, hidden(random), rotary, random.nextBoolean());
    }

    static Gemma2Spec gemma2(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        return new Gemma2Spec(
                sizes,
                hidden(random),
                rotary(random, sizes, sizes.headDim()),
                SlidingLayers.where(random.nextInt(2, 7), sizes.layers(), i -> i % 2 == 0),
                random.nextBoolean(),
                scores(random),
                cap(random));
    }

    static Gemma3Spec gemma3(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        return new Gemma3Spec(
                sizes,
                hidden(random),
                rotary(random, sizes, sizes.headDim()),
                random.nextBoolean() ? Rotary.of(sizes.headDim(), 77) : rotary(random, sizes, sizes.headDim()),
                SlidingLayers.where(random.nextInt(2, 7), sizes.layers(), _ -> random.nextBoolean()),
                random.nextBoolean(),
                scores(random),
                cap(random));
    }

    private static DecoderSizes sizes(RandomGenerator random) {
        int kvHeads = random.nextInt(1, 3);
        return new DecoderSizes(
                random.nextInt(5, 30),
                random.nextInt(20, 40),
                random.nextInt(6, 11) * 2,
                random.nextInt(1, 4),
                kvHeads * random.nextInt(1, 4),
                kvHeads,
                2 * random.nextInt(2, 5),
                random.nextBoolean() ? 1e-5 : 1e-2,
                random.nextBoolean());
    }

    private static DecoderSizes sizes(LlamaSpec spec) {
        return new DecoderSizes(
                spec.vocabSize(),
                spec.contextLength(),
                spec.width(),
                spec.layers(),
                spec.heads(),
                spec.kvHeads(),
                spec.headDim(),
                spec.normEpsilon(),
                spec.tiedHead());
    }

    private static Rotary rotary(RandomGenerator random, DecoderSizes sizes, int turning) {
        return Rotary.of(turning, random.nextBoolean() ? 10_000 : 300)
                .with(scaling(random, turning, sizes.contextLength()));
    }

    /// Of any kind. Those that depend on the length change nothing yet at the lengths of the laws.
    static RopeScaling scaling(RandomGenerator random, int turning, int contextLength) {
        var maybe = random.nextBoolean() ? OptionalDouble.of(0.8) : NONE;
        return switch (random.nextInt(6)) {
            case 0 -> new RopeScaling.Linear(3);
            case 1 -> turning > 2 ? new RopeScaling.Dynamic(2, contextLength) : new RopeScaling.None();
            case 2 -> new RopeScaling.Llama3(8, 1, 4, 100);
            case 3 -> new RopeScaling.Yarn(4, 60, maybe, maybe, OptionalDouble.of(0.5), 4, 1, random.nextBoolean());
            case 4 ->
                new RopeScaling.LongRope(
                        factors(random, turning),
                        factors(random, turning),
                        15,
                        maybe.orElse(RopeScaling.LongRope.attentionFactor(contextLength / 15.0, 15)));
            default -> new RopeScaling.None();
        };
    }

    private static List<Double> factors(RandomGenerator random, int turning) {
        return IntStream.range(0, turning / 2)
                .mapToObj(_ -> random.nextDouble(1, 5))
                .toList();
    }

    private static int hidden(RandomGenerator random) {
        return random.nextInt(4, 20);
    }

    private static OptionalInt window(RandomGenerator random) {
        return random.nextBoolean() ? OptionalInt.of(random.nextInt(2, 9)) : OptionalInt.empty();
    }

    private static OptionalDouble cap(RandomGenerator random) {
        return random.nextBoolean() ? OptionalDouble.of(random.nextDouble(0.5, 4)) : NONE;
    }

    /// Soft enough that rounding is not magnified: Gemma's norms make queries and keys large.
    private static GemmaScores scores(RandomGenerator random) {
        return new GemmaScores(random.nextInt(40, 100), cap(random));
    }

    private static SlidingLayers late(RandomGenerator random, DecoderSizes sizes) {
        int first = random.nextInt(sizes.layers() + 1);
        return random.nextBoolean()
                ? SlidingLayers.where(random.nextInt(2, 7), sizes.layers(), i -> i >= first)
                : SlidingLayers.none(sizes.layers());
    }

    private static NaiveFamily.Look look(Rotary rotary, OptionalInt window, int length) {
        double[] frequencies = rotary.scaling().frequencies(rotary.theta(), rotary.rotaryDim(), length);
        return new NaiveFamily.Look(
                Arrays.stream(frequencies).boxed().toList(), rotary.scaling().amplitude(), window);
    }

    private static NaiveFamily naive(CausalLm model, DecoderSizes sizes, IntFunction<NaiveFamily.Look> looks) {
        return new NaiveFamily(
                sizes.heads(),
                sizes.kvHeads(),
                sizes.normEpsilon(),
                1,
                0,
                Naive::silu,
                1 / Math.sqrt(sizes.headDim()),
                NONE,
                looks(sizes, looks),
                NONE,
                DecoderLaws.weights(model));
    }

    private static NaiveFamily gemma(
            CausalLm model,
            DecoderSizes sizes,
            GemmaScores scores,
            OptionalDouble finalCap,
            IntFunction<NaiveFamily.Look> looks) {
        DoubleUnaryOperator gelu = x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        return new NaiveFamily(
                sizes.heads(),
                sizes.kvHeads(),
                sizes.normEpsilon(),
                Math.sqrt(sizes.width()),
                1,
                gelu,
                Math.pow(scores.perQuery(), -0.5),
                scores.cap(),
                looks(sizes, looks),
                finalCap,
                DecoderLaws.weights(model));
    }

    private static List<NaiveFamily.Look> looks(DecoderSizes sizes, IntFunction<NaiveFamily.Look> looks) {
        return IntStream.range(0, sizes.layers()).mapToObj(looks).toList();
    }
}
