package dev.cortado.text.tokenizer.pipeline;

import java.util.ArrayList;
import java.util.List;

/// Cuts text into words, which tokens never cross: the `pre_tokenizer` of a `tokenizer.json`, one record for each
/// type the Hugging Face tokenizers library has.
public sealed interface PreTokenizer {
    /// The words of a piece, in order, without empty ones.
    List<AlignedText> split(AlignedText piece);

    /// What becomes of what a pattern finds (`SplitDelimiterBehavior`).
    enum Delimiter {
        REMOVED,
        ISOLATED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS
    }

    /// When [Metaspace] puts its mark before a text (`prepend_scheme`).
    enum Prepend {
        FIRST,
        NEVER,
        ALWAYS
    }

    /// `ByteLevel`.
    ///
    /// @param addPrefixSpace whether a space is put before every piece that does not begin with one
    /// @param trimOffsets    has no effect here; the post-processor of the same name uses its own
    /// @param useRegex       whether the text is cut into words as GPT-2 does it
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements PreTokenizer {
        private static final OnigPattern GPT2 =
                new OnigPattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

        @Override
        public List<AlignedText> split(AlignedText piece) {
            boolean prefix = addPrefixSpace && !piece.text().startsWith(" ");
            AlignedText text = prefix ? new Normalizer.Prepend(" ").normalize(piece) : piece;
            List<AlignedText> words =
                    useRegex ? Spans.cut(text, GPT2.spans(text.text()), Delimiter.ISOLATED) : Spans.present(text);
            return words.stream().map(ByteLevelText::of).toList();
        }
    }

    /// `Whitespace`: `\w+|[^\w\s]+`.
    record Whitespace() implements PreTokenizer {
        // The engine is another one here than for patterns of files: its words hold the two joiners, too.
        private static final OnigPattern WORDS = new OnigPattern("[\\w\\u200C\\u200D]+|[^\\w\\s\\u200C\\u200D]+");

        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Spans.cut(piece, Spans.inverted(WORDS.spans(piece.text())), Delimiter.REMOVED);
        }
    }

    /// `WhitespaceSplit`: at white space, which is removed.
    record WhitespaceSplit() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Spans.cut(piece, Spans.ofCharacters(piece.text(), CharacterKinds::isWhiteSpace), Delimiter.REMOVED);
        }
    }

    /// `BertPreTokenizer`: at white space, which is removed, and around punctuation.
    record Bert() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return new WhitespaceSplit()
                    .split(piece).stream()
                            .flatMap(word -> new Punctuation(Delimiter.ISOLATED).split(word).stream())
                            .toList();
        }
    }

    /// `Metaspace`.
    ///
    /// @param replacement one character, `▁` in SentencePiece
    /// @param split       whether the text is cut before each mark
    record Metaspace(String replacement, Prepend prepend, boolean split) implements PreTokenizer {
        public Metaspace {
            if (replacement.codePointCount(0, replacement.length()) != 1) {
                throw new IllegalArgumentException(
                        "replacement of Metaspace is '" + replacement + "', not one character");
            }
        }

        @Override
        public List<AlignedText> split(AlignedText piece) {
            AlignedText text = new Normalizer.Replace(new TextPattern.Literal(" "), replacement).normalize(piece);
            boolean wanted = switch (prepend) {
                case ALWAYS -> true;
                case FIRST -> text.originalStart() == 0;
                case NEVER -> false;
            };
            if (wanted && !text.text().startsWith(replacement)) {
                text = new Normalizer.Prepend(replacement).normalize(text);
            }
            return split
                    ? Spans.cut(text, Spans.ofLiteral(text.text(), replacement), Delimiter.MERGED_WITH_NEXT)
                    : Spans.present(text);
        }
    }

    /// `Punctuation`: around characters that are punctuation for BERT.
    record Punctuation(Delimiter behavior) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Spans.cut(piece, Spans.ofCharacters(piece.text(), CharacterKinds::isPunctuation), behavior);
        }
    }

    /// `Digits`: around runs of numbers (`Nd`, `Nl`, `No`).
    ///
    /// @param individual whether each digit is a word of its own
    record Digits(boolean individual) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Spans.cut(
                    piece,
                    Spans.ofCharacters(piece.text(), CharacterKinds::isNumeric),
                    individual ? Delimiter.ISOLATED : Delimiter.CONTIGUOUS);
        }
    }

    /// `Split`.
    record Split(TextPattern pattern, Delimiter behavior, boolean invert) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            List<TextPattern.Span> spans = pattern.spans(piece.text());
            return Spans.cut(piece, invert ? Spans.inverted(spans) : spans, behavior);
        }
    }

    /// `CharDelimiterSplit`: at a character, which is removed.
    ///
    /// @param delimiter a code point
    record CharDelimiterSplit(int delimiter) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Spans.cut(
                    piece, Spans.ofCharacters(piece.text(), codePoint -> codePoint == delimiter), Delimiter.REMOVED);
        }
    }

    /// `UnicodeScripts`: where the script changes, as SentencePiece's trainer does it; Hiragana and Katakana count as
    /// Han,
    /// and a space belongs to what is before it. Spaces before the first word are lost.
    record UnicodeScripts() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            return Scripts.split(piece);
        }
    }

    /// `FixedLength`.
    ///
    /// @param length in code points; the last piece can be shorter
    record FixedLength(int length) implements PreTokenizer {
        public FixedLength {
            if (length < 1) {
                throw new IllegalArgumentException("length of FixedLength is " + length + ", not a number from 1 on");
            }
        }

        @Override
        public List<AlignedText> split(AlignedText piece) {
            List<AlignedText> pieces = new ArrayList<>();
            String text = piece.text();
            for (int from = 0; from < text.length(); ) {
                int to = from;
                for (int i = 0; i < length && to < text.length(); i++) {
                    to += Character.charCount(text.codePointAt(to));
                }
                pieces.add(piece.slice(from, to));
                from = to;
            }
            return pieces;
        }
    }

    /// `Sequence`: each cuts the pieces the one before left.
    record Sequence(List<PreTokenizer> preTokenizers) implements PreTokenizer {
        public Sequence {
            preTokenizers = List.copyOf(preTokenizers);
        }

        @Override
        public List<AlignedText> split(AlignedText piece) {
            List<AlignedText> pieces = List.of(piece);
            for (PreTokenizer next : preTokenizers) {
                pieces = pieces.stream().flatMap(p -> next.split(p).stream()).toList();
            }
            return pieces;
        }
    }
}
