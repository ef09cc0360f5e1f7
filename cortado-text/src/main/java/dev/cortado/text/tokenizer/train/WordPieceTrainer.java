package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Learns the vocabulary of WordPiece as Hugging Face's trainer does: by BPE over characters of which those that
/// continue a word have a prefix (`##`). The merges are forgotten; encoding takes the longest tokens.
///
/// Ids: special and reserved tokens, the alphabet, its characters with the prefix, merges. The length of tokens is in
/// characters.
///
/// @param unk          the unknown token, one of the special ones
/// @param prefix       what tokens that continue a word begin with
/// @param maxWordLength longer words (characters) are unknown when encoding, and not learned from
public record WordPieceTrainer(
        VocabularySpec vocabulary,
        Alphabet alphabet,
        String unk,
        String prefix,
        int maxWordLength,
        Optional<Normalizer> normalizer,
        PreTokenizer preTokenizer)
        implements Trainer {
    /// @throws IllegalArgumentException when the unknown token is not a special one, the prefix is empty, or the length
    /// is out of range
    public WordPieceTrainer {
        vocabulary.requireSpecial(unk);
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException(
                    "the prefix of tokens that continue a word is empty; use one such as ##");
        }
        if (maxWordLength < 1) {
            throw new IllegalArgumentException("maxWordLength must be at least 1, not " + maxWordLength);
        }
    }

    /// As BERT (Devlin et al. 2019, arXiv:1810.04805): `[PAD] [UNK] [CLS] [SEP] [MASK]`, at most 1000 characters in the
    /// alphabet, and its text cleaning.
    ///
    /// @param lowercase whether text is lower-cased and loses its accents
    public static WordPieceTrainer bert(int size, boolean lowercase) {
        return new WordPieceTrainer(
                VocabularySpec.of(size).withSpecials("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
                Alphabet.limited(1000),
                "[UNK]",
                "##",
                100,
                Optional.of(new Normalizer.Bert(true, true, Optional.empty(), lowercase)),
                new PreTokenizer.Bert());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, Optional.of(preTokenizer));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        Alphabet.Chosen chosen = alphabet.choose(words);
        CharacterWords symbols = CharacterWords.of(
                words.shorterThan(maxWordLength + 1), vocabulary.fixed(), chosen.sorted(), prefix, "");
        vocabulary.requireRoom(symbols.tokens().size(), chosen.characters().size() + " characters");
        BpeLearner.Learned learned = new BpeLearner(vocabulary, prefix, TieOrder.SMALLER_IDS, token -> true, true)
                .learn(symbols.tokens(), symbols.segments(), progress);
        var pipeline = new Pipeline(
                vocabulary.addedTokens(),
                normalizer,
                Optional.of(preTokenizer),
                new WordPiece(Vocabulary.of(learned.tokens()), unk, prefix, maxWordLength),
                postProcessor(),
                Optional.of(new Decoder.WordPiece(prefix, true)),
                Optional.empty(),
                Optional.empty());
        return new Trained(
                pipeline,
                learned.tokens().size() == vocabulary.size(),
                words.statistics(chosen.characters().size(), chosen.covered()));
    }

    /// BERT's, where its tokens are among the special ones.
    private Optional<PostProcessor> postProcessor() {
        List<String> names = vocabulary.specials();
        int sep = names.indexOf("[SEP]");
        int cls = names.indexOf("[CLS]");
        return sep < 0 || cls < 0
                ? Optional.empty()
                : Optional.of(new PostProcessor.Bert(
                        new PostProcessor.Named("[SEP]", sep), new PostProcessor.Named("[CLS]", cls)));
    }
}
