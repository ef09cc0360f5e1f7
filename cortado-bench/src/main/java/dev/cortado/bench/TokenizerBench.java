package dev.cortado.bench;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.TiktokenEncoding;
import dev.cortado.text.tokenizer.format.TiktokenFile;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.Trained;
import dev.cortado.text.tokenizer.train.UnigramTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.text.tokenizer.train.WordPieceTrainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Tokenizers beside Hugging Face's library and jtokkit, in one process on the same text, line by line.
public final class TokenizerBench {
    private static final int SMALL_VOCABULARY = 8000;
    private static final int LARGE_VOCABULARY = 32_000;

    private TokenizerBench() {}

    /// A text to encode.
    ///
    /// @param lines without their line ends
    public record Sample(String name, List<String> lines) {
        long bytes() {
            return lines.stream()
                    .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length)
                    .sum();
        }
    }

    /// Megabytes (10⁶ bytes of UTF-8) a second, medians.
    ///
    /// @param ours             after the text has been seen
    /// @param oursCold         by a tokenizer that has encoded nothing before
    /// @param huggingFace      one call a line, from as many threads
    /// @param huggingFaceBatch its own batch call, which uses all cores; measured where `threads` are all there
    /// are
    /// @param jtokkit          where it knows the tokenizer
    /// @param timesHuggingFace ours beside the faster of its two ways
    /// @param equalIds         whether all gave the same ids for all lines
    public record Speed(
            String tokenizer,
            String text,
            int threads,
            double ours,
            double oursCold,
            double huggingFace,
            OptionalDouble huggingFaceBatch,
            OptionalDouble jtokkit,
            double timesHuggingFace,
            OptionalDouble timesJtokkit,
            boolean equalIds) {}

    /// How long one unbroken text takes.
    public record Growth(String tokenizer, String text, int characters, double seconds) {}

    /// Learning a byte-level BPE.
    ///
    /// @param peakBytes most memory the process had resident meanwhile
    public record Training(int vocabSize, long textBytes, int threads, double seconds, OptionalLong peakBytes) {}

    /// Everything that was measured.
    public record Report(List<Speed> speeds, List<Growth> growth, Optional<Training> training) {}

    /// Measures.
    ///
    /// @param samples      encoded, and learned from for the kinds that no library brings a vocabulary of
    /// @param trainingText what the training is timed on, made anew by each call; empty to leave it out
    /// @param note         told what is going on
    public static Report run(
            List<Sample> samples,
            Optional<Supplier<Iterator<String>>> trainingText,
            int repetitions,
            Consumer<String> note)
            throws IOException {
        List<Speed> speeds = new ArrayList<>();
        List<Growth> growth = new ArrayList<>();
        Optional<Training> training = Optional.empty();
        if (trainingText.isPresent()) {
            note.accept("learning " + LARGE_VOCABULARY + " tokens");
            training = Optional.of(training(trainingText.get()));
        }
        for (Contender contender : contenders(samples)) {
            for (Sample sample : samples) {
                for (int threads : new int[] {1, 2}) {
                    note.accept(contender.name + " on " + sample.name + ", " + threads
                            + (threads == 1 ? " thread" : " threads"));
                    speeds.add(speed(contender, sample, threads, repetitions));
                }
            }
            growth.addAll(growth(contender));
        }
        return new Report(speeds, growth, training);
    }

    private record Contender(String name, Pipeline pipeline, Optional<EncodingType> jtokkit) {}

    private static List<Contender> contenders(List<Sample> samples) throws IOException {
        Supplier<Iterator<String>> texts = () ->
                samples.stream().flatMap(sample -> sample.lines().stream()).iterator();
        int threads = Runtime.getRuntime().availableProcessors();
        return List.of(
                new Contender(
                        "GPT-2", openAi("r50k_base", TiktokenEncoding.R50K_BASE), Optional.of(EncodingType.R50K_BASE)),
                new Contender(
                        "GPT-4",
                        openAi("cl100k_base", TiktokenEncoding.CL100K_BASE),
                        Optional.of(EncodingType.CL100K_BASE)),
                new Contender(
                        "GPT-4o",
                        openAi("o200k_base", TiktokenEncoding.O200K_BASE),
                        Optional.of(EncodingType.O200K_BASE)),
                new Contender(
                        "WordPiece",
                        WordPieceTrainer.bert(SMALL_VOCABULARY, true)
                                .train(texts.get(), threads, (_, _, _) -> {})
                                .pipeline(),
                        Optional.empty()),
                new Contender(
                        "Unigram",
                        UnigramTrainer.of(SMALL_VOCABULARY)
                                .train(texts.get(), threads, (_, _, _) -> {})
                                .pipeline(),
                        Optional.empty()));
    }

    /// OpenAI's vocabularies, which jtokkit's jar has as resources.
    private static Pipeline openAi(String name, TiktokenEncoding encoding) throws IOException {
        Path file = Files.createTempFile(name, ".tiktoken");
        try (InputStream ranks = Encodings.class.getResourceAsStream(name + ".tiktoken")) {
            if (ranks == null) {
                throw new IllegalStateException("jtokkit has no resource " + name + ".tiktoken");
            }
            Files.write(file, ranks.readAllBytes());
            return TiktokenFile.read(file, encoding).pipeline();
        } finally {
            Files.delete(file);
        }
    }

    private static Speed speed(Contender contender, Sample sample, int threads, int repetitions) throws IOException {
        var tokenizer = new PipelineTokenizer(contender.pipeline);
        // Special tokens in the text are looked for, because Hugging Face's library does so.
        Function<String, int[]> ours = line -> tokenizer.encode(line, SpecialText.ALWAYS, false);
        Path folder = Files.createTempDirectory("tokenizer-bench");
        Tokenizers.write(tokenizer, OptionalLong.empty(), folder);
        try (var peers = new TokenizerPeers(folder.resolve("tokenizer.json"), contender.jtokkit)) {
            boolean equal = sample.lines().stream().allMatch(line -> {
                int[] ids = ours.apply(line);
                return Arrays.equals(ids, peers.huggingFace(line))
                        && peers.jtokkit()
                                .map(theirs -> Arrays.equals(ids, theirs.apply(line)))
                                .orElse(true);
            });
            double megabytes = sample.bytes() / 1e6;
            // Ours and the nearest rival take turns: what the neighbours of a shared machine do befalls
            // both.
            List<Double> oursSeconds = new ArrayList<>();
            List<Double> theirSeconds = new ArrayList<>();
            for (int i = -2; i < 3 * repetitions; i++) {
                boolean counts = i >= 0;
                double seconds = Timing.once(() -> encodeAll(sample.lines(), threads, ours));
                Optional<Double> theirs = peers.jtokkit()
                        .map(theirEncode -> Timing.once(() -> encodeAll(sample.lines(), threads, theirEncode)));
                if (counts) {
                    oursSeconds.add(seconds);
                    theirs.ifPresent(theirSeconds::add);
                }
            }
            double warm = megabytes / new Timing(oursSeconds).median();
            double cold = megabytes
                    / times(1, repetitions, sample, threads, () -> {
                        var fresh = new PipelineTokenizer(contender.pipeline);
                        return line -> fresh.encode(line, SpecialText.ALWAYS, false);
                    });
            double huggingFace =
                    megabytes / times(1, Math.min(repetitions, 3), sample, threads, () -> peers::huggingFace);
            OptionalDouble batch = threads == Runtime.getRuntime().availableProcessors()
                    ? OptionalDouble.of(megabytes
                            / Timing.of(1, Math.min(repetitions, 3), () -> peers.huggingFaceBatch(sample.lines()))
                                    .median())
                    : OptionalDouble.empty();
            OptionalDouble jtokkit = theirSeconds.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(megabytes / new Timing(theirSeconds).median());
            return new Speed(
                    contender.name,
                    sample.name,
                    threads,
                    warm,
                    cold,
                    huggingFace,
                    batch,
                    jtokkit,
                    warm / Math.max(huggingFace, batch.orElse(0)),
                    jtokkit.isPresent() ? OptionalDouble.of(warm / jtokkit.getAsDouble()) : OptionalDouble.empty(),
                    equal);
        } finally {
            delete(folder);
        }
    }

    /// Median seconds for all lines of a sample, shared out evenly.
    private static double times(
            int warmup, int repetitions, Sample sample, int threads, Supplier<Function<String, int[]>> encoder) {
        List<Double> seconds = new ArrayList<>();
        for (int i = -warmup; i < repetitions; i++) {
            Function<String, int[]> encode = encoder.get();
            double once = Timing.once(() -> encodeAll(sample.lines(), threads, encode));
            if (i >= 0) {
                seconds.add(once);
            }
        }
        return new Timing(seconds).median();
    }

    private static void encodeAll(List<String> lines, int threads, Function<String, int[]> encode) {
        List<Thread> running = new ArrayList<>();
        var blackhole = new AtomicLong(); // nobody may find out that the ids are not needed
        for (int t = 0; t < threads; t++) {
            List<String> share = lines.subList(
                    (int) ((long) lines.size() * t / threads), (int) ((long) lines.size() * (t + 1) / threads));
            running.add(Thread.ofPlatform().start(() -> blackhole.addAndGet(count(share, encode))));
        }
        for (Thread thread : running) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring", e);
            }
        }
    }

    private static long count(List<String> lines, Function<String, int[]> encode) {
        return lines.stream().mapToLong(line -> encode.apply(line).length).sum();
    }

    /// One text without a place to cut it, of ten thousand to a million characters.
    private static List<Growth> growth(Contender contender) {
        var tokenizer = new PipelineTokenizer(contender.pipeline);
        List<Growth> rows = new ArrayList<>();
        for (String unit : List.of("a", " ", "7", "ab", "\u0301")) {
            for (int length = 10_000; length <= 1_000_000; length *= 10) {
                String text = unit.repeat(length / unit.length());
                rows.add(new Growth(
                        contender.name,
                        unit.equals("\u0301") ? "combining accents" : "'" + unit + "' again and again",
                        length,
                        Timing.of(1, 3, () -> tokenizer.encode(text)).median()));
            }
        }
        return rows;
    }

    private static Training training(Supplier<Iterator<String>> texts) {
        int threads = Runtime.getRuntime().availableProcessors();
        long bytes = 0;
        for (Iterator<String> i = texts.get(); i.hasNext(); ) {
            bytes += i.next().getBytes(StandardCharsets.UTF_8).length;
        }
        System.gc(); // what making the text left behind is not the trainer's
        Memory.resetPeak();
        long begin = System.nanoTime();
        Trained trained = ByteLevelBpeTrainer.of(VocabularySpec.of(LARGE_VOCABULARY))
                .train(texts.get(), threads, (_, _, _) -> {});
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Training(trained.pipeline().model().vocabulary().size(), bytes, threads, seconds, Memory.peak());
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
