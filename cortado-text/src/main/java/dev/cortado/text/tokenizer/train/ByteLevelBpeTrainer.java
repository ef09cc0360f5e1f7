package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.pipeline.Decoder;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Learns byte-level BPE (Radford et al. 2019), the tokenizer of GPT-2 and most language models since: words are cut by
/// a pattern, and their bytes joined to tokens. No text is unknown to it.
///
/// Ids: special and reserved tokens, the 256 bytes in the order of their characters, merges. Of equally frequent pairs
/// the one of smaller ids comes first, as in Hugging Face's trainer. Two deliberate differences from that: a pair that
/// spells a special token is never merged; and counts stay exact where two pairs spell the same token.
///
/// @param vocabulary what is wanted; the length of tokens is in bytes
/// @param pattern    the regular expression that cuts words, GPT-2's, GPT-4's … of [WordScanner] or another
/// @param normalizer what is done to text before
public record ByteLevelBpeTrainer(VocabularySpec vocabulary, String pattern, Optional<Normalizer> normalizer)
        implements Trainer {
    /// @throws IllegalArgumentException when there is no room for the bytes, or a special token is named as a byte
    public ByteLevelBpeTrainer {
        vocabulary.requireRoom(ByteTokens.alphabet(vocabulary.fixed()).size(), "256 bytes");
    }

    /// With GPT-2's pattern and no normalizer.
    public static ByteLevelBpeTrainer of(VocabularySpec vocabulary) {
        return new ByteLevelBpeTrainer(vocabulary, WordScanner.GPT2, Optional.empty());
    }

    @Override
    public Trained train(Iterator<String> texts, int threads, Progress progress) {
        PreTokenizer cut =
                new PreTokenizer.Split(new TextPattern.Regex(pattern), PreTokenizer.Delimiter.ISOLATED, false);
        WordSplitter splitter = WordScanner.of(pattern)
                .map(scanner -> WordSplitter.scanned(normalizer, scanner))
                .orElseGet(() -> WordSplitter.aligned(normalizer, Optional.of(cut)));
        CountedWords words = CountedWords.count(texts, splitter, threads, progress);
        List<String> bytes = ByteTokens.alphabet(vocabulary.fixed());
        BpeLearner.Learned learned = new BpeLearner(vocabulary, "", TieOrder.SMALLER_IDS, token -> true, true)
                .learn(bytes, segments(words, bytes), progress);
        PreTokenizer preTokenizer = pattern.equals(WordScanner.GPT2)
                ? new PreTokenizer.ByteLevel(false, true, true)
                : new PreTokenizer.Sequence(List.of(cut, new PreTokenizer.ByteLevel(false, true, false)));
        Pipeline pipeline = pipeline(
                vocabulary,
                normalizer,
                preTokenizer,
                new Bpe(Vocabulary.of(learned.tokens()), learned.merges(), Bpe.Options.PLAIN),
                new Decoder.ByteLevel(false, true, true));
        return new Trained(pipeline, learned.tokens().size() == vocabulary.size(), words.statistics(256, 1));
    }

    /// A pipeline without post-processor, truncation and padding, as all trainers give them.
    static Pipeline pipeline(
            VocabularySpec vocabulary,
            Optional<Normalizer> normalizer,
            PreTokenizer preTokenizer,
            Model model,
            Decoder decoder) {
        return new Pipeline(
                vocabulary.addedTokens(),
                normalizer,
                Optional.of(preTokenizer),
                model,
                Optional.empty(),
                Optional.of(decoder),
                Optional.empty(),
                Optional.empty());
    }

    private static Segments segments(CountedWords words, List<String> tokens) {
        int[] ids = new int[256];
        for (int id = tokens.size() - 256; id < tokens.size(); id++) {
            ids[ByteAlphabet.unsignedByte(tokens.get(id).charAt(0))] = id;
        }
        var segments = new Segments.Builder();
        for (CountedWords.Word word : words.words()) {
            for (byte b : word.bytes()) {
                segments.add(ids[b & 0xFF]);
            }
            segments.end(word.count());
        }
        return segments.build();
    }
}
