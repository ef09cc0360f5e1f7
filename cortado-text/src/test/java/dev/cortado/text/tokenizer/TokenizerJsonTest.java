package dev.cortado.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizerJsonTest {
    private final JsonMapper mapper = new JsonMapper();
    private final ByteLevelBpe bpe = Learned.small();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        Tokenizers.write(bpe, OptionalLong.of(512), folder);
        file = folder.resolve("tokenizer.json");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (Path path : new Path[] {folder, file}) {
            Tokenizer read = Tokenizers.read(path);
            assertThat(read)
                    .isInstanceOfSatisfying(
                            ByteLevelBpe.class,
                            other -> assertThat(other.vocabulary()).isEqualTo(bpe.vocabulary()));
            assertThat(read.specials().bos()).hasValue(0);
            assertThat(read.specials().pad()).hasValue(1);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("tokenizer.json", "tokenizer_config.json");
        }
        JsonNode config = mapper.readTree(Files.readAllBytes(folder.resolve("tokenizer_config.json")));
        assertThat(config.get("tokenizer_class").stringValue()).isEqualTo("PreTrainedTokenizerFast");
        assertThat(config.get("model_max_length").intValue()).isEqualTo(512);
    }

    @Test
    void whoMayReadOtherFilesMayReadTheWrittenOnes() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "x");
        if (Files.getFileStore(other).supportsFileAttributeView(PosixFileAttributeView.class)) {
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
        }
    }

    @Test
    void rolesComeFromTheFileBeside() throws IOException {
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(
                config, "{\"eos_token\": {\"content\": \"<|pad|>\", \"lstrip\": false}, \"bos_token\": null}");
        Specials specials = Tokenizers.read(folder).specials();
        assertThat(specials.eos()).hasValue(1);
        assertThat(specials.bos()).isEmpty();
        Files.writeString(config, "{\"eos_token\": \"</s>\"}");
        assertThatThrownBy(() -> Tokenizers.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(config.toString(), "eos_token", "</s>");
        Files.delete(config);
        assertThat(Tokenizers.read(folder).specials().eos()).isEmpty();
    }

    @Test
    void foldersWithoutTokenizer() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(Tokenizers.find(empty)).isEmpty();
        assertThat(Tokenizers.find(folder)).isPresent();
        assertThatThrownBy(() -> Tokenizers.read(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(empty.toString(), "tokenizer.json");
        assertThatThrownBy(() -> Tokenizers.read(folder.resolve("nowhere"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Tokenizers.find(folder.resolve("nowhere"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void mergesMayBeOneString() throws IOException {
        edit(root -> {
            ArrayNode merges = mapper.createArrayNode();
            root.at("/model/merges")
                    .forEach(pair -> merges.add(
                            pair.get(0).stringValue() + " " + pair.get(1).stringValue()));
            ((ObjectNode) root.get("model")).set("merges", merges);
        });
        assertThat(TokenizerJson.read(file).vocabulary().merges())
                .isEqualTo(bpe.vocabulary().merges());
    }

    @Test
    void harmlessVariantsOfTheFormatAreRead() throws IOException {
        edit(root -> {
            model(root).put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
            model(root).remove("ignore_merges");
            model(root).remove("type");
            model(root).put("unk_token", "<|endoftext|>");
            ((ObjectNode) root.get("model").get("vocab")).remove("<|pad|>"); // added tokens need not stand there
            root.set("post_processor", root.get("decoder").deepCopy());
            ((ObjectNode) root.get("pre_tokenizer")).remove("use_regex");
        });
        assertThat(TokenizerJson.read(file).vocabulary().tokens())
                .isEqualTo(bpe.vocabulary().tokens());
    }

    @Test
    void refusesWhatItDoesNotSupportByName() throws IOException {
        refuses(root -> root.put("version", "2.0"), "version", "2.0");
        refuses(root -> root.putObject("normalizer").put("type", "NFC"), "normalizer", "NFC");
        refuses(root -> root.putObject("truncation").put("max_length", 3), "truncation");
        refuses(root -> root.putObject("padding"), "padding");
        refuses(root -> root.putObject("pre_tokenizer").put("type", "Metaspace"), "pre_tokenizer", "Metaspace");
        refuses(root -> root.putNull("pre_tokenizer"), "pre_tokenizer");
        refuses(root -> object(root, "pre_tokenizer").put("add_prefix_space", true), "add_prefix_space");
        refuses(root -> object(root, "pre_tokenizer").put("use_regex", false), "use_regex");
        refuses(root -> root.putObject("post_processor").put("type", "TemplateProcessing"), "TemplateProcessing");
        refuses(root -> root.putObject("decoder").put("type", "WordPiece"), "decoder", "WordPiece");
        refuses(root -> model(root).put("type", "Unigram"), "Unigram");
        refuses(root -> model(root).putNull("type"), "model is null");
        refuses(root -> model(root).put("dropout", 0.1), "dropout");
        refuses(root -> model(root).put("byte_fallback", true), "byte_fallback");
        refuses(root -> model(root).put("end_of_word_suffix", "</w>"), "end_of_word_suffix");
        refuses(root -> model(root).put("novelty", 1), "novelty");
        refuses(root -> root.put("novelty", 1), "novelty");
        refuses(root -> ((ObjectNode) root.at("/added_tokens/0")).put("special", false), "not special");
    }

    @Test
    void refusesContradictions() throws IOException {
        refuses(
                root -> ((ArrayNode) root.at("/model/merges"))
                        .addArray()
                        .add("zz")
                        .add("a"),
                "zz",
                "merge");
        refuses(
                root -> ((ArrayNode) root.at("/model/merges"))
                        .addArray()
                        .add("z")
                        .add("z"),
                "lacks");
        refuses(root -> ((ArrayNode) root.at("/model/merges")).add("a b c"), "a b c");
        refuses(root -> ((ArrayNode) root.at("/model/merges")).add(7), "7");
        refuses(root -> object(model(root), "vocab").put("a", 5), "share id");
        refuses(root -> object(model(root), "vocab").put("zz", 900), "900", "holes");
        refuses(root -> object(model(root), "vocab").put("zz", -1), "-1");
        refuses(root -> object(model(root), "vocab").put("zz", "x"), "zz");
        refuses(root -> object(model(root), "vocab").remove("a"), "holes");
        refuses(root -> ((ObjectNode) root.at("/added_tokens/0")).put("id", 5), "two ids");
        refuses(root -> model(root).remove("vocab"), "vocab", "missing");
        refuses(root -> model(root).remove("merges"), "merges", "missing");
    }

    @Test
    void refusesWhatIsNotJson() throws IOException {
        Files.writeString(file, "");
        assertThatThrownBy(() -> Tokenizers.read(folder)).hasMessageContainingAll(file.toString(), "empty");
        Files.writeString(file, "{\"version\": \"1.0\",\n  oops}");
        assertThatThrownBy(() -> Tokenizers.read(folder)).hasMessageContainingAll(file.toString(), "line 2");
        Files.writeString(file, "[]");
        assertThatThrownBy(() -> Tokenizers.read(folder)).hasMessageContaining("object");
        Files.writeString(file, "{\"version\": \"1.0\", \"version\": \"1.0\"}");
        assertThatThrownBy(() -> Tokenizers.read(folder)).hasMessageContainingAll("uplicate", "version");
        Files.writeString(file, "[".repeat(100_000));
        assertThatThrownBy(() -> Tokenizers.read(folder)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] config = Files.readAllBytes(folder.resolve("tokenizer_config.json"));
        Trials.repeat(800, random -> {
            Files.write(file, Trials.damaged(random, content));
            Files.write(
                    folder.resolve("tokenizer_config.json"),
                    random.nextBoolean() ? config : Trials.damaged(random, config));
            try {
                Tokenizer read = Tokenizers.read(folder);
                assertThat(read.decode(read.encode("the cat"))).isEqualTo("the cat");
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains(folder.toString());
            }
        });
    }

    private void edit(Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) mapper.readTree(Files.readAllBytes(file));
        change.accept(root);
        Files.write(file, mapper.writeValueAsString(root).getBytes(StandardCharsets.UTF_8));
    }

    private void refuses(Consumer<ObjectNode> change, String... message) throws IOException {
        TokenizerJson.write(bpe, file);
        edit(change);
        assertThatThrownBy(() -> TokenizerJson.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(message);
    }

    private static ObjectNode model(ObjectNode root) {
        return object(root, "model");
    }

    private static ObjectNode object(ObjectNode parent, String key) {
        return (ObjectNode) parent.get(key);
    }
}
