package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Learns a unigram vocabulary (Kudo 2018, arXiv:1804.10959) as SentencePiece does, the tokenizer of T5, ALBERT and
/// XLM-R: pieces have probabilities, and a text is cut into the most probable pieces.
///
/// Ids: special and reserved tokens, byte tokens if wanted, pieces by probability. Special tokens are so improbable
/// that
/// no text becomes one, for which their characters join the alphabet.
///
/// @param vocabulary    what is wanted; the length of tokens is in characters, 16 if it says nothing; what
/// occurs less often than its least frequency is no seed
/// @param rules         which strings may be pieces
/// @param unk           the unknown token, one of the special ones
/// @param byteFallback  whether unknown characters become the tokens of their bytes
/// @param seeds         pieces to begin with, at most
/// @param shrink        the part of the pieces each pruning keeps, in `(0, 1)`
/// @param subIterations steps of expectation–maximisation before each pruning
public record UnigramTrainer(
        VocabularySpec vocabulary,
        Alphabet alphabet,
        PieceRules rules,
        String unk,
        boolean byteFallback,
        int seeds,
        double shrink,
        int subIterations,
        Optional<Normalizer> normalizer,
        PreTokenizer preTokenizer)
        implements Trainer {
    /// Longer words are cut, which bounds the memory of one thread.
    private static final int LONGEST_WORD = 4096;

    /// Pieces that are left for the last choice, as a multiple of those wanted.
    private static final double MARGIN = 1.1;

    /// What separates the scores of characters that must be in the vocabulary but have no probability.
    private static final double SCORE_STEP = 0.0001;

    /// @throws IllegalArgumentException when the unknown token is not a special one, or a number is out of range
    public UnigramTrainer {
        vocabulary.requireSpecial(unk);
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds must be at least 1, not " + seeds);
        }
        if (!(shrink > 0 && shrink < 1)) {
            throw new IllegalArgumentException("shrink must be between 0 and 1, not " + shrink);
        }
        if (subIterations < 1) {
            throw new IllegalArgumentException("subIterations must be at least 1, not " + subIterations);
        }
    }

    /// SentencePiece's defaults: `<unk> <s> </s>`, a coverage of 0.9995, pieces of at most 16 characters, a million
    /// seeds.
    public static UnigramTrainer of(int size) {
        return new UnigramTrainer(
                VocabularySpec.of(size).withSpecials("<unk>", "<s>", "</s>").withMaxTokenLength(16),
                Alphabet.covering(0.9995),
                PieceRules.SENTENCE_PIECE,
                "<unk>",
                false,
                1_000_000,
                0.75,
                2,
                Optional.of(SentencePieceText.NMT_NFKC),
                SentencePieceText.WORDS);
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, Optional.of(preTokenizer));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        List<String> base = ByteTokens.fallback(vocabulary.fixed(), byteFallback);
        Alphabet.Chosen chosen = alphabet.requiring(base).choose(words);
        CharacterWords characters = CharacterWords.of(words, base, chosen.characters(), "", "");
        vocabulary.requireRoom(
                characters.tokens().size(),
                chosen.characters().size() + " characters" + (byteFallback ? " and 256 bytes" : ""));
        Segments segments = characters.segments().cut(LONGEST_WORD);
        List<String> symbols = characters.tokens();
        Pieces first = Substrings.frequent(
                segments,
                vocabulary.maxTokenLength().orElse(16),
                vocabulary.minFrequency(),
                seeds,
                piece -> rules.allows(text(piece, 0, piece.length, symbols)));
        Pieces pieces;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            pieces = new UnigramLearner(segments, pool, progress)
                    .learn(first, (int) (vocabulary.size() * MARGIN), shrink, subIterations);
        }
        List<Unigram.Piece> learned = choose(pieces, segments, symbols, base.size());
        double least = learned.isEmpty() ? -1 : learned.getLast().score();
        List<Unigram.Piece> all = new ArrayList<>();
        for (String token : base) {
            // Less probable than its spelling out, whose characters the alphabet has.
            all.add(new Unigram.Piece(token, least * (token.length() + 1)));
        }
        all.addAll(learned);
        Pipeline pipeline = ByteLevelBpeTrainer.pipeline(
                vocabulary,
                normalizer,
                preTokenizer,
                new Unigram(all, OptionalInt.of(vocabulary.fixed().indexOf(unk)), byteFallback),
                SentencePieceText.decoder(Optional.of(preTokenizer), byteFallback));
        return new Trained(
                pipeline,
                all.size() == vocabulary.size(),
                words.statistics(chosen.characters().size(), chosen.covered()));
    }

    /// The pieces of the vocabulary: all characters, then the most probable pieces; the most probable first.
    ///
    /// @param symbols texts of symbols; those from `base` on are the alphabet, the most frequent first
    private List<Unigram.Piece> choose(Pieces pieces, Segments segments, List<String> symbols, int base) {
        Map<String, Double> learned = HashMap.newHashMap(pieces.size());
        List<Unigram.Piece> byScore = new ArrayList<>();
        for (int p = 0; p < pieces.size(); p++) {
            int at = pieces.at()[p];
            String text = text(segments.symbols, at, at + pieces.lengths()[p], symbols);
            byScore.add(new Unigram.Piece(text, pieces.scores()[p]));
            learned.put(text, pieces.scores()[p]);
        }
        byScore.sort(Comparator.comparingDouble(Unigram.Piece::score).reversed());
        List<Unigram.Piece> chosen = new ArrayList<>();
        int missing = 0;
        double least = pieces.size() == 0 ? -1 : pieces.leastScore();
        for (String character : symbols.subList(base, symbols.size())) {
            Double score = learned.get(character);
            chosen.add(new Unigram.Piece(character, score == null ? least - SCORE_STEP * missing++ : score));
        }
        byScore.stream()
                .filter(piece -> piece.text().codePointCount(0, piece.text().length()) > 1)
                .limit(vocabulary.size() - base - chosen.size())
                .forEach(chosen::add);
        chosen.sort(Comparator.comparingDouble(Unigram.Piece::score).reversed());
        return chosen;
    }

    private static String text(int[] symbols, int from, int to, List<String> texts) {
        var text = new StringBuilder();
        Arrays.stream(symbols, from, to).forEach(symbol -> text.append(texts.get(symbol)));
        return text.toString();
    }
}
