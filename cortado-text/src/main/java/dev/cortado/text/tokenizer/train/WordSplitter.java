package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.pipeline.AlignedText;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Cuts a text into words, as a pipeline's normalizer and pre-tokenizer do, for somebody who counts them. Thread-safe.
///
/// Lone surrogates, which UTF-8 cannot hold, count as `?`.
@FunctionalInterface
interface WordSplitter {
    /// Takes words.
    @FunctionalInterface
    interface Sink {
        /// Takes the word `text[start, end)`, UTF-8.
        void add(byte[] text, int start, int end);
    }

    /// Gives the words of a text to a sink.
    void split(String text, Sink words);

    /// What a pipeline with these parts does. The common pre-tokenizers are done without the alignment that only
    /// encoding needs, when there is no normalizer.
    static WordSplitter of(Optional<Normalizer> normalizer, Optional<PreTokenizer> preTokenizer) {
        if (normalizer.isEmpty() && preTokenizer.isPresent()) {
            switch (preTokenizer.get()) {
                case PreTokenizer.CharDelimiterSplit split -> {
                    return (text, words) -> cut(text, words, c -> c == split.delimiter());
                }
                case PreTokenizer.WhitespaceSplit _ -> {
                    return (text, words) -> cut(text, words, WordSplitter::isWhitespace);
                }
                case PreTokenizer.Metaspace metaspace
                when metaspace.split() && metaspace.prepend() != PreTokenizer.Prepend.NEVER -> {
                    return (text, words) -> cutMetaspace(text, words, metaspace.replacement());
                }
                default -> {}
            }
        }
        return aligned(normalizer, preTokenizer);
    }

    /// The parts themselves, one after the other.
    static WordSplitter aligned(Optional<Normalizer> normalizer, Optional<PreTokenizer> preTokenizer) {
        return (text, words) -> {
            AlignedText original = AlignedText.of(text);
            AlignedText normalized = normalizer.map(n -> n.normalize(original)).orElse(original);
            List<AlignedText> pieces =
                    preTokenizer.map(p -> p.split(normalized)).orElse(List.of(normalized));
            for (AlignedText piece : pieces) {
                add(piece.text(), words);
            }
        };
    }

    /// The words a scanner cuts, after normalizing.
    static WordSplitter scanned(Optional<Normalizer> normalizer, WordScanner scanner) {
        return (text, words) -> {
            String normalized = normalizer
                    .map(n -> n.normalize(AlignedText.of(text)).text())
                    .orElse(text);
            byte[] bytes = normalized.getBytes(StandardCharsets.UTF_8);
            for (int start = 0, end; start < bytes.length; start = end) {
                end = scanner.wordEnd(bytes, start, bytes.length);
                words.add(bytes, start, end);
            }
        };
    }

    /// Gives the characters of the words instead.
    default WordSplitter characters() {
        return (text, words) -> split(text, (bytes, start, end) -> {
            for (int i = start, width; i < end; i += width) {
                int first = bytes[i] & 0xFF;
                width = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; // it is well-formed
                words.add(bytes, i, i + width);
            }
        });
    }

    /// The words between delimiters.
    private static void cut(String text, Sink words, IntPredicate delimiter) {
        int start = 0;
        for (int i = 0, width; i < text.length(); i += width) {
            int c = text.codePointAt(i);
            width = Character.charCount(c);
            if (delimiter.test(c)) {
                add(text.substring(start, i), words);
                start = i + width;
            }
        }
        add(text.substring(start), words);
    }

    /// The words with the mark that replaces the space before them; a text without one gets one.
    private static void cutMetaspace(String text, Sink words, String mark) {
        String marked = text.replace(" ", mark);
        if (marked.isEmpty()) {
            return;
        }
        if (!marked.startsWith(mark)) {
            marked = mark + marked;
        }
        int start = 0;
        for (int next = marked.indexOf(mark, mark.length());
                next >= 0;
                next = marked.indexOf(mark, start + mark.length())) {
            add(marked.substring(start, next), words);
            start = next;
        }
        add(marked.substring(start), words);
    }

    private static void add(String word, Sink words) {
        if (!word.isEmpty()) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            words.add(bytes, 0, bytes.length);
        }
    }

    /// Unicode's White_Space, as Rust's `char::is_whitespace`.
    private static boolean isWhitespace(int c) {
        return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || (c >= 0x80 && Character.isSpaceChar(c));
    }
}
