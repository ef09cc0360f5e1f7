package dev.cortado.text.tokenizer.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Numbers of tokens are those of SentencePiece 0.1.97 (Debian's package), trained and run by
/// `spm_train --input=F --model_prefix=m --vocab_size=N --model_type=T --max_sentence_length=100000` and
/// `spm_encode --model=m.model --output_format=id < F | wc -w`.
class SentencePieceEqualityTest {
    @ParameterizedTest
    @CsvSource({"botchan.txt, 1000, 91012", "botchan.txt, 2000, 76852"})
    void unigramCompressesAsWell(String corpus, int size, long theirs) throws IOException {
        List<String> lines = lines(corpus);
        Trained trained = Trainees.train(UnigramTrainer.of(size), lines);
        assertThat(trained.complete()).isTrue();
        assertThat(trained.pipeline().model().vocabulary().size()).isEqualTo(size);
        assertThat((double) Trainees.tokens(trained.pipeline(), lines) / theirs).isBetween(0.7, 1.005);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"wikitext2-valid.txt, 8000, 301784", "tinyshakespeare.txt, 4000, 314946"})
    void unigramCompressesAsWellOnMore(String corpus, int size, long theirs) throws IOException {
        unigramCompressesAsWell(corpus, size, theirs);
    }

    @ParameterizedTest
    @CsvSource({"botchan.txt, 1000, 92288", "botchan.txt, 2000, 78861"})
    void bpeCompressesAsWell(String corpus, int size, long theirs) throws IOException {
        List<String> lines = lines(corpus);
        Trained trained = Trainees.train(SentencePieceBpeTrainer.of(size), lines);
        assertThat(trained.complete()).isTrue();
        assertThat((double) Trainees.tokens(trained.pipeline(), lines) / theirs).isBetween(0.999, 1.0005);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"wikitext2-valid.txt, 8000, 241145", "tinyshakespeare.txt, 4000, 304653"})
    void bpeCompressesAsWellOnMore(String corpus, int size, long theirs) throws IOException {
        bpeCompressesAsWell(corpus, size, theirs);
    }

    /// What SentencePiece 0.1.97 learns first at 1000 pieces.
    @Test
    void bpeLearnsTheSamePieces() throws IOException {
        Trained trained = Trainees.train(SentencePieceBpeTrainer.of(1000), Trainees.lines("botchan.txt"));
        List<String> tokens = Trainees.vocabulary(trained.pipeline());
        int learned = tokens.indexOf("▁t");
        assertThat(learned).isEqualTo(3 + trained.statistics().alphabet()).isEqualTo(72);
        assertThat(tokens.subList(learned, learned + 20))
                .containsExactly(
                        "▁t", "he", "▁a", "in", "▁s", "▁w", "▁the", "▁o", "re", "▁b", "▁m", "ou", "ed", "▁I", "nd",
                        "ha", "it", "▁f", "er", "▁to");
    }

    @Test
    void publishedEncodings() throws IOException {
        JsonNode expected = new JsonMapper()
                .readTree(
                        Files.readAllBytes(SharedData.require("tokenizers/sentencepiece/train_botchan_expected.json")));
        List<String> lines = Trainees.lines("botchan.txt");
        JsonNode bpe = expected.get("bpe_2000").get(0);
        Trained ofBpe = Trainees.train(SentencePieceBpeTrainer.of(2000), lines);
        assertThat(Trainees.encode(ofBpe.pipeline(), bpe.get("text").stringValue()))
                .isEqualTo(strings(bpe.get("pieces")));

        JsonNode chars = expected.get("char_2000").get(0);
        var character = CharacterTrainer.of(2000);
        var charTrainer = new CharacterTrainer(
                character.vocabulary().withSpecials("<unk>", "<s>", "</s>"),
                Alphabet.covering(0.9995),
                "<unk>",
                false,
                Optional.of(SentencePieceText.NMT_NFKC),
                Optional.of(SentencePieceText.WORDS));
        Trained ofChars = Trainees.train(charTrainer, lines);
        assertThat(ofChars.complete()).isTrue();
        assertThat(ofChars.pipeline().model().vocabulary().size()).isEqualTo(72);
        List<String> pieces =
                Trainees.encode(ofChars.pipeline(), chars.get("text").stringValue());
        assertThat(pieces).isEqualTo(strings(chars.get("pieces")));
        assertThat(ids(ofChars, pieces)).isEqualTo(integers(chars.get("ids")));

        JsonNode word = expected.get("word_2000").get(0);
        var wordTrainer = new WordTrainer(
                VocabularySpec.of(2000).withSpecials("<unk>", "<s>", "</s>").withMinFrequency(1),
                "<unk>",
                Optional.of(SentencePieceText.NMT_NFKC),
                SentencePieceText.WORDS);
        Trained ofWords = Trainees.train(wordTrainer, lines);
        assertThat(ids(
                        ofWords,
                        Trainees.encode(ofWords.pipeline(), word.get("text").stringValue())))
                .isEqualTo(integers(word.get("ids")));
    }

    /// The published encodings are by another version; pieces may differ here and there.
    @Test
    void unigramEncodesMuchAsPublished() throws IOException {
        JsonNode cases = new JsonMapper()
                .readTree(
                        Files.readAllBytes(SharedData.require("tokenizers/sentencepiece/train_botchan_expected.json")))
                .get("unigram_2000")
                .get("encode");
        Trained trained = Trainees.train(UnigramTrainer.of(2000), Trainees.lines("botchan.txt"));
        int same = 0;
        int all = 0;
        for (JsonNode one : cases) {
            if (one.has("pieces")) {
                Set<String> theirs = new HashSet<>(strings(one.get("pieces")));
                all += theirs.size();
                theirs.retainAll(
                        Trainees.encode(trained.pipeline(), one.get("text").stringValue()));
                same += theirs.size();
            }
        }
        assertThat(same).isGreaterThan(all * 3 / 4);
    }

    /// SentencePiece keeps `<unk>` to itself, so WikiText's are spelled `unk` for both (`sed 's/<unk>/unk/g'`).
    private static List<String> lines(String corpus) throws IOException {
        return Trainees.lines(corpus).stream()
                .map(line -> line.replace("<unk>", "unk"))
                .toList();
    }

    private static List<Integer> ids(Trained trained, List<String> tokens) {
        Map<String, Integer> ids = trained.pipeline().model().vocabulary().ids();
        return tokens.stream().map(ids::get).toList();
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(item -> strings.add(item.stringValue()));
        return strings;
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(item -> numbers.add(item.intValue()));
        return numbers;
    }
}
