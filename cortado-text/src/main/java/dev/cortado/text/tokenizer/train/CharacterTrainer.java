package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// Makes a token of each character (code point). Ids: special and reserved tokens, byte tokens if wanted, characters,
/// the
/// most frequent first.
///
/// The model is a BPE without merges.
///
/// @param vocabulary   its size bounds the alphabet, as its least frequency does; complete when all wanted characters
/// fit in
/// @param unk          stands for characters outside the alphabet, one of the special tokens
/// @param byteFallback whether those become the tokens of their bytes instead
/// @param preTokenizer usually none: spaces and line ends are characters too
public record CharacterTrainer(
        VocabularySpec vocabulary,
        Alphabet alphabet,
        String unk,
        boolean byteFallback,
        Optional<Normalizer> normalizer,
        Optional<PreTokenizer> preTokenizer)
        implements Trainer {
    /// @throws IllegalArgumentException when the unknown token is not a special one, or there is no room for the bytes
    public CharacterTrainer {
        vocabulary.requireSpecial(unk);
        vocabulary.requireRoom(
                ByteTokens.fallback(vocabulary.fixed(), byteFallback).size(), "256 bytes");
    }

    /// With `<unk>` and every character of the text as it is.
    public static CharacterTrainer of(int size) {
        return new CharacterTrainer(
                VocabularySpec.of(size).withSpecials("<unk>").withMinFrequency(1),
                Alphabet.ALL,
                "<unk>",
                false,
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, preTokenizer).characters();
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        List<String> base = ByteTokens.fallback(vocabulary.fixed(), byteFallback);
        Alphabet.Chosen wanted = alphabet.choose(words.atLeast(vocabulary.minFrequency()));
        int room = vocabulary.size() - base.size();
        boolean complete = wanted.characters().size() <= room;
        Alphabet.Chosen chosen = wanted;
        if (!complete && room > 0) {
            int limit = Math.min(room, alphabet.limit().orElse(room));
            chosen = new Alphabet(alphabet.required(), OptionalInt.of(limit), alphabet.coverage()).choose(words);
        }
        vocabulary.requireRoom(
                base.size() + chosen.characters().size(), chosen.characters().size() + " characters");
        List<String> tokens = new ArrayList<>(CharacterWords.of(CountedWords.NONE, base, chosen.characters(), "", "")
                .tokens());
        var options = new Bpe.Options(
                OptionalDouble.empty(),
                Optional.of(unk),
                Optional.empty(),
                Optional.empty(),
                false,
                byteFallback,
                false);
        var pipeline = new Pipeline(
                vocabulary.addedTokens(),
                normalizer,
                preTokenizer,
                new Bpe(Vocabulary.of(tokens), List.of(), options),
                Optional.empty(),
                Optional.of(SentencePieceText.decoder(preTokenizer, byteFallback)),
                Optional.empty(),
                Optional.empty());
        return new Trained(
                pipeline, complete, words.statistics(chosen.characters().size(), chosen.covered()));
    }
}
