package dev.cortado.text.tokenizer.pipeline;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Hugging Face's library reading a `tokenizer.json`; encodings are lines of text that tell everything about a token.
/// Through DJL's native methods, because its classes put their own truncation and padding in place of the file's.
public final class Oracle implements AutoCloseable {
    private static final String TOKEN = "%d '%s' %s type %d word %d special %d attention %d sequence %d";

    private final TokenizersLibrary library;
    private final long tokenizer;

    /// @param natives folder for the library's native code
    public Oracle(String json, Path natives) {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        System.setProperty("ENGINE_CACHE_DIR", natives.toString());
        LibUtils.checkStatus(); // loads the native code
        library = TokenizersLibrary.LIB;
        tokenizer = library.createTokenizerFromString(json);
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
        int[] ids = Arrays.stream(library.getTokenIds(encoding))
                .mapToInt(Math::toIntExact)
                .toArray();
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
    ///
    /// @param texts what was encoded, if ranges are of texts and not of given words
    public static List<String> lines(Encoding encoding, String... texts) {
        List<String> lines = new ArrayList<>();
        List<int[]> ranges = encoding.codePointRanges(texts);
        for (int i = 0; i < encoding.size(); i++) {
            Token token = encoding.tokens().get(i);
            lines.add(TOKEN.formatted(
                    token.id(),
                    token.text(),
                    Arrays.toString(ranges.get(i)),
                    token.typeId(),
                    token.word().orElse(-1),
                    encoding.specialMask()[i],
                    encoding.attentionMask()[i],
                    token.sequence().orElse(-1)));
        }
        for (Encoding piece : encoding.overflow()) {
            lines.add("overflow");
            lines(piece, texts).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
