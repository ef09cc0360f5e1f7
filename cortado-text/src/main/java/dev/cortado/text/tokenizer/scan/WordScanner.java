package dev.cortado.text.tokenizer.scan;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Cuts UTF-8 text into words as the alternatives of a split pattern do, which together match every text whole.
/// Implementations are immutable.
///
/// A byte that is not part of well-formed UTF-8 counts as one character that is neither white space nor letter nor
/// number, so malformed input is cut too and loses nothing.
public sealed interface WordScanner permits Gpt2Scanner, Gpt4Scanner, Gpt4oScanner {
    /// GPT-2's pattern.
    String GPT2 = "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /// GPT-4's pattern (`cl100k_base`) as tiktoken has it, but for its `\p{N}{1,3}+`: Oniguruma, whose syntax files
    /// are in, would read that as any number of digits.
    String CL100K = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s";

    /// Llama 3's pattern: GPT-4's as it was written first. It differs at the end of a text only.
    String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /// Qwen 2's pattern: Llama 3's with each digit alone.
    String QWEN2 = LLAMA3.replace("{1,3}", "");

    /// GPT-4o's pattern (`o200k_base`).
    String O200K = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
            + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
            + "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /// Where the word that begins at `start` ends.
    ///
    /// @param text  UTF-8
    /// @param start first byte of a word, `< end`
    /// @param end   end of the text
    int wordEnd(byte[] text, int start, int end);

    /// The scanner of a pattern, spelled in one of the ways in which files have it; empty when there is none.
    static Optional<WordScanner> of(String pattern) {
        return Optional.ofNullable(Spellings.SCANNERS.get(pattern));
    }

    /// The spellings of the patterns that are in use; those of one scanner match the same.
    final class Spellings {
        private static final Map<String, WordScanner> SCANNERS = Map.ofEntries(
                Map.entry(GPT2, new Gpt2Scanner()),
                Map.entry(
                        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                        new Gpt2Scanner()),
                Map.entry(
                        "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s",
                        new Gpt2Scanner()),
                Map.entry(CL100K, new Gpt4Scanner(3, true)),
                Map.entry(LLAMA3, new Gpt4Scanner(3, false)),
                Map.entry(QWEN2, new Gpt4Scanner(1, false)),
                Map.entry(O200K, new Gpt4oScanner()));

        private Spellings() {}

        static Set<String> all() {
            return SCANNERS.keySet();
        }
    }
}
