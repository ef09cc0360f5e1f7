package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.Oracle;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PipelineJsonTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String WORD_LEVEL = "{'type':'WordLevel','vocab':{'[UNK]':0,'a':1,'b':2},'unk_token':'[UNK]'}";

    @TempDir
    private Path folder;

    private static String file(String normalizer, String preTokenizer, String processor, String decoder, String model) {
        return ("{'version':'1.0','truncation':null,'padding':null,'added_tokens':[],'normalizer':" + normalizer
                        + ",'pre_tokenizer':" + preTokenizer + ",'post_processor':" + processor + ",'decoder':"
                        + decoder
                        + ",'model':" + model + "}")
                .replace('\'', '"');
    }

    private Pipeline read(String json) throws IOException {
        Path file = folder.resolve(PipelineJson.FILE_NAME);
        Files.writeString(file, json);
        return PipelineJson.read(file);
    }

    /// What is read and written is the same JSON, and Hugging Face's library reads it too.
    private void comesBack(String json) throws IOException {
        Path out = folder.resolve("again.json");
        PipelineJson.write(read(json), out);
        String again = Files.readString(out);
        assertThat(JSON.readTree(again)).isEqualTo(JSON.readTree(json));
        new Oracle(again).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':false,'strip_accents':null,'lowercase':true}",
                "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'strip_accents':false,'lowercase':true}",
                "{'type':'Strip','strip_left':true,'strip_right':false}",
                "{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'NFD'},{'type':'NFKC'},{'type':'NFKD'},"
                        + "{'type':'StripAccents'},{'type':'Lowercase'},{'type':'Nmt'},{'type':'ByteLevel'}]}",
                "{'type':'Prepend','prepend':'▁'}",
                "{'type':'Replace','pattern':{'String':' '},'content':'▁'}",
                "{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}"
            })
    void normalizersComeBack(String normalizer) throws IOException {
        comesBack(file(normalizer, "null", "null", "null", WORD_LEVEL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':false}",
                "{'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':false}",
                "{'type':'Sequence','pretokenizers':[{'type':'Whitespace'},{'type':'WhitespaceSplit'},"
                        + "{'type':'BertPreTokenizer'},{'type':'UnicodeScripts'}]}",
                "{'type':'Punctuation','behavior':'MergedWithPrevious'}",
                "{'type':'Digits','individual_digits':true}",
                "{'type':'Split','pattern':{'Regex':'\\\\s+'},'behavior':'Contiguous','invert':true}",
                "{'type':'CharDelimiterSplit','delimiter':'𝒳'}",
                "{'type':'FixedLength','length':7}"
            })
    void preTokenizersComeBack(String preTokenizer) throws IOException {
        comesBack(file("null", preTokenizer, "null", "null", WORD_LEVEL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'BertProcessing','sep':['b',2],'cls':['a',1]}",
                "{'type':'RobertaProcessing','sep':['b',2],'cls':['a',1],'trim_offsets':true,'add_prefix_space':false}",
                "{'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':true},"
                    + "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'x','type_id':0}},{'Sequence':{'id':'A','type_id':1}}],"
                    + "'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':2}}],"
                    + "'special_tokens':{'x':{'id':'x','ids':[1,2],'tokens':['a','b']}}}]}"
            })
    void postProcessorsComeBack(String processor) throws IOException {
        comesBack(file("null", "null", processor, "null", WORD_LEVEL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true}",
                "{'type':'WordPiece','prefix':'##','cleanup':true}",
                "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
                "{'type':'Sequence','decoders':[{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':'"
                        + " ','start':1,'stop':0}]}",
                "{'type':'BPEDecoder','suffix':'</w>'}",
                "{'type':'CTC','pad_token':'<pad>','word_delimiter_token':'|','cleanup':false}",
                "{'type':'Replace','pattern':{'String':'▁'},'content':' '}"
            })
    void decodersComeBack(String decoder) throws IOException {
        comesBack(file("null", "null", "null", decoder, WORD_LEVEL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'BPE','dropout':null,'unk_token':null,'continuing_subword_prefix':'##','end_of_word_suffix':'</w>',"
                    + "'fuse_unk':true,'byte_fallback':false,'ignore_merges':true,'vocab':{'a':0,'##b':1,'ab':2},'merges':[['a','##b']]}",
                "{'type':'WordPiece','unk_token':'a','continuing_subword_prefix':'##','max_input_chars_per_word':100,'vocab':{'a':0}}",
                "{'type':'Unigram','unk_id':0,'vocab':[['a',-1.5],['b',-2.25]],'byte_fallback':true}",
                "{'type':'Unigram','unk_id':null,'vocab':[['a',-1.5]],'byte_fallback':false}"
            })
    void modelsComeBack(String model) throws IOException {
        comesBack(file("null", "null", "null", "null", model));
    }

    @Test
    void truncationPaddingAndAddedTokensComeBack() throws IOException {
        String json = file("null", "null", "null", "null", WORD_LEVEL);
        comesBack(json.replace(
                "\"truncation\":null",
                "\"truncation\":{\"direction\":\"Left\",\"max_length\":9,\"strategy\":\"OnlySecond\",\"stride\":2}"));
        for (String strategy : List.of("\"BatchLongest\"", "{\"Fixed\":7}")) {
            comesBack(json.replace(
                    "\"padding\":null",
                    "\"padding\":{\"strategy\":" + strategy + ",\"direction\":\"Left\",\"pad_to_multiple_of\":8,"
                            + "\"pad_id\":1,\"pad_type_id\":2,\"pad_token\":\"a\"}"));
        }
        comesBack(json.replace(
                "\"added_tokens\":[]",
                "\"added_tokens\":[{\"id\":1,\"content\":\"a\",\"single_word\":true,\"lstrip\":true,\"rstrip\":false,"
                        + "\"normalized\":true,\"special\":true},{\"id\":3,\"content\":\" 𝒳\",\"single_word\":false,"
                        + "\"lstrip\":false,\"rstrip\":true,\"normalized\":false,\"special\":false}]"));
    }

    /// The library numbers added tokens that the model lacks; in the model's vocabulary, they keep their ids.
    @Test
    void addedTokensKeepTheirIds() throws IOException {
        String special =
                ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false," + "\"special\":true}";
        for (int id : new int[] {3, 9}) {
            Pipeline pipeline = read(file("null", "{'type':'WhitespaceSplit'}", "null", "null", WORD_LEVEL)
                    .replace(
                            "\"added_tokens\":[]",
                            "\"added_tokens\":[{\"id\":" + id + ",\"content\":\"<s>\"" + special + "]"));
            Path out = folder.resolve("again.json");
            PipelineJson.write(pipeline, out);
            var ours = new PipelineTokenizer(PipelineJson.read(out));
            assertThat(ours.encode("a <s> b", SpecialText.ALWAYS, false)).containsExactly(1, id, 2);
            assertThat(ours.encode("a <s> b")).containsExactly(1, 0, 2);
            assertThat(ours.vocabSize()).isEqualTo(id + 1);
            try (var theirs = new Oracle(Files.readString(out))) {
                assertThat(theirs.ids("a <s> b", false)).containsExactly(1, id, 2);
            }
        }
    }

    @Test
    void oldFormsAreRead() throws IOException {
        assertThat(read(file(
                                "null",
                                "{'type':'Metaspace','replacement':'_','str_rep':'_','add_prefix_space':false}",
                                "null",
                                "null",
                                "{'vocab':{'[UNK]':0},'unk_token':'[UNK]'}"))
                        .preTokenizer())
                .contains(new PreTokenizer.Metaspace("_", PreTokenizer.Prepend.NEVER, true));
        List<String> equal = List.of(
                "{'vocab':{'a':0,'b':1,'ab':2},'merges':['#version: 0.2','a b']}",
                "{'type':'BPE','dropout':null,'unk_token':'','continuing_subword_prefix':'','end_of_word_suffix':'',"
                        + "'vocab':{'ab':2,'b':1,'a':0},'merges':[['a','b']]}");
        for (String model : equal) {
            assertThat(PipelineWriter.write(read(file("null", "null", "null", "null", model))))
                    .isEqualTo(PipelineWriter.write(read(file("null", "null", "null", "null", equal.getFirst()))));
        }
        read("{\"model\":" + WORD_LEVEL.replace('\'', '"') + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "'version':'1.0'; 'version':'2.0'; version is \"2.0\", not \"1.0\", the only version there is",
                "'version':'1.0'; 'versions':'1.0'; the file has the unknown key 'versions'",
                "'type':'Lowercase'; 'type':'Uppercase'; normalizer.type is \"Uppercase\", not one of BertNormalizer,"
                        + " ByteLevel,",
                "'type':'Lowercase'; 'type':'Lowercase','x':1; normalizer has the unknown key 'x'; known are type",
                "'type':'Lowercase'; 'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Strip'}];"
                        + " normalizer.normalizers[1].strip_left is missing; it must be true or false",
                "'type':'Lowercase'; 'type':'Precompiled','precompiled_charsmap':'????';"
                        + " normalizer.precompiled_charsmap: Illegal base64 character",
                "'type':'Lowercase'; 'type':'Replace','pattern':{'Regex':'('},'content':''; normalizer: ",
                "'type':'Whitespace'; 'type':'ByteLevel'; pre_tokenizer.add_prefix_space is missing",
                "'type':'Whitespace'; 'type':'Metaspace','replacement':'ab'; pre_tokenizer.replacement is \"ab\", not"
                        + " a string of one character",
                "'type':'Whitespace'; 'type':'Punctuation','behavior':'Odd'; pre_tokenizer.behavior is \"Odd\", not"
                        + " one of Removed, Isolated,",
                "'a':1; 'a':0; model.vocab: tokens ",
                "'a':1; 'a':-1; model.vocab has 'a' with id -1",
                "'a':1; 'a':1e9; model.vocab has 'a' with id",
                "'a':1; 'a':99999999999999999999; model.vocab has 'a' with id",
                "'a':1; 'a':2147483647; model.vocab: the largest id is 2147483647",
                "'a':1; 'a':1,'a':1; is not JSON",
                "'a':1; '\\udc00':1; low surrogate",
                "'unk_token':'[UNK]'; 'unk_token':'\\udc00'; surrogate",
                "'post_processor':null;"
                    + " 'post_processor':{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'x','type_id':0}}],'pair':[],'special_tokens':{}};"
                    + " post_processor: the template's special token 'x' is not among",
                "'post_processor':null;"
                    + " 'post_processor':{'type':'TemplateProcessing','single':[{'Sequence':{'id':'B','type_id':0}}],'pair':[],'special_tokens':{}};"
                    + " which only a pair has",
                "'added_tokens':[]; 'added_tokens':[{'id':1}]; added_tokens[0].content is missing",
                "'added_tokens':[]; 'added_tokens':[7]; added_tokens[0] is 7, not an object",
                "'padding':null;"
                    + " 'padding':{'strategy':{'Fixed':2000000000},'direction':'Left','pad_id':0,'pad_type_id':0,'pad_token':''};"
                    + " padding: padding to 2000000000 tokens",
                "'truncation':null; 'truncation':{'max_length':1}; truncation.strategy is missing"
            })
    void whatIsWrongIsToldWithItsPlace(String from, String to, String message) {
        String json = file("{'type':'Lowercase'}", "{'type':'Whitespace'}", "null", "null", WORD_LEVEL);
        assertThatThrownBy(() -> read(json.replace(from.replace('\'', '"'), to.replace('\'', '"'))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "['a c']; model.merges[0] needs the token 'c', which is not in the vocabulary",
                "['b a']; model.merges: merge 0 ('b' 'a') makes 'ba', which is not in the vocabulary",
                "['a b',['a','b']]; model.merges[1] is [\"a\",\"b\"], not a string",
                "['a b a']; model.merges[0] is \"a b a\", not two tokens with one space between them",
                "[3]; model.merges[0] is 3, not a list",
                "{}; model.merges is {}, not a list"
            })
    void wrongMerges(String merges, String message) {
        String model = "{'type':'BPE','vocab':{'a':0,'b':1,'ab':2},'merges':" + merges + "}";
        assertThatThrownBy(() -> read(file("null", "null", "null", "null", model)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{'type':'Sequence','normalizers':[".repeat(10_000) + "]}".repeat(10_000);
        assertThatThrownBy(() -> read(file(deep, "null", "null", "null", WORD_LEVEL)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> PipelineJson.read(folder.resolve("none.json")))
                .isInstanceOf(NoSuchFileException.class);
    }

    /// The published tokenizer of Phi-3: its cases, and the library on text of all kinds.
    @Test
    void phi3() throws IOException {
        Path published = SharedData.require("tokenizers/phi3/tokenizer.json");
        Pipeline pipeline = PipelineJson.read(published);
        Path copy = folder.resolve("copy.json");
        PipelineJson.write(pipeline, copy);
        var ours = new PipelineTokenizer(PipelineJson.read(copy));
        for (String line : Files.readAllLines(SharedData.require("tokenizers/phi3/cases.jsonl"))) {
            JsonNode row = JSON.readTree(line);
            int[] ids =
                    row.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
            assertThat(ours.encode(row.get("text").stringValue())).as(line).isEqualTo(ids);
        }
        assertThat(ours.addsBos()).isTrue();
        assertThat(ours.vocabSize()).isEqualTo(32045);
        List<String> lines = Files.readAllLines(SharedData.require("corpora/wikitext2-valid.txt"));
        try (var theirs = new Oracle(Files.readString(copy))) {
            for (String line : lines.subList(0, 600)) {
                equal(ours, theirs, line);
            }
            Trials.repeat(300, random -> {
                List<String> marks = List.of("<|user|>", "<|end|> \n", "</s>", "<s>", " <|image|>", "<|");
                equal(
                        ours,
                        theirs,
                        Trials.text(random, 20) + marks.get(random.nextInt(marks.size())) + Trials.text(random, 20));
                int[] ids = random.ints(20, 0, ours.vocabSize()).toArray();
                assertThat(ours.decode(ids, true)).isEqualTo(theirs.decode(ids, true));
                assertThat(ours.decode(ids)).isEqualTo(theirs.decode(ids, false));
            });
        }
    }

    private static void equal(PipelineTokenizer ours, Oracle theirs, String text) {
        assertThat(Oracle.lines(ours.encoding(text, SpecialText.ALWAYS, true), text))
                .as(text)
                .isEqualTo(theirs.encoding(text, true));
    }

    /// A damaged file is read or refused; nothing else happens.
    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        byte[] small = file(
                        "{'type':'Replace','pattern':{'Regex':'a+'},'content':'b'}",
                        "{'type':'Split','pattern':{'String':' '},'behavior':'Isolated','invert':false}",
                        "{'type':'BertProcessing','sep':['b',2],'cls':['a',1]}",
                        "{'type':'Sequence','decoders':[{'type':'Strip','content':' ','start':1,'stop':0}]}",
                        WORD_LEVEL)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        damage(small, 3000);
        damage(Files.readAllBytes(SharedData.require("tokenizers/phi3/tokenizer.json")), 12);
    }

    private void damage(byte[] content, int times) {
        Path file = folder.resolve("damaged.json");
        Trials.repeat(times, random -> {
            Files.write(file, Trials.damaged(random, content));
            try {
                new PipelineTokenizer(PipelineJson.read(file)).encode("a b<s>", SpecialText.ALWAYS, true);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }
}
