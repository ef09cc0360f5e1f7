package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The unigram models that SentencePiece publishes for its tests.
class SentencePieceCasesTest {
    @Test
    void publishedIds() throws IOException {
        assertThat(cases("test_model.model", "test_model.botchan.jsonl")).isEqualTo(400);
        assertThat(cases("hf_test_sentencepiece.model", "hf_test_sentencepiece.jsonl"))
                .isEqualTo(2);
    }

    @Test
    void wholeLinesLikeTheirs() throws IOException {
        List<String> lines = Files.readAllLines(SharedData.require("corpora/botchan.txt"));
        for (String name : List.of("test_model.model", "hf_test_sentencepiece.model")) {
            List<Unigram.Piece> pieces = pieces(name);
            Map<String, ?> model = Map.of(
                    "type",
                    "Unigram",
                    "vocab",
                    pieces.stream().map(p -> List.of(p.text(), p.score())).toList(),
                    "unk_id",
                    0);
            var ours = new Unigram(pieces, OptionalInt.of(0), false);
            try (Theirs theirs = new Theirs(model, Map.of())) {
                for (String line : lines.subList(0, 600)) {
                    String word = "▁" + line.replace(' ', '▁');
                    assertThat(Words.tokens(ours, word)).as(word).isEqualTo(theirs.encode(word));
                }
            }
        }
    }

    /// What SentencePiece's own tests of its Python module demand.
    @Test
    void samplesAndBestOnesSpellTheText() throws IOException {
        var model = new Unigram(pieces("test_model.model"), OptionalInt.of(0), false);
        String word = "▁I▁saw▁a▁girl▁with▁a▁telescope.";
        var out = new TokenBuffer();
        model.tokenize(word, out);
        List<Unigram.Segmentation> best = model.nBest(word, 10);
        assertThat(best.getFirst().ids())
                .containsExactly(Arrays.stream(out.ids()).boxed().toArray(Integer[]::new));
        assertThat(best)
                .hasSize(10)
                .allSatisfy(one -> assertThat(spelled(model, one.ids())).isEqualTo(word));
        var random = new SplittableRandom(3);
        for (int i = 0; i < 100; i++) {
            out.clear();
            model.sample(word, 0.5, random, out);
            assertThat(spelled(model, Arrays.stream(out.ids()).boxed().toList()))
                    .isEqualTo(word);
        }
    }

    private static String spelled(Unigram model, List<Integer> ids) {
        return String.join(
                "", ids.stream().map(id -> model.pieces().get(id).text()).toList());
    }

    private static int cases(String modelName, String casesName) throws IOException {
        var model = new Unigram(pieces(modelName), OptionalInt.of(0), false);
        List<String> lines = Files.readAllLines(SharedData.require("tokenizers/sentencepiece/" + casesName));
        for (String line : lines) {
            JsonNode one = JsonMapper.shared().readTree(line);
            var expected = new ArrayList<Integer>();
            one.get("ids").forEach(id -> expected.add(id.asInt()));
            // The normalizer of SentencePiece, as far as these lines need it.
            String word = "▁" + one.get("text").asString().strip().replaceAll(" +", "▁");
            var out = new TokenBuffer();
            model.tokenize(word, out);
            assertThat(Arrays.stream(out.ids()).boxed().toList()).as(word).isEqualTo(expected);
        }
        return lines.size();
    }

    /// Field 1 of a `ModelProto` is a piece: its field 1 is the text, 2 the score.
    private static List<Unigram.Piece> pieces(String name) throws IOException {
        byte[] file = Files.readAllBytes(SharedData.require("tokenizers/sentencepiece/" + name));
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        var pieces = new ArrayList<Unigram.Piece>();
        while (in.hasRemaining()) {
            long key = varint(in);
            ByteBuffer message = slice(in, (int) varint(in)); // all fields of a ModelProto are messages
            if (key >> 3 == 1) {
                String text = "";
                float score = 0;
                while (message.hasRemaining()) {
                    switch ((int) varint(message)) {
                        case 1 << 3 | 2 ->
                            text = StandardCharsets.UTF_8
                                    .decode(slice(message, (int) varint(message)))
                                    .toString();
                        case 2 << 3 | 5 -> score = message.getFloat();
                        default -> varint(message); // the type
                    }
                }
                pieces.add(new Unigram.Piece(text, score));
            }
        }
        return pieces;
    }

    private static ByteBuffer slice(ByteBuffer in, int length) {
        ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return part;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
