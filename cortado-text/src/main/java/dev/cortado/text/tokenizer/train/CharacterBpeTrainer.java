package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalDouble;

/// Learns BPE over characters with an end-of-word mark, as the paper has it (Sennrich et al. 2016, arXiv:1508.07909)
/// and
/// its program subword-nmt does it: the last character of a word is another symbol (`d</w>`) than the same character
/// elsewhere, and of equally frequent pairs the greatest pair of strings comes first.
///
/// Ids: special and reserved tokens, the alphabet, its characters with the mark, merges. The length of tokens is in
/// characters.
///
/// @param unk          the unknown token, one of the special ones
/// @param endOfWord    the mark, `</w>`
/// @param preTokenizer what cuts words; it drops the spaces, which the marks stand for
public record CharacterBpeTrainer(
        VocabularySpec vocabulary,
        Alphabet alphabet,
        String unk,
        String endOfWord,
        Optional<Normalizer> normalizer,
        PreTokenizer preTokenizer)
        implements Trainer {
    /// @throws IllegalArgumentException when the unknown token is not a special one, or the mark is empty
    public CharacterBpeTrainer {
        vocabulary.requireSpecial(unk);
        if (endOfWord.isEmpty()) {
            throw new IllegalArgumentException("the end-of-word mark is empty; use one such as </w>");
        }
    }

    /// With `<unk>`, which becomes the first special token, `</w>`, and words between white space.
    public static CharacterBpeTrainer of(int size) {
        return new CharacterBpeTrainer(
                VocabularySpec.of(size).withSpecials("<unk>"),
                Alphabet.ALL,
                "<unk>",
                "</w>",
                Optional.empty(),
                new PreTokenizer.WhitespaceSplit());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, Optional.of(preTokenizer));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        Alphabet.Chosen chosen = alphabet.choose(words);
        CharacterWords symbols = CharacterWords.of(words, vocabulary.fixed(), chosen.sorted(), "", endOfWord);
        vocabulary.requireRoom(symbols.tokens().size(), chosen.characters().size() + " characters");
        BpeLearner.Learned learned = new BpeLearner(vocabulary, "", TieOrder.GREATER_STRINGS, token -> true, true)
                .learn(symbols.tokens(), symbols.segments(), progress);
        var options = new Bpe.Options(
                OptionalDouble.empty(),
                Optional.of(unk),
                Optional.empty(),
                Optional.of(endOfWord),
                false,
                false,
                false);
        Pipeline pipeline = ByteLevelBpeTrainer.pipeline(
                vocabulary,
                normalizer,
                preTokenizer,
                new Bpe(Vocabulary.of(learned.tokens()), learned.merges(), options),
                new Decoder.Bpe(endOfWord));
        return new Trained(
                pipeline,
                learned.tokens().size() == vocabulary.size(),
                words.statistics(chosen.characters().size(), chosen.covered()));
    }
}
