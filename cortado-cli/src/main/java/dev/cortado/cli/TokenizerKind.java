package dev.cortado.cli;

import dev.cortado.cli.TokenizerChoices.Choice;
import dev.cortado.text.tokenizer.train.Alphabet;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.ByteTrainer;
import dev.cortado.text.tokenizer.train.CharacterBpeTrainer;
import dev.cortado.text.tokenizer.train.CharacterTrainer;
import dev.cortado.text.tokenizer.train.SentencePieceBpeTrainer;
import dev.cortado.text.tokenizer.train.Trainer;
import dev.cortado.text.tokenizer.train.UnigramTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.text.tokenizer.train.WordPieceTrainer;
import dev.cortado.text.tokenizer.train.WordTrainer;
import java.util.List;
import java.util.Optional;

/// The kinds of tokenizer that can be learned, by the names that the command line has for them.
enum TokenizerKind {
    WORD("word"),
    CHAR("char"),
    BYTE("byte"),
    BPE("bpe"),
    BPE_CHAR("bpe-char"),
    BPE_SP("bpe-sp"),
    WORDPIECE("wordpiece"),
    UNIGRAM("unigram");

    private final String label;

    TokenizerKind(String label) {
        this.label = label;
    }

    /// The special tokens it always has, in the order of their ids.
    List<String> ownSpecials() {
        return switch (this) {
            case BYTE, BPE -> List.of();
            case WORD, CHAR, BPE_CHAR, BPE_SP, UNIGRAM -> List.of("<unk>");
            case WORDPIECE -> List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
        };
    }

    /// Whether an option means anything for it.
    boolean has(Choice choice) {
        return switch (choice) {
            case VOCAB_SIZE, MIN_FREQUENCY -> this != BYTE;
            case MAX_TOKEN_LENGTH -> this != BYTE && this != CHAR;
            case LIMIT_ALPHABET, COVERAGE -> this != BYTE && this != WORD && this != BPE;
            case BYTE_FALLBACK -> this == CHAR || this == BPE_SP || this == UNIGRAM;
            case PATTERN -> this == BPE;
            case LOWERCASE -> this == WORDPIECE;
        };
    }

    /// The trainer with some choices made; where none is, it is as the trainer itself has it.
    ///
    /// @param specials all special tokens, by id
    Trainer trainer(TokenizerChoices chosen, List<String> specials) {
        int size = chosen.vocabSize().orElse(0); // of those that have one, it was asked for
        return switch (this) {
            case BYTE -> new ByteTrainer(specials, chosen.reserved());
            case BPE ->
                new ByteLevelBpeTrainer(
                        spec(VocabularySpec.of(size), chosen, specials), chosen.regex(), Optional.empty());
            case WORD -> {
                WordTrainer all = WordTrainer.of(size);
                yield new WordTrainer(
                        spec(all.vocabulary(), chosen, specials), all.unk(), all.normalizer(), all.preTokenizer());
            }
            case CHAR -> {
                CharacterTrainer all = CharacterTrainer.of(size);
                yield new CharacterTrainer(
                        spec(all.vocabulary(), chosen, specials),
                        alphabet(all.alphabet(), chosen),
                        all.unk(),
                        chosen.byteFallback(),
                        all.normalizer(),
                        all.preTokenizer());
            }
            case BPE_CHAR -> {
                CharacterBpeTrainer all = CharacterBpeTrainer.of(size);
                yield new CharacterBpeTrainer(
                        spec(all.vocabulary(), chosen, specials),
                        alphabet(all.alphabet(), chosen),
                        all.unk(),
                        all.endOfWord(),
                        all.normalizer(),
                        all.preTokenizer());
            }
            case BPE_SP -> {
                SentencePieceBpeTrainer all = SentencePieceBpeTrainer.of(size);
                yield new SentencePieceBpeTrainer(
                        spec(all.vocabulary(), chosen, specials),
                        alphabet(all.alphabet(), chosen),
                        all.rules(),
                        all.unk(),
                        chosen.byteFallback(),
                        all.normalizer(),
                        all.preTokenizer());
            }
            case WORDPIECE -> {
                WordPieceTrainer all = WordPieceTrainer.bert(size, chosen.lowercase());
                yield new WordPieceTrainer(
                        spec(all.vocabulary(), chosen, specials),
                        alphabet(all.alphabet(), chosen),
                        all.unk(),
                        all.prefix(),
                        all.maxWordLength(),
                        all.normalizer(),
                        all.preTokenizer());
            }
            case UNIGRAM -> {
                UnigramTrainer all = UnigramTrainer.of(size);
                yield new UnigramTrainer(
                        spec(all.vocabulary(), chosen, specials),
                        alphabet(all.alphabet(), chosen),
                        all.rules(),
                        all.unk(),
                        chosen.byteFallback(),
                        all.seeds(),
                        all.shrink(),
                        all.subIterations(),
                        all.normalizer(),
                        all.preTokenizer());
            }
        };
    }

    private static VocabularySpec spec(VocabularySpec usual, TokenizerChoices chosen, List<String> specials) {
        return new VocabularySpec(
                usual.size(),
                chosen.minFrequency().orElse(usual.minFrequency()),
                chosen.maxTokenLength().isPresent() ? chosen.maxTokenLength() : usual.maxTokenLength(),
                specials,
                chosen.reserved());
    }

    private static Alphabet alphabet(Alphabet usual, TokenizerChoices chosen) {
        return new Alphabet(
                usual.required(),
                chosen.limitAlphabet().isPresent() ? chosen.limitAlphabet() : usual.limit(),
                chosen.coverage().orElse(usual.coverage()));
    }

    @Override
    public String toString() {
        return label;
    }
}
