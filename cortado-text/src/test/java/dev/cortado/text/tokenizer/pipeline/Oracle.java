package dev.cortado.text.tokenizer.pipeline;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.cortado.testkit.RepositoryRoot;
import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Hugging Face's library reading a `tokenizer.json`; encodings are lines of text that tell everything about a token.
/// Through DJL's native methods, because its classes put their own truncation and padding in place of the file's.
public final class Oracle implements AutoCloseable {
    private static final String TOKEN = "%d '%s' %s type %d word %d special %d attention %d sequence %d";

    private static final CharSpan NO_SPAN = new CharSpan(0, 0);

    private final TokenizersLibrary library;
    private final long tokenizer;

    /// What the library says about a token: its range is in code points, and without a word it has -1.
    public record Seen(int id, int start, int end, int typeId, int word, boolean special) {}

    /// @param json the content of a `tokenizer.json`
    public Oracle(String json) {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        System.setProperty(
                "ENGINE_CACHE_DIR",
                RepositoryRoot.path().resolve("cortado-text/target/natives").toString());
        LibUtils.checkStatus(); // loads the native code
        library = TokenizersLibrary.LIB;
        tokenizer = library.createTokenizerFromString(json);
    }

    /// The tokens of a text, without their spelling: for many texts.
    public List<Seen> seen(String text, boolean addSpecial) {
        long encoding = library.encode(tokenizer, text, addSpecial);
        CharSpan[] spans = library.getTokenCharSpans(encoding);
        long[] ids = library.getTokenIds(encoding);
        long[] types = library.getTypeIds(encoding);
        long[] words = library.getWordIds(encoding);
        long[] special = library.getSpecialTokenMask(encoding);
        library.deleteEncoding(encoding);
        List<Seen> seen = new ArrayList<>(ids.length);
        for (int i = 0; i < ids.length; i++) {
            CharSpan span = spans[i] == null ? NO_SPAN : spans[i];
            seen.add(new Seen(
                    Math.toIntExact(ids[i]),
                    span.getStart(),
                    span.getEnd(),
                    (int) types[i],
                    (int) words[i],
                    special[i] == 1));
        }
        return seen;
    }

    /// Our encoding of a text in the same form.
    public static List<Seen> seen(Encoding encoding, String text) {
        List<int[]> ranges = encoding.codePointRanges(text);
        List<Seen> seen = new ArrayList<>(encoding.size());
        for (int i = 0; i < encoding.size(); i++) {
            Token token = encoding.tokens().get(i);
            int[] range = ranges.get(i);
            seen.add(new Seen(
                    token.id(), range[0], range[1], token.typeId(), token.word().orElse(-1), token.special()));
        }
        return seen;
    }

    private static int[] ints(long[] numbers) {
        return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
    }

    public List<String> encoding(String text, boolean addSpecial) {
        return taken(library.encode(tokenizer, text, addSpecial));
    }

    public List<String> encoding(String text, String second, boolean addSpecial) {
        return taken(library.encodeDual(tokenizer, text, second, addSpecial));
    }

    public List<String> encodingOfWords(List<String> words, boolean addSpecial) {
        return taken(library.encodeList(tokenizer, words.toArray(String[]::new), addSpecial));
    }

    public List<List<String>> batch(List<String> texts, boolean addSpecial) {
        return Arrays.stream(library.batchEncode(tokenizer, texts.toArray(String[]::new), addSpecial))
                .mapToObj(this::taken)
                .toList();
    }

    public int[] ids(String text, boolean addSpecial) {
        long encoding = library.encode(tokenizer, text, addSpecial);
        int[] ids = ints(library.getTokenIds(encoding));
        library.deleteEncoding(encoding);
        return ids;
    }

    public String decode(int[] ids, boolean skipSpecial) {
        return library.decode(tokenizer, Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    @Override
    public void close() {
        library.deleteTokenizer(tokenizer);
    }

    private List<String> taken(long encoding) {
        List<String> lines = new ArrayList<>();
        long[] ids = library.getTokenIds(encoding);
        String[] tokens = library.getTokens(encoding);
        var spans = library.getTokenCharSpans(encoding);
        long[] types = library.getTypeIds(encoding);
        long[] words = library.getWordIds(encoding);
        long[] special = library.getSpecialTokenMask(encoding);
        long[] attention = library.getAttentionMask(encoding);
        long[] sequences = library.getSequenceIds(encoding);
        for (int i = 0; i < ids.length; i++) {
            String span = spans[i] == null ? "[0, 0]" : "[%d, %d]".formatted(spans[i].getStart(), spans[i].getEnd());
            // Without a post-processor the library counts padding to the text.
            long sequence = attention[i] == 0 ? -1 : sequences[i];
            lines.add(TOKEN.formatted(ids[i], tokens[i], span, types[i], words[i], special[i], attention[i], sequence));
        }
        for (long piece : library.getOverflowing(encoding)) {
            lines.add("overflow");
            taken(piece).forEach(line -> lines.add("  " + line));
        }
        library.deleteEncoding(encoding);
        return lines;
    }

    /// Our encoding in the same form.
    public static List<String> lines(Encoding encoding, String... texts) {
        return lines(encoding, token -> texts[token.sequence().orElse(0)]);
    }

    /// Our encoding of given words, each of which has its own ranges.
    static List<String> linesOfWords(Encoding encoding, List<String> words) {
        return lines(encoding, token -> words.get(token.word().orElse(0)));
    }

    private static List<String> lines(Encoding encoding, Function<Token, String> source) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < encoding.size(); i++) {
            Token token = encoding.tokens().get(i);
            String text = source.apply(token);
            lines.add(TOKEN.formatted(
                    token.id(),
                    token.text(),
                    "[%d, %d]".formatted(text.codePointCount(0, token.start()), text.codePointCount(0, token.end())),
                    token.typeId(),
                    token.word().orElse(-1),
                    encoding.specialMask()[i],
                    encoding.attentionMask()[i],
                    token.sequence().orElse(-1)));
        }
        for (Encoding piece : encoding.overflow()) {
            lines.add("overflow");
            lines(piece, source).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
