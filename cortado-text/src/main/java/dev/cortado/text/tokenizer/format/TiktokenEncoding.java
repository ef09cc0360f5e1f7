package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.scan.WordScanner;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// What a `.tiktoken` file does not say about its encoding.
///
/// @param pattern  cuts text into words, in Oniguruma's syntax
/// @param specials each special token's id
public record TiktokenEncoding(String name, String pattern, SequencedMap<String, Integer> specials) {
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final String END_OF_PROMPT = "<|endofprompt|>";

    /// GPT-2 and GPT-3.
    public static final TiktokenEncoding R50K_BASE =
            new TiktokenEncoding("r50k_base", WordScanner.GPT2, specials(Map.entry(END_OF_TEXT, 50256)));

    /// Codex.
    public static final TiktokenEncoding P50K_BASE =
            new TiktokenEncoding("p50k_base", WordScanner.GPT2, specials(Map.entry(END_OF_TEXT, 50256)));

    /// GPT-3.5 and GPT-4. The pattern is the one it was published with; the present one only cuts white space at
    /// the end of a text elsewhere, where this vocabulary joins nothing, so that the tokens are the same.
    public static final TiktokenEncoding CL100K_BASE = new TiktokenEncoding(
            "cl100k_base",
            WordScanner.LLAMA3,
            specials(
                    Map.entry(END_OF_TEXT, 100257),
                    Map.entry("<|fim_prefix|>", 100258),
                    Map.entry("<|fim_middle|>", 100259),
                    Map.entry("<|fim_suffix|>", 100260),
                    Map.entry(END_OF_PROMPT, 100276)));

    /// GPT-4o.
    public static final TiktokenEncoding O200K_BASE = new TiktokenEncoding(
            "o200k_base",
            WordScanner.O200K,
            specials(Map.entry(END_OF_TEXT, 199999), Map.entry(END_OF_PROMPT, 200018)));

    /// The encodings above.
    public static final List<TiktokenEncoding> KNOWN = List.of(R50K_BASE, P50K_BASE, CL100K_BASE, O200K_BASE);

    public TiktokenEncoding {
        specials = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(specials));
    }

    @SafeVarargs
    private static SequencedMap<String, Integer> specials(Map.Entry<String, Integer>... entries) {
        var specials = new LinkedHashMap<String, Integer>();
        for (var entry : entries) {
            specials.put(entry.getKey(), entry.getValue());
        }
        return specials;
    }
}
