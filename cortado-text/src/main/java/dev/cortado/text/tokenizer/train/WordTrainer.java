package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Makes a token of each of the most frequent words, and of no other; of equally frequent ones the lesser comes first.
/// Ids: special and reserved tokens, words by frequency.
///
/// A word that is spelled like a special token does not become one while training, but a pre-tokenizer that leaves such
/// a word whole lets text spell the special token.
///
/// @param vocabulary what is wanted; words longer than its longest token (characters) are left out
/// @param unk        stands for all other words, one of the special tokens
public record WordTrainer(
        VocabularySpec vocabulary, String unk, Optional<Normalizer> normalizer, PreTokenizer preTokenizer)
        implements Trainer {
    /// @throws IllegalArgumentException when the unknown token is not a special one
    public WordTrainer {
        vocabulary.requireSpecial(unk);
    }

    /// With `<unk>`, and words as `\w+|[^\w\s]+` finds them.
    public static WordTrainer of(int size) {
        return new WordTrainer(
                VocabularySpec.of(size).withSpecials("<unk>"),
                "<unk>",
                Optional.empty(),
                new PreTokenizer.Whitespace());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        WordSplitter splitter = WordSplitter.of(normalizer, Optional.of(preTokenizer));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        List<String> tokens = new ArrayList<>(vocabulary.fixed());
        int longest = vocabulary.maxTokenLength().orElse(Integer.MAX_VALUE);
        words.byCount().stream()
                .filter(word -> word.count() >= vocabulary.minFrequency())
                .map(CountedWords.Word::text)
                .filter(word -> word.codePointCount(0, word.length()) <= longest)
                .filter(word -> !vocabulary.fixed().contains(word))
                .limit(vocabulary.size() - tokens.size())
                .forEach(tokens::add);
        Alphabet.Chosen characters = Alphabet.ALL.choose(words);
        Pipeline pipeline = ByteLevelBpeTrainer.pipeline(
                vocabulary, normalizer, preTokenizer, new WordLevel(Vocabulary.of(tokens), unk), decoder());
        return new Trained(
                pipeline,
                tokens.size() == vocabulary.size(),
                words.statistics(characters.characters().size(), characters.covered()));
    }

    /// Words are joined with spaces, unless they hold the marks of spaces.
    private Decoder decoder() {
        return preTokenizer instanceof PreTokenizer.Metaspace metaspace
                ? new Decoder.Metaspace(metaspace.replacement(), metaspace.prepend(), metaspace.split())
                : new Decoder.WordPiece("##", false);
    }
}
