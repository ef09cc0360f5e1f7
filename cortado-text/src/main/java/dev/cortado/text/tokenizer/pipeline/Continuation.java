package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.model.WordPiece;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a text can be cut so that encoding the parts gives what encoding the whole does, and how the parts after the
/// first are encoded. It makes remembering words, and reading texts larger than memory, exact.
///
/// A cut is before a single space that stands between two plain characters ([#isPlain]). Normalization cannot join
/// anything over it, and most pre-tokenizers cut there themselves. What looks at the beginning of a text (a mark put
/// before it) or at its end must not see a cut as one.
final class Continuation {
    private static final Normalizer NOTHING = new Normalizer.Sequence(List.of());

    private Continuation() {}

    /// The stages for what follows a cut, when cutting is exact for a pipeline; empty when it is not, or not
    /// known to be.
    static Optional<PlainEncoder> of(Pipeline pipeline, Model model) {
        Optional<Normalizer> continued = of(pipeline.normalizer().orElse(NOTHING));
        boolean exact = continued.isPresent()
                && (pipeline.preTokenizer().isPresent()
                        ? cutsAtSpaces(pipeline.preTokenizer().get())
                        : joinsNothing(model, continued.get()));
        if (!exact) {
            return Optional.empty();
        }
        var last = new PlainEncoder(continued, pipeline.preTokenizer(), model, Optional.empty());
        return Optional.of(new PlainEncoder(continued, pipeline.preTokenizer(), model, Optional.of(last)));
    }

    /// The normalizer for what follows a cut; empty when a cut changes what it does.
    static Optional<Normalizer> of(Normalizer normalizer) {
        return Optional.ofNullable(continued(normalizer));
    }

    /// Whether cuts are good for reading long texts only, not for remembering words: scores of a unigram model
    /// are added from the beginning of a word, and where that is the whole text, the last bit of a sum can
    /// decide between equals otherwise than in a part.
    static boolean onlyForLongTexts(Pipeline pipeline) {
        return pipeline.preTokenizer().isEmpty() && pipeline.model() instanceof Unigram;
    }

    /// The place of the last possible cut before `end`, 0 when there is none.
    static int lastCut(CharSequence text, int end) {
        for (int i = end - 2; i > 0; i--) {
            if (isCut(text, i)) {
                return i;
            }
        }
        return 0;
    }

    /// Whether a cut could fall into a token, or beside it on a space that belongs to it.
    static boolean reachesOverCuts(AddedToken token) {
        String text = token.content();
        return lastCut(text, text.length()) > 0 || text.startsWith(" ") || text.endsWith(" ");
    }

    /// The place of the first possible cut after `start`, the end of the text when there is none.
    static int nextCut(String text, int start) {
        for (int i = text.indexOf(' ', start + 1); i > 0 && i + 1 < text.length(); i = text.indexOf(' ', i + 1)) {
            if (isCut(text, i)) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean isCut(CharSequence text, int i) {
        return text.charAt(i) == ' ' && isPlain(text.charAt(i - 1)) && isPlain(text.charAt(i + 1));
    }

    /// Characters that nothing composes with backwards, that join no neighbour into a grapheme, and that no
    /// normalization makes a space of: the visible ones of ASCII, and the letters and digits of the Latin, Greek,
    /// Cyrillic and Armenian blocks.
    private static boolean isPlain(char c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7F;
        }
        return c < 0x0590 && Character.isLetterOrDigit(c) && Character.getType(c) != Character.MODIFIER_LETTER;
    }

    /// The same normalizer for what follows a cut; null when a cut changes what it does.
    private static @Nullable Normalizer continued(Normalizer normalizer) {
        return switch (normalizer) {
            case Normalizer.UnicodeForm _,
                    Normalizer.Lowercase _,
                    Normalizer.StripAccents _,
                    Normalizer.Bert _,
                    Normalizer.Nmt _,
                    Normalizer.Precompiled _ -> normalizer;
            case Normalizer.Strip strip -> new Normalizer.Strip(false, strip.right());
            case Normalizer.Prepend _ -> new Normalizer.Sequence(List.of());
            case Normalizer.Replace replace -> staysOnOneSide(replace.pattern()) ? normalizer : null;
            case Normalizer.ByteLevel _ -> null;
            case Normalizer.SentencePiece(SentencePieceRules rules) ->
                rules.continued().map(Normalizer.SentencePiece::new).orElse(null);
            case Normalizer.Sequence(List<Normalizer> steps) -> {
                List<Normalizer> continued = new java.util.ArrayList<>();
                for (Normalizer step : steps) {
                    Normalizer one = continued(step);
                    if (one == null) {
                        yield null;
                    }
                    continued.add(one);
                }
                yield new Normalizer.Sequence(continued);
            }
        };
    }

    /// Whether what a pattern finds never touches a cut: a single character that is not plain, or several spaces.
    private static boolean staysOnOneSide(TextPattern pattern) {
        return switch (pattern) {
            case TextPattern.Literal(String text) -> text.length() == 1 && !isPlain(text.charAt(0));
            case TextPattern.Regex regex -> regex.source().equals(" {2,}");
        };
    }

    private static boolean cutsAtSpaces(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case PreTokenizer.ByteLevel bytes -> bytes.useRegex();
            case PreTokenizer.Whitespace _, PreTokenizer.WhitespaceSplit _, PreTokenizer.Bert _ -> true;
            case PreTokenizer.Metaspace metaspace -> metaspace.split();
            case PreTokenizer.CharDelimiterSplit(int delimiter) -> delimiter == ' ';
            case PreTokenizer.Split split -> ByteLevelEncoder.scanner(split).isPresent();
            case PreTokenizer.Punctuation _,
                    PreTokenizer.Digits _,
                    PreTokenizer.UnicodeScripts _,
                    PreTokenizer.FixedLength _ -> false;
            case PreTokenizer.Sequence(List<PreTokenizer> steps) ->
                steps.stream().anyMatch(Continuation::cutsAtSpaces)
                        && steps.stream().allMatch(step -> cutsAtSpaces(step) || looksAtOneCharacter(step))
                        && steps.stream().noneMatch(Continuation::looksAtTheBeginning);
        };
    }

    private static boolean looksAtOneCharacter(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case PreTokenizer.Punctuation _, PreTokenizer.Digits _ -> true;
            case PreTokenizer.ByteLevel bytes -> !bytes.addPrefixSpace();
            default -> false;
        };
    }

    /// In a sequence, the space at a cut may be gone when the mark for the beginning is put.
    private static boolean looksAtTheBeginning(PreTokenizer preTokenizer) {
        return switch (preTokenizer) {
            case PreTokenizer.Metaspace metaspace -> metaspace.prepend() == PreTokenizer.Prepend.FIRST;
            case PreTokenizer.ByteLevel bytes -> bytes.addPrefixSpace();
            default -> false;
        };
    }

    /// Whether a model without a pre-tokenizer, as SentencePiece's are, never joins over a cut: no token has
    /// what a space becomes right after another character.
    private static boolean joinsNothing(Model model, Normalizer normalizer) {
        String spaced = normalizer.normalize(AlignedText.of("a b")).text();
        if (spaced.length() != 3 || spaced.charAt(0) != 'a' || spaced.charAt(2) != 'b') {
            return false;
        }
        char space = spaced.charAt(1);
        if (model.vocabulary().id(String.valueOf(space)).isEmpty()) {
            return false; // unknown characters on both sides might become one token
        }
        return switch (model) {
            case Bpe bpe ->
                bpe.options().continuingSubwordPrefix().isEmpty()
                        && bpe.options().endOfWordSuffix().isEmpty()
                        && bpe.merges().stream().noneMatch(merge -> joins(bpe, merge, space));
            case Unigram unigram -> unigram.pieces().stream().noneMatch(piece -> crosses(piece.text(), space));
            case WordPiece _, WordLevel _ -> false;
        };
    }

    private static boolean joins(Bpe bpe, Bpe.Merge merge, char space) {
        String left = bpe.vocabulary().token(merge.left()).orElseThrow();
        String right = bpe.vocabulary().token(merge.right()).orElseThrow();
        return right.charAt(0) == space && left.charAt(left.length() - 1) != space;
    }

    private static boolean crosses(String piece, char space) {
        for (int i = piece.indexOf(space, 1); i > 0; i = piece.indexOf(space, i + 1)) {
            if (piece.charAt(i - 1) != space) {
                return true;
            }
        }
        return false;
    }
}
