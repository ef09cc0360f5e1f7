package dev.cortado.text.tokenizer.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909).
public final class Bpe implements Model {
    private final Vocabulary vocabulary;
    private final List<Merge> merges;
    private final Options options;

    /// Two neighbouring tokens that become the one spelled by both together (without the second's continuing
    /// prefix).
    ///
    /// @param rank the least rank is merged first, the leftmost of equals; in files, the position in the list
    public record Merge(int left, int right, int rank) {}

    /// The variations of the `BPE` model.
    ///
    /// @param dropout      probability that a merge is left out when sampling (Provilkov et al. 2020,
    /// arXiv:1910.13267)
    /// @param unk          stands for unknown characters; without it they are left out
    /// @param continuingSubwordPrefix stands before every symbol of a word but the first
    /// @param endOfWordSuffix stands after the last symbol of a word
    /// @param fuseUnk      whether neighbouring unknown characters become one token
    /// @param byteFallback whether unknown characters become the tokens of their bytes, `<0x00>` … `<0xFF>`
    /// @param ignoreMerges whether a word that is a token is that token, whatever the merges say
    public record Options(
            OptionalDouble dropout,
            Optional<String> unk,
            Optional<String> continuingSubwordPrefix,
            Optional<String> endOfWordSuffix,
            boolean fuseUnk,
            boolean byteFallback,
            boolean ignoreMerges) {
        /// None of them.
        public static final Options PLAIN = new Options(
                OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, false, false);
    }

    public Bpe(Vocabulary vocabulary, List<Merge> merges, Options options) {
        this.vocabulary = vocabulary;
        this.merges = List.copyOf(merges);
        this.options = options;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// The merges, the most urgent first.
    public List<Merge> merges() {
        return merges;
    }

    public Options options() {
        return options;
    }

    @Override
    public void tokenize(String word, TokenBuffer out) {
        throw new UnsupportedOperationException();
    }
}
