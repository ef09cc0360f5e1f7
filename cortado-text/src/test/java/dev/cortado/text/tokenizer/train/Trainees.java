package dev.cortado.text.tokenizer.train;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AlignedText;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What the tests of trainers share.
final class Trainees {
    private Trainees() {}

    /// The lines of a corpus.
    static List<String> lines(String corpus) throws IOException {
        return Files.readAllLines(SharedData.require("corpora/" + corpus));
    }

    /// Texts over few letters, so that pairs repeat, overlap and tie.
    static List<String> texts(RandomGenerator random) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            var text = new StringBuilder(random.nextBoolean() ? "ab" : "c");
            for (int j = random.nextInt(120); j > 0; j--) {
                text.appendCodePoint("aaab b  é𝒳".codePoints().toArray()[random.nextInt(10)]);
            }
            texts.add(text.toString());
        }
        return texts;
    }

    static Trained train(Trainer trainer, List<String> texts) {
        return trainer.train(texts.iterator(), 2, Progress.SILENT);
    }

    /// The tokens a pipeline makes of a text, added tokens and post-processor aside.
    static List<String> encode(Pipeline pipeline, String text) {
        List<String> tokens = new ArrayList<>();
        var ids = new TokenBuffer();
        AlignedText original = AlignedText.of(text);
        AlignedText normalized =
                pipeline.normalizer().map(n -> n.normalize(original)).orElse(original);
        List<AlignedText> words =
                pipeline.preTokenizer().map(p -> p.split(normalized)).orElse(List.of(normalized));
        Map<Long, Bpe.Merge> merges = new HashMap<>();
        if (pipeline.model() instanceof Bpe bpe) {
            bpe.merges().forEach(m -> merges.put((long) m.left() << 32 | m.right(), m));
        }
        for (AlignedText word : words) {
            if (word.length() == 0) {
                continue;
            }
            if (pipeline.model() instanceof Bpe bpe) {
                tokens.addAll(naive(bpe, merges, word.text()));
            } else {
                pipeline.model().tokenize(word.text(), ids);
            }
        }
        for (int i = 0; i < ids.size(); i++) {
            tokens.add(pipeline.model().vocabulary().token(ids.id(i)).orElseThrow());
        }
        return tokens;
    }

    /// How many tokens lines become.
    static long tokens(Pipeline pipeline, List<String> lines) {
        Map<String, Integer> known = new HashMap<>();
        return lines.stream()
                .mapToLong(line ->
                        known.computeIfAbsent(line, l -> encode(pipeline, l).size()))
                .sum();
    }

    /// BPE as the paper has it: the best pair everywhere, then the next best.
    private static List<String> naive(Bpe bpe, Map<Long, Bpe.Merge> merges, String word) {
        String end = bpe.options().endOfWordSuffix().orElse("");
        int[] characters = word.codePoints().toArray();
        List<String> symbols = new ArrayList<>();
        for (int i = 0; i < characters.length; i++) {
            String symbol = Character.toString(characters[i]) + (i + 1 == characters.length ? end : "");
            boolean known = bpe.vocabulary().id(symbol).isPresent();
            boolean fused = !known
                    && bpe.options().fuseUnk()
                    && !symbols.isEmpty()
                    && symbols.getLast().equals(bpe.options().unk().orElseThrow());
            if (!fused) {
                symbols.add(known ? symbol : bpe.options().unk().orElseThrow());
            }
        }
        while (true) {
            int best = Integer.MAX_VALUE;
            Bpe.Merge next = new Bpe.Merge(0, 0, Integer.MAX_VALUE);
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Bpe.Merge merge = merges.get(id(bpe, symbols.get(i)) << 32 | id(bpe, symbols.get(i + 1)));
                if (merge != null && merge.rank() < best) {
                    best = merge.rank();
                    next = merge;
                }
            }
            if (best == Integer.MAX_VALUE) {
                return symbols;
            }
            List<String> merged = new ArrayList<>();
            for (int i = 0; i < symbols.size(); i++) {
                boolean here = i + 1 < symbols.size()
                        && id(bpe, symbols.get(i)) == next.left()
                        && id(bpe, symbols.get(i + 1)) == next.right();
                merged.add(here ? symbols.get(i) + symbols.get(i + 1) : symbols.get(i));
                i += here ? 1 : 0;
            }
            symbols = merged;
        }
    }

    private static long id(Bpe bpe, String token) {
        return bpe.vocabulary().id(token).orElseThrow();
    }

    /// The tokens of a pipeline's model by id.
    static List<String> vocabulary(Pipeline pipeline) {
        var vocabulary = pipeline.model().vocabulary();
        return Stream.iterate(0, i -> i + 1)
                .limit(vocabulary.size())
                .map(i -> vocabulary.token(i).orElseThrow())
                .toList();
    }

    /// The merges as files have them.
    static List<String> merges(Pipeline pipeline) {
        List<String> tokens = vocabulary(pipeline);
        return ((Bpe) pipeline.model())
                .merges().stream()
                        .map(m -> tokens.get(m.left()) + " " + tokens.get(m.right()))
                        .toList();
    }
}
