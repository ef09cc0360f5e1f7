package dev.cortado.text.tokenizer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainersTest {
    private static List<Trainer> trainers(int size) {
        return List.of(
                new ByteTrainer(List.of("<s>"), 2),
                CharacterTrainer.of(size),
                WordTrainer.of(size),
                ByteLevelBpeTrainer.of(VocabularySpec.of(size + 256)),
                new ByteLevelBpeTrainer(VocabularySpec.of(size + 256), WordScanner.LLAMA3, Optional.empty()),
                CharacterBpeTrainer.of(size),
                SentencePieceBpeTrainer.of(size),
                WordPieceTrainer.bert(size, true),
                UnigramTrainer.of(size));
    }

    @Test
    void threadsAndOrderDoNotMatter() throws IOException {
        List<String> lines = new ArrayList<>(Trainees.lines("botchan.txt").subList(0, 700));
        for (Trainer trainer : trainers(400)) {
            Trained one = trainer.train(lines.iterator(), 1, Progress.SILENT);
            for (int threads : new int[] {2, 5}) {
                Trained more = trainer.train(lines.reversed().iterator(), threads, Progress.SILENT);
                assertThat(content(more.pipeline())).isEqualTo(content(one.pipeline()));
                assertThat(more.statistics()).isEqualTo(one.statistics());
            }
        }
    }

    private static String content(Pipeline pipeline) {
        String details = switch (pipeline.model()) {
            case Unigram unigram -> unigram.pieces().toString();
            case Bpe bpe -> bpe.merges().toString();
            default -> "";
        };
        return Trainees.vocabulary(pipeline) + details + pipeline.addedTokens();
    }

    @Test
    void tinyCorporaAreLearnedAsFarAsTheyGo() {
        for (Trainer trainer : trainers(300)) {
            Trained trained = Trainees.train(trainer, List.of("héllo 𝒳 héllo"));
            assertThat(trained.complete())
                    .isEqualTo(trainer instanceof ByteTrainer || trainer instanceof CharacterTrainer);
            assertThat(trained.pipeline().model().vocabulary().size()).isLessThan(300);
        }
    }

    @Test
    void nothingIsAnError() {
        for (Trainer trainer : trainers(300)) {
            for (List<String> texts : List.of(List.<String>of(), List.of("", ""))) {
                if (!(trainer instanceof ByteTrainer)) {
                    assertThatThrownBy(() -> Trainees.train(trainer, texts))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("nothing to learn from: " + texts.size() + " texts");
                }
            }
        }
    }

    @Test
    void fixedTokensComeFirst() {
        VocabularySpec spec =
                VocabularySpec.of(300).withSpecials("<unk>", "<s>").withReserved(2);
        List<String> fixed = List.of("<unk>", "<s>", "<|reserved_0|>", "<|reserved_1|>");
        WordPieceTrainer bert = WordPieceTrainer.bert(300, false);
        for (Trainer trainer : List.of(
                new ByteLevelBpeTrainer(spec, WordScanner.GPT2, Optional.empty()),
                new WordTrainer(spec, "<unk>", Optional.empty(), new PreTokenizer.WhitespaceSplit()),
                new WordPieceTrainer(spec, Alphabet.ALL, "<unk>", "##", 100, bert.normalizer(), bert.preTokenizer()))) {
            Trained trained = Trainees.train(trainer, List.of("low lower lowest <s> <|reserved_1|> low <s>"));
            assertThat(Trainees.vocabulary(trained.pipeline()).subList(0, 4)).isEqualTo(fixed);
            assertThat(trained.pipeline().addedTokens())
                    .extracting(token -> token.content() + token.id() + token.special())
                    .containsExactly("<unk>0true", "<s>1true", "<|reserved_0|>2true", "<|reserved_1|>3true");
        }
    }

    @Test
    void wordPieceLearnsBeginningsAndContinuations() {
        Trained trained = Trainees.train(
                WordPieceTrainer.bert(22, true), List.of("Hug hug hug hug pug pug pun pun bun hugs hugs, hugs!"));
        List<String> tokens = Trainees.vocabulary(trained.pipeline());
        // After 5 special tokens the characters in the order of code points, then those that continue words, then "##u
        // ##g"
        // (9 times), "h ##ug" (7), "p ##u" (4).
        assertThat(tokens.subList(5, 20))
                .containsExactly(
                        "!", ",", "b", "g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u", "##ug", "hug");
        assertThat(Trainees.encode(trained.pipeline(), "HUGS pun")).containsExactly("hugs", "p", "##un");
        assertThat(trained.pipeline().decoder()).contains(new Decoder.WordPiece("##", true));
    }

    @Test
    void frequenciesAndLengthsAreBounds() {
        List<String> texts = List.of("abcabcabc abcabcabc xyz");
        VocabularySpec spec = VocabularySpec.of(500).withSpecials("<unk>");
        var words = new WordTrainer(spec, "<unk>", Optional.empty(), new PreTokenizer.WhitespaceSplit());
        assertThat(Trainees.vocabulary(Trainees.train(words, texts).pipeline())).containsExactly("<unk>", "abcabcabc");
        var bytes = new ByteLevelBpeTrainer(spec.withMaxTokenLength(3), WordScanner.GPT2, Optional.empty());
        assertThat(Trainees.vocabulary(Trainees.train(bytes, texts).pipeline()))
                .allMatch(token -> token.length() <= 3 || token.equals("<unk>"))
                .contains("abc")
                .doesNotContain("xy");
    }

    @Test
    void alphabetsAreLimited() {
        CountedWords words = CountedWords.count(
                List.of("aaaa bbb cc d").iterator(),
                WordSplitter.of(Optional.empty(), Optional.of(new PreTokenizer.WhitespaceSplit())),
                1,
                Progress.SILENT);
        assertThat(Alphabet.ALL.choose(words).characters()).containsExactly((int) 'a', (int) 'b', (int) 'c', (int) 'd');
        assertThat(Alphabet.limited(2).choose(words)).isEqualTo(new Alphabet.Chosen(List.of(97, 98), 0.7));
        assertThat(Alphabet.covering(0.75).choose(words).characters()).containsExactly(97, 98, 99);
        assertThat(new Alphabet("dé", OptionalInt.of(3), 1).choose(words).characters())
                .containsExactly(97, 100, (int) 'é');
        var trainer = new SentencePieceBpeTrainer(
                VocabularySpec.of(400).withSpecials("<unk>"),
                Alphabet.limited(3),
                PieceRules.NONE,
                "<unk>",
                true,
                Optional.empty(),
                SentencePieceText.WORDS);
        Trained trained = Trainees.train(trainer, List.of("aaaa bbb cc d"));
        assertThat(Trainees.vocabulary(trained.pipeline()).subList(257, 260)).containsExactly("a", "▁", "b");
        assertThat(trained.statistics().coveredCharacters()).isEqualTo(11 / 14.0);
    }

    @Test
    void impossibleWishesAreRefused() {
        assertThatThrownBy(() -> VocabularySpec.of(0)).hasMessageContaining("size");
        assertThatThrownBy(() -> VocabularySpec.of(9).withMinFrequency(0)).hasMessageContaining("minFrequency");
        assertThatThrownBy(() -> VocabularySpec.of(9).withMaxTokenLength(0)).hasMessageContaining("maxTokenLength");
        assertThatThrownBy(() -> VocabularySpec.of(9).withReserved(10)).hasMessageContaining("reserved");
        assertThatThrownBy(() -> VocabularySpec.of(9).withSpecials("a", "a")).hasMessageContaining("twice");
        assertThatThrownBy(() -> VocabularySpec.of(9).withSpecials("")).hasMessageContaining("empty");
        assertThatThrownBy(() ->
                        VocabularySpec.of(9).withSpecials("<|reserved_0|>").withReserved(1))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> VocabularySpec.of(1).withSpecials("a", "b")).hasMessageContaining("too small");
        assertThatThrownBy(() -> ByteLevelBpeTrainer.of(VocabularySpec.of(256).withSpecials("<s>")))
                .hasMessageContaining("257");
        assertThatThrownBy(() -> ByteLevelBpeTrainer.of(VocabularySpec.of(300).withSpecials("a")))
                .hasMessageContaining("<|a|>");
        assertThatThrownBy(() ->
                        new WordTrainer(VocabularySpec.of(9), "<unk>", Optional.empty(), new PreTokenizer.Whitespace()))
                .hasMessageContaining("add it");
        assertThatThrownBy(() -> Trainees.train(UnigramTrainer.of(10), List.of("abcdefghijklmnop abcdefghijklmnop")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too small");
        assertThatThrownBy(() -> Trainees.train(CharacterTrainer.of(1), List.of("ab")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too small");
        assertThatThrownBy(() -> new Alphabet("", OptionalInt.empty(), 0)).hasMessageContaining("coverage");
        assertThatThrownBy(() -> Alphabet.limited(0)).hasMessageContaining("limit");
    }

    @Test
    void failuresComeThrough() {
        Stream<String> texts = Stream.of("a", "b").peek(text -> {
            if (text.equals("b")) {
                throw new IllegalArgumentException("bad text");
            }
        });
        assertThatThrownBy(() -> CharacterTrainer.of(9).train(texts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bad text");
        Progress stop = (phase, done, total) -> {
            throw new IllegalStateException("stopped in " + phase);
        };
        assertThatThrownBy(() -> CharacterTrainer.of(9).train(List.of("a").iterator(), 2, stop))
                .hasMessage("stopped in COUNT");
        assertThatThrownBy(() -> CharacterTrainer.of(9).train(List.of("a").iterator(), 0, Progress.SILENT))
                .hasMessageContaining("threads");
    }

    @Test
    void shortCutsCutAsThePartsDo() {
        List<PreTokenizer> cuts = List.of(
                new PreTokenizer.WhitespaceSplit(),
                new PreTokenizer.CharDelimiterSplit(' '),
                new PreTokenizer.CharDelimiterSplit(0x1F44B),
                SentencePieceText.WORDS,
                new PreTokenizer.Metaspace("_", PreTokenizer.Prepend.FIRST, true));
        Trials.repeat(500, random -> {
            String text = Trials.text(random, 20);
            for (PreTokenizer cut : cuts) {
                Optional<PreTokenizer> some = Optional.of(cut);
                assertThat(words(WordSplitter.of(Optional.empty(), some), text))
                        .isEqualTo(words(WordSplitter.aligned(Optional.empty(), some), text));
            }
        });
    }

    private static List<String> words(WordSplitter splitter, String text) {
        List<String> words = new ArrayList<>();
        splitter.split(
                text, (bytes, start, end) -> words.add(new String(bytes, start, end - start, StandardCharsets.UTF_8)));
        return words;
    }

    @Test
    void countsAsAMapDoes() {
        Trials.repeat(30, random -> {
            List<String> texts =
                    Stream.generate(() -> Trials.text(random, 200)).limit(50).toList();
            WordSplitter splitter =
                    WordSplitter.of(Optional.empty(), Optional.of(new PreTokenizer.CharDelimiterSplit(' ')));
            Map<String, Long> expected = new TreeMap<>(TieOrder::compareText);
            texts.forEach(text -> words(splitter, text).forEach(word -> expected.merge(word, 1L, Long::sum)));
            CountedWords counted = CountedWords.count(texts.iterator(), splitter, 3, Progress.SILENT);
            assertThat(counted.words().stream().map(w -> w.text() + w.count()))
                    .containsExactlyElementsOf(expected.entrySet().stream()
                            .map(e -> e.getKey() + e.getValue())
                            .toList());
            Map<String, Long> characters = new TreeMap<>(TieOrder::compareText);
            String whole = String.join("", texts).replace(" ", "");
            whole.codePoints().forEach(c -> characters.merge(Character.toString(c), 1L, Long::sum));
            CountedWords single = CountedWords.count(texts.iterator(), splitter.characters(), 2, Progress.SILENT);
            assertThat(single.words().stream().map(w -> w.text() + w.count()))
                    .containsExactlyElementsOf(characters.entrySet().stream()
                            .map(e -> e.getKey() + e.getValue())
                            .toList());
        });
    }

    @Test
    void piecesKeepToOneScript() {
        assertThat(PieceRules.SENTENCE_PIECE.allows("▁hello")).isTrue();
        assertThat(PieceRules.SENTENCE_PIECE.allows("don't")).isFalse();
        assertThat(PieceRules.SENTENCE_PIECE.allows("a1")).isFalse();
        assertThat(PieceRules.SENTENCE_PIECE.allows("漢字かなカナー")).isTrue();
        assertThat(PieceRules.SENTENCE_PIECE.allows("e\u0301e")).isTrue();
        assertThat(PieceRules.NONE.allows("a1中")).isTrue();
        assertThat(new PieceRules(false, true).allows("12")).isFalse();
        assertThat(new PieceRules(false, true).allows("7")).isTrue();
    }
}
