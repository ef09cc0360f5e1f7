package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Learns BPE over characters as SentencePiece does (Kudo and Richardson 2018, arXiv:1808.06226), the tokenizer of
/// Llama 2 and Mistral: spaces are characters, rare characters are unknown or fall back to bytes, and of equally
/// frequent
/// pairs the one that spells the shorter, then the lesser piece comes first.
///
/// Ids: special and reserved tokens, byte tokens if wanted, the alphabet by frequency, merges. As a piece counts, not
/// the
/// pair it was made of, the model joins every pair that spells one.
///
/// @param vocabulary   what is wanted; the length of tokens is in characters
/// @param unk          the unknown token, one of the special ones
/// @param byteFallback whether unknown characters become the tokens of their bytes
public record SentencePieceBpeTrainer(
        VocabularySpec vocabulary,
        Alphabet alphabet,
        PieceRules rules,
        String unk,
        boolean byteFallback,
        Optional<Normalizer> normalizer,
        PreTokenizer preTokenizer)
        implements Trainer {
    /// @throws IllegalArgumentException when the unknown token is not a special one
    public SentencePieceBpeTrainer {
        vocabulary.requireSpecial(unk);
    }

    /// SentencePiece's defaults: `<unk> <s> </s>`, a coverage of 0.9995, pieces of at most 16 characters.
    public static SentencePieceBpeTrainer of(int size) {
        return new SentencePieceBpeTrainer(
                VocabularySpec.of(size).withSpecials("<unk>", "<s>", "</s>").withMaxTokenLength(16),
                Alphabet.covering(0.9995),
                PieceRules.SENTENCE_PIECE,
                "<unk>",
                false,
                Optional.of(SentencePieceText.NMT_NFKC),
                SentencePieceText.WORDS);
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, Optional.of(preTokenizer));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        Alphabet.Chosen chosen = alphabet.choose(words);
        List<String> base = ByteTokens.fallback(vocabulary.fixed(), byteFallback);
        CharacterWords symbols = CharacterWords.of(words, base, chosen.characters(), "", "");
        vocabulary.requireRoom(
                symbols.tokens().size(),
                chosen.characters().size() + " characters" + (byteFallback ? " and 256 bytes" : ""));
        BpeLearner.Learned learned = new BpeLearner(vocabulary, "", TieOrder.SHORTER_TOKEN, rules::allows, false)
                .learn(symbols.tokens(), symbols.segments(), progress);
        var options = new Bpe.Options(
                OptionalDouble.empty(),
                Optional.of(unk),
                Optional.empty(),
                Optional.empty(),
                true,
                byteFallback,
                false);
        var model = new Bpe(
                Vocabulary.of(learned.tokens()),
                pairs(learned.tokens(), symbols.tokens().size()),
                options);
        Pipeline pipeline = ByteLevelBpeTrainer.pipeline(
                vocabulary,
                normalizer,
                preTokenizer,
                model,
                SentencePieceText.decoder(Optional.of(preTokenizer), byteFallback));
        return new Trained(
                pipeline,
                learned.tokens().size() == vocabulary.size(),
                words.statistics(chosen.characters().size(), chosen.covered()));
    }

    /// Every pair of tokens that spells a learned one, in the order in which those were learned.
    private List<Bpe.Merge> pairs(List<String> tokens, int learnedFrom) {
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        int firstText = ByteTokens.fallback(vocabulary.fixed(), byteFallback).size();
        for (int id = firstText; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        List<Bpe.Merge> merges = new ArrayList<>();
        for (String token : tokens.subList(learnedFrom, tokens.size())) {
            List<int[]> halves = new ArrayList<>();
            for (int i = 1; i < token.length(); i++) {
                Integer left = ids.get(token.substring(0, i));
                Integer right = ids.get(token.substring(i));
                if (left != null && right != null) {
                    halves.add(new int[] {left, right});
                }
            }
            halves.sort(Comparator.<int[]>comparingInt(half -> half[0]).thenComparingInt(half -> half[1]));
            for (int[] half : halves) {
                merges.add(new Bpe.Merge(half[0], half[1], merges.size()));
            }
        }
        return merges;
    }
}
