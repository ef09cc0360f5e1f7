package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Oracle;
import dev.cortado.text.tokenizer.pipeline.Oracle.Seen;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.StageOracle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every tokenizer we can read or train gives the ids, ranges and texts that Hugging Face's library gives reading the
/// same `tokenizer.json`, and obeys the laws of its kind.
@ParameterizedClass
@MethodSource("names")
class EveryTokenizerTest {
    static final List<String> CORPORA =
            List.of("corpora/wikitext2-valid.txt", "corpora/tinyshakespeare.txt", "corpora/botchan.txt");

    @TempDir
    private static Path folder;

    private static List<String> torture = List.of();
    private static Set<Integer> settled = Set.of();
    private static Specimen now;

    @Parameter
    private String name;

    /// One tokenizer, ours and theirs.
    ///
    /// @param unknown  what the model says of what it does not know; a special token that text may become
    /// @param whole    whether nothing is cut off or filled up
    private record Specimen(
            PipelineTokenizer ours, Oracle theirs, Set<Integer> unknown, boolean whole, List<String> marks) {}

    static List<String> names() throws IOException {
        return Zoo.names();
    }

    @BeforeAll
    static void texts() {
        torture = Torture.texts();
        settled = StageOracle.settled();
    }

    @AfterAll
    static void done() {
        torture = List.of();
    }

    @BeforeParameterizedClassInvocation
    static void open(String name) throws IOException {
        Path json = Files.createTempDirectory(folder, "tokenizer").resolve(PipelineJson.FILE_NAME);
        Zoo.all().get(name).write(json);
        Pipeline pipeline = PipelineJson.read(json);
        var ours = new PipelineTokenizer(pipeline);
        JsonNode model = new JsonMapper().readTree(json).get("model");
        Set<Integer> unknown = new HashSet<>();
        ours.id(model.path("unk_token").asString("")).ifPresent(unknown::add);
        if (model.path("unk_id").isInt()) {
            unknown.add(model.path("unk_id").intValue());
        }
        List<String> marks = new ArrayList<>(List.of("<s>", "</s>", "<|endoftext|>", "[CLS]", "[MASK]", "<|im_end|>"));
        pipeline.addedTokens().stream().limit(40).forEach(token -> marks.add(token.content()));
        now = new Specimen(
                ours,
                new Oracle(Files.readString(json)),
                unknown,
                pipeline.truncation().isEmpty() && pipeline.padding().isEmpty(),
                marks);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        now.theirs().close();
    }

    @Test
    void isTheirsOnTorture() {
        torture.forEach(this::compare);
    }

    @Test
    void isTheirsOnText() throws IOException {
        for (String corpus : CORPORA) {
            for (String line : Files.readAllLines(SharedData.require(corpus)).subList(0, 100)) {
                compare(line);
            }
        }
    }

    @Test
    void isTheirsOnRandomText() {
        random(100);
    }

    @Tag("slow")
    @Test
    void isTheirsOnAllText() throws IOException {
        Torture.texts(Integer.MAX_VALUE).forEach(this::compare);
        for (String corpus : CORPORA) {
            Files.readAllLines(SharedData.require(corpus)).forEach(this::compare);
        }
        random(10_000);
    }

    private void random(int times) {
        Trials.repeat(times, random -> {
            compare(text(random));
            int[] ids =
                    random.ints(random.nextInt(20), 0, now.ours().vocabSize()).toArray();
            compareDecoded(ids);
        });
    }

    private static String text(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(StageOracle.text(random, 20, settled));
            if (random.nextInt(3) == 0) {
                text.append(now.marks().get(random.nextInt(now.marks().size())));
            }
        }
        return text.toString();
    }

    private void compare(String text) {
        for (boolean addSpecial : new boolean[] {false, true}) {
            Encoding encoding = now.ours().encoding(text, SpecialText.ALWAYS, addSpecial);
            List<Seen> ours = Oracle.seen(encoding, text);
            List<Seen> theirs = now.theirs().seen(text, addSpecial);
            if (!ours.equals(theirs)) {
                int at = 0;
                while (at < Math.min(ours.size(), theirs.size()) && ours.get(at).equals(theirs.get(at))) {
                    at++;
                }
                throw new AssertionError("%s differs from token %d on%nours   %s%ntheirs %s%ntext %s"
                        .formatted(name, at, excerpt(ours, at), excerpt(theirs, at), text));
            }
            if (now.whole()) {
                assertSame(now.ours().encode(text, SpecialText.ALWAYS, addSpecial), encoding.ids(), text);
            }
        }
        compareDecoded(now.ours().encode(text, SpecialText.ALWAYS, true));
    }

    private static String excerpt(List<Seen> tokens, int at) {
        var spelled = new StringBuilder();
        for (Seen token : tokens.subList(Math.max(0, at - 2), Math.min(tokens.size(), at + 5))) {
            spelled.append('\'')
                    .append(now.ours().token(token.id()))
                    .append("' ")
                    .append(token)
                    .append("; ");
        }
        return spelled.toString();
    }

    private void compareDecoded(int[] ids) {
        for (boolean skipSpecial : new boolean[] {false, true}) {
            String ours = now.ours().decode(ids, skipSpecial);
            String theirs = now.theirs().decode(ids, skipSpecial);
            if (!ours.equals(theirs)) {
                assertThat(ours).as("%s decodes %s", name, Arrays.toString(ids)).isEqualTo(theirs);
            }
        }
    }

    private void assertSame(int[] ids, int[] expected, String text) {
        if (!Arrays.equals(ids, expected)) { // a plain comparison first: there are many
            assertThat(ids).as("%s on '%s'", name, text).isEqualTo(expected);
        }
    }

    @Test
    void piecesOfAStreamAreTheDecodedText() {
        torture.forEach(text -> stream(now.ours().encode(text, SpecialText.ALWAYS, true)));
        Trials.repeat(100, random -> {
            stream(now.ours().encode(text(random), SpecialText.ALWAYS, random.nextBoolean()));
            stream(random.ints(random.nextInt(30), 0, now.ours().vocabSize()).toArray());
        });
    }

    private void stream(int[] ids) {
        StreamDecoder stream = now.ours().stream();
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.push(id));
        }
        text.append(stream.finish());
        if (!text.toString().equals(now.ours().decode(ids))) {
            assertThat(text.toString())
                    .as("%s streams %s", name, Arrays.toString(ids))
                    .isEqualTo(now.ours().decode(ids));
        }
    }

    @Test
    void textIsNeverASpecialToken() {
        Specials specials = now.ours().specials();
        Set<Integer> forbidden = new HashSet<>(specials.ids().values());
        forbidden.removeAll(now.unknown());
        List<String> texts = new ArrayList<>(torture);
        specials.ids().sequencedKeySet().stream()
                .limit(100)
                .forEach(mark -> texts.addAll(List.of(
                        mark,
                        " " + mark + " ",
                        "x" + mark + mark + "y",
                        mark.substring(1) + mark,
                        mark.toUpperCase(Locale.ROOT))));
        for (String text : texts) {
            for (int id : now.ours().encode(text)) {
                assertThat(forbidden.contains(id))
                        .as("%s gives %d on '%s'", name, id, text)
                        .isFalse();
            }
            if (now.whole()) {
                assertSame(
                        now.ours().encode(text),
                        now.ours().encoding(text, SpecialText.NEVER, false).ids(),
                        text);
            }
        }
    }

    /// What UTF-8 cannot say is a question mark.
    @Test
    void unpairedSurrogatesAreQuestionMarks() {
        Trials.repeat(50, random -> {
            var broken = new StringBuilder(text(random));
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                char half = (char) random.nextInt(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
                broken.insert(random.nextInt(broken.length() + 1), half);
            }
            String text = broken.toString();
            String mended = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            assertSame(now.ours().encode(text), now.ours().encode(mended), text);
            assertThat(now.ours().encoding(text, SpecialText.NEVER, false).ids())
                    .isEqualTo(now.ours()
                            .encoding(mended, SpecialText.NEVER, false)
                            .ids());
        });
    }

    @Test
    void threadsDoNotMatter() throws Exception {
        List<String> texts = torture.subList(0, Math.min(200, torture.size()));
        List<int[]> alone = texts.stream().map(now.ours()::encode).toList();
        var fresh = new PipelineTokenizer(now.ours().pipeline());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Callable<List<int[]>> work = () -> texts.stream().map(fresh::encode).toList();
            for (Future<List<int[]>> one : threads.invokeAll(List.of(work, work, work, work))) {
                for (int i = 0; i < texts.size(); i++) {
                    assertSame(one.get().get(i), alone.get(i), texts.get(i));
                }
            }
        }
    }

    /// Byte-level tokenizers that change nothing give every text back. So do those with byte fallback that write
    /// spaces as `▁`, if there is none in the text; the space they put first, they take away again.
    ///
    /// But added tokens that are not special are found in any text, and may swallow or bring spaces.
    @Test
    void textComesBack() {
        Pipeline pipeline = now.ours().pipeline();
        boolean bytes = pipeline.decoder().orElse(null) instanceof Decoder.ByteLevel
                && pipeline.normalizer().isEmpty()
                && !(pipeline.preTokenizer().orElse(null) instanceof PreTokenizer.ByteLevel level
                        && level.addPrefixSpace());
        boolean llama = List.of(
                        "phi3",
                        "llama-spm of GGUF",
                        "phi-3 of GGUF",
                        "stories260k of GGUF",
                        "stories260k of SentencePiece")
                .contains(name);
        if (!bytes && !llama) {
            return;
        }
        List<String> texts = new ArrayList<>(torture);
        Trials.repeat(100, random -> texts.add(text(random)));
        List<String> plain = pipeline.addedTokens().stream()
                .filter(token -> !token.special())
                .map(AddedToken::content)
                .toList();
        texts.removeIf(text -> plain.stream().anyMatch(text::contains));
        for (String text : texts) {
            String expected = llama ? text.replace('▁', ' ') : text;
            assertThat(now.ours().decode(now.ours().encode(text))).as(name).isEqualTo(expected);
        }
    }
}
