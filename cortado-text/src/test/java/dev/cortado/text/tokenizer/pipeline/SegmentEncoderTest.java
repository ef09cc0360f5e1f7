package dev.cortado.text.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.NaiveMerges;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The fast ways of encoding give what going through every stage gives.
class SegmentEncoderTest {
    private static final String[] WORDS = {
        "the",
        " the",
        " cat",
        "s",
        " été",
        " Größe",
        "naïve",
        " 12",
        " 345",
        "6000",
        "  ",
        " ",
        "\n",
        "!",
        ", ",
        " и",
        " мир",
        " e\u0301",
        "\u0301",
        " \u0301a",
        " 中文",
        "▁",
        " ▁a",
        "x",
        " x",
        " a b c d",
        "👍",
        "don't",
        " I'LL",
        "\t",
        "\u00a0a"
    };

    /// Pipelines as the families of models have them.
    enum Kind {
        GPT2(ByteLevelEncoder.class),
        GPT4(ByteLevelEncoder.class),
        ROBERTA(ByteLevelEncoder.class),
        QWEN2(ByteLevelEncoder.class),
        BERT(WordCacheEncoder.class),
        T5(WordCacheEncoder.class),
        XLM(WordCacheEncoder.class),
        LLAMA(WordCacheEncoder.class),
        WHOLE_SENTENCE(PlainEncoder.class);

        private final Class<? extends SegmentEncoder> expected;

        Kind(Class<? extends SegmentEncoder> expected) {
            this.expected = expected;
        }

        Pipeline pipeline() {
            PreTokenizer bytes = new PreTokenizer.ByteLevel(false, true, false);
            var metaspace = new PreTokenizer.Metaspace("▁", PreTokenizer.Prepend.ALWAYS, true);
            Normalizer spaces = new Normalizer.Replace(new TextPattern.Literal(" "), "▁");
            return switch (this) {
                case GPT2 -> of(Optional.empty(), Optional.of(new PreTokenizer.ByteLevel(false, true, true)), bytes());
                case ROBERTA ->
                    of(Optional.empty(), Optional.of(new PreTokenizer.ByteLevel(true, true, true)), bytes());
                case GPT4 ->
                    of(
                            Optional.empty(),
                            Optional.of(new PreTokenizer.Sequence(List.of(split(WordScanner.CL100K), bytes))),
                            bytes());
                case QWEN2 ->
                    of(
                            Optional.of(new Normalizer.UnicodeForm(java.text.Normalizer.Form.NFC)),
                            Optional.of(new PreTokenizer.Sequence(List.of(split(WordScanner.QWEN2), bytes))),
                            bytes());
                case BERT ->
                    of(
                            Optional.of(new Normalizer.Bert(true, true, Optional.empty(), true)),
                            Optional.of(new PreTokenizer.Bert()),
                            wordPiece());
                case T5 ->
                    of(
                            Optional.of(new Normalizer.Sequence(List.of(
                                    new Normalizer.UnicodeForm(java.text.Normalizer.Form.NFKC),
                                    new Normalizer.Strip(true, true),
                                    new Normalizer.Replace(new TextPattern.Regex(" {2,}"), " ")))),
                            Optional.of(metaspace),
                            unigram());
                case XLM ->
                    of(
                            Optional.empty(),
                            Optional.of(
                                    new PreTokenizer.Sequence(List.of(new PreTokenizer.WhitespaceSplit(), metaspace))),
                            unigram());
                case LLAMA ->
                    of(
                            Optional.of(new Normalizer.Sequence(List.of(new Normalizer.Prepend("▁"), spaces))),
                            Optional.empty(),
                            characters());
                case WHOLE_SENTENCE ->
                    of(
                            Optional.of(new Normalizer.Sequence(List.of(new Normalizer.Prepend("▁"), spaces))),
                            Optional.empty(),
                            unigram());
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void fastIsPlain(Kind kind) {
        Pipeline pipeline = kind.pipeline();
        SegmentEncoder fast = SegmentEncoder.of(pipeline, pipeline.model());
        assertThat(fast).isInstanceOf(kind.expected);
        var plain =
                new PlainEncoder(pipeline.normalizer(), pipeline.preTokenizer(), pipeline.model(), Optional.empty());
        Trials.repeat(3000, random -> {
            String text = random.nextInt(3) == 0 ? Trials.text(random, 20) : words(random);
            assertThat(ids(fast, text)).as(text).isEqualTo(ids(plain, text));
            assertThat(ids(fast, text)).as("again: " + text).isEqualTo(ids(plain, text));
        });
    }

    @ParameterizedTest
    @EnumSource
    void piecesTogetherAreTheWhole(Kind kind) {
        Pipeline pipeline = with(
                kind.pipeline(),
                List.of(
                        AddedToken.special("<|end|>", 5000),
                        new AddedToken("<mask>", 5001, true, false, true, true, false)));
        var added = new AddedTokens(pipeline.addedTokens(), pipeline.normalizer());
        var encoder = new TextEncoder(pipeline, added, new Words(added, pipeline.preTokenizer()), pipeline.model());
        assertThat(encoder.lastCut("some words", SpecialText.ALWAYS)).isEqualTo(4);
        assertThat(encoder.lastCut("some <mask> words", SpecialText.ALWAYS)).isEqualTo(4);
        Trials.repeat(2000, random -> {
            var parts = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                parts.append(words(random)).append(new String[] {"", " ", " <mask> ", "<|end|>"}[random.nextInt(4)]);
            }
            String text = parts.toString();
            var whole = new IdBuffer(16);
            encoder.encode(text, SpecialText.ALWAYS, whole);
            var pieces = new IdBuffer(16);
            new LongText(encoder, SpecialText.ALWAYS, random.nextInt(1, 40), pieces::addAll)
                    .encode(new StringReader(text));
            assertThat(pieces.toArray()).as(text).isEqualTo(whole.toArray());
        });
    }

    @Test
    void aStretchWithoutAPlaceToCutIsRefusedBeforeItFillsTheMemory() {
        Pipeline pipeline = Kind.GPT2.pipeline();
        var endless = new Reader() {
            @Override
            public int read(char[] chars, int from, int count) {
                Arrays.fill(chars, from, from + count, 'a');
                return count;
            }

            @Override
            public void close() {}
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PipelineTokenizer(pipeline).encode(endless, SpecialText.NEVER, _ -> {}))
                .withMessageContaining("no place where this tokenizer could cut it");
    }

    @Test
    void tokensThatCrossSpacesForbidCuts() {
        Vocabulary vocabulary = Vocabulary.of(List.of("a", "b", "▁", "a▁", "a▁b"));
        Bpe bpe = new Bpe(vocabulary, NaiveMerges.byRank(vocabulary), Bpe.Options.PLAIN);
        Pipeline pipeline =
                of(Optional.of(new Normalizer.Replace(new TextPattern.Literal(" "), "▁")), Optional.empty(), bpe);
        assertThat(SegmentEncoder.of(pipeline, bpe)).isInstanceOf(PlainEncoder.class);
        assertThat(ids(SegmentEncoder.of(pipeline, bpe), "a b")).containsExactly(4);
    }

    private static String words(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(15); i > 0; i--) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString();
    }

    private static int[] ids(SegmentEncoder encoder, String text) {
        var out = new IdBuffer(16);
        encoder.encode(text, 0, out);
        return out.toArray();
    }

    private static PreTokenizer split(String pattern) {
        return new PreTokenizer.Split(new TextPattern.Regex(pattern), PreTokenizer.Delimiter.ISOLATED, false);
    }

    private static Pipeline with(Pipeline pipeline, List<AddedToken> added) {
        return new Pipeline(
                added,
                pipeline.normalizer(),
                pipeline.preTokenizer(),
                pipeline.model(),
                pipeline.postProcessor(),
                pipeline.decoder(),
                pipeline.truncation(),
                pipeline.padding());
    }

    private static Pipeline of(Optional<Normalizer> normalizer, Optional<PreTokenizer> preTokenizer, Model model) {
        return new Pipeline(
                List.of(),
                normalizer,
                preTokenizer,
                model,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Bpe bytes() {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteAlphabet.character(b)));
        }
        return merging(
                tokens,
                "Ġetahscnoirdlu'éÃ©Ð60"
                        .chars()
                        .mapToObj(c -> String.valueOf((char) c))
                        .toList());
    }

    private static Bpe characters() {
        return merging(
                new ArrayList<>(List.of("▁", "▁▁", "t", "h", "e", "c", "a", "s", "1", "2", "é", "и", "м")),
                List.of("t", "h", "e", "c", "a", "s", "é"));
    }

    /// Random merges of some symbols, and of a space with what follows it.
    private static Bpe merging(List<String> tokens, List<String> symbols) {
        var random = new SplittableRandom(5);
        Set<String> all = new LinkedHashSet<>(tokens);
        List<String> known = new ArrayList<>(symbols);
        for (int i = 0; i < 60; i++) {
            String token = known.get(random.nextInt(known.size())) + known.get(random.nextInt(known.size()));
            if (token.lastIndexOf('Ġ') <= 0 && token.length() < 6) {
                all.add(token);
                known.add(token);
            }
        }
        if (all.contains("▁")) {
            symbols.forEach(symbol -> all.add("▁" + symbol));
            all.add("<unk>");
        }
        Vocabulary vocabulary = Vocabulary.of(List.copyOf(all));
        Optional<String> unk = all.contains("<unk>") ? Optional.of("<unk>") : Optional.empty();
        var options =
                new Bpe.Options(OptionalDouble.empty(), unk, Optional.empty(), Optional.empty(), true, false, false);
        return new Bpe(vocabulary, NaiveMerges.byRank(vocabulary), options);
    }

    private static WordPiece wordPiece() {
        List<String> tokens = List.of(
                "[UNK]", "the", "cat", "##s", "##t", "e", "##te", "ete", "!", "12", "3", "##4", "##5", "don", "'", "t",
                "x", "a", "b", "##a", "##x");
        return new WordPiece(Vocabulary.of(tokens), "[UNK]", "##", 100);
    }

    private static Unigram unigram() {
        List<Unigram.Piece> pieces = new ArrayList<>();
        pieces.add(new Unigram.Piece("<unk>", 0));
        String[] texts = {
            "▁", "t", "h", "e", "the", "▁the", "▁cat", "s", "é", "té", "▁été", "1", "12", "3", "▁12", "и", "мир",
            "▁мир", "a", "▁a", "x", "n", "▁x"
        };
        for (int i = 0; i < texts.length; i++) {
            pieces.add(new Unigram.Piece(texts[i], -3 - i % 7 - texts[i].length() * 0.5));
        }
        return new Unigram(pieces, OptionalInt.of(0), false);
    }
}
