package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.pipeline.TextPattern.Span;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Optional;

/// Rewrites text before it is cut into words: the `normalizer` of a `tokenizer.json`, one record for each type the
/// Hugging Face tokenizers library has.
public sealed interface Normalizer {
    /// The rewritten text.
    AlignedText normalize(AlignedText text);

    /// How a token that is looked for in normalized text is spelled there.
    default String spelled(String token) {
        return normalize(AlignedText.of(token)).text();
    }

    /// The four normalization forms of Unicode (UAX 15): `NFC`, `NFD`, `NFKC`, `NFKD`.
    record UnicodeForm(Form form) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return UnicodeForms.normalize(text, form);
        }
    }

    /// `Lowercase`: each character by itself, whatever is around it.
    record Lowercase() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            TextEdit edit = text.edit();
            while (edit.hasNext()) {
                int codePoint = edit.next();
                edit.replace(Character.toLowerCase(codePoint));
                if (codePoint == '\u0130') { // the one character whose lower case is two, in all contexts
                    edit.insert('\u0307');
                }
            }
            return edit.finish();
        }
    }

    /// `StripAccents`: removes all combining marks. Accents that are part of a character stay: decompose first.
    record StripAccents() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return TextEdit.filter(text, codePoint -> !CharacterKinds.isMark(codePoint));
        }
    }

    /// `Strip`: removes white space at the ends.
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            String now = text.text();
            int from = 0;
            int to = now.length();
            // White space is outside the supplementary planes.
            while (left && from < to && CharacterKinds.isWhiteSpace(now.charAt(from))) {
                from++;
            }
            while (right && to > from && CharacterKinds.isWhiteSpace(now.charAt(to - 1))) {
                to--;
            }
            TextEdit edit = text.edit();
            edit.removeUntil(from);
            edit.keepUntil(to);
            return edit.finish();
        }
    }

    /// `BertNormalizer`.
    ///
    /// @param stripAccents absent: as `lowercase` says
    record Bert(boolean cleanText, boolean handleChineseChars, Optional<Boolean> stripAccents, boolean lowercase)
            implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText now = cleanText ? cleaned(text) : text;
            if (handleChineseChars) {
                now = spaced(now);
            }
            if (stripAccents.orElse(lowercase)) {
                now = TextEdit.filter(
                        UnicodeForms.normalize(now, Form.NFD),
                        codePoint -> Character.getType(codePoint) != Character.NON_SPACING_MARK);
            }
            return lowercase ? new Lowercase().normalize(now) : now;
        }

        private static AlignedText cleaned(AlignedText text) {
            AlignedText kept = TextEdit.filter(
                    text,
                    codePoint -> codePoint != 0 && codePoint != 0xFFFD && !CharacterKinds.isBertControl(codePoint));
            return TextEdit.map(kept, codePoint -> CharacterKinds.isWhiteSpace(codePoint) ? ' ' : codePoint);
        }

        private static AlignedText spaced(AlignedText text) {
            TextEdit edit = text.edit();
            while (edit.hasNext()) {
                int codePoint = edit.next();
                if (CharacterKinds.isChinese(codePoint)) {
                    edit.replace(' ');
                    edit.insert(codePoint);
                    edit.insert(' ');
                } else {
                    edit.replace(codePoint);
                }
            }
            return edit.finish();
        }
    }

    /// `Replace`.
    ///
    /// @param content as it is: `$1` is no reference to a group
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            TextEdit edit = text.edit();
            for (Span span : pattern.spans(text.text())) {
                if (span.match()) {
                    edit.removeUntil(span.end());
                    edit.insert(content);
                } else {
                    edit.keepUntil(span.end());
                }
            }
            return edit.finish();
        }
    }

    /// `Prepend`: to every text but an empty one.
    record Prepend(String prefix) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            if (text.isEmpty()) {
                return text;
            }
            TextEdit edit = text.edit();
            int first = edit.next();
            // The prefix takes the place and range of the first character, which then follows it as an
            // insertion.
            prefix.codePoints().limit(1).forEach(edit::replace);
            prefix.codePoints().skip(1).forEach(edit::insert);
            edit.insert(first);
            edit.removeUntil(Character.charCount(first));
            edit.keepUntil(text.length());
            return edit.finish();
        }
    }

    /// `Nmt`: removes some control characters and makes others, and some signs, spaces.
    record Nmt() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText kept = TextEdit.filter(text, codePoint -> !isControl(codePoint));
            return TextEdit.map(kept, codePoint -> isSpace(codePoint) ? ' ' : codePoint);
        }

        private static boolean isControl(int codePoint) {
            return (codePoint >= 0x01 && codePoint <= 0x08)
                    || codePoint == 0x0B
                    || (codePoint >= 0x0E && codePoint <= 0x1F)
                    || codePoint == 0x7F
                    || codePoint == 0x8F
                    || codePoint == 0x9F;
        }

        private static boolean isSpace(int codePoint) {
            return switch (codePoint) {
                case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
                default -> codePoint >= 0x200B && codePoint <= 0x200F;
            };
        }
    }

    /// `Precompiled`: SentencePiece's compiled rules.
    record Precompiled(CharsMap charsMap) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return charsMap.normalize(text);
        }
    }

    /// `ByteLevel`: the bytes of the text as the printable characters that stand for them.
    record ByteLevel() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return ByteLevelText.of(text);
        }
    }

    /// `Sequence`.
    record Sequence(List<Normalizer> normalizers) implements Normalizer {
        public Sequence {
            normalizers = List.copyOf(normalizers);
        }

        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText now = text;
            for (Normalizer normalizer : normalizers) {
                now = normalizer.normalize(now);
            }
            return now;
        }
    }

    /// SentencePiece's own normalizer, which no `tokenizer.json` can name.
    record SentencePiece(SentencePieceRules rules) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return rules.apply(text);
        }

        /// As the model has it: its rules leave such a token alone.
        @Override
        public String spelled(String token) {
            return token;
        }
    }
}
