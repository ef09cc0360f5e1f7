package dev.cortado.text.tokenizer.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A unigram language model over pieces (Kudo 2018, arXiv:1804.10959): a word becomes the sequence of pieces of
/// greatest probability, its n best ones, or one drawn at random. Scores are natural logarithms of probabilities;
/// they need not sum to one.
///
/// A character (code point) that is no piece by itself is unknown: in its place the unknown token may stand, at ten
/// less than the least score of all pieces. Unknown characters side by side are one token.
///
/// [#tokenize] takes time proportional to the length of the word times that of the longest piece.
public final class Unigram implements Model {
    private static final double UNK_PENALTY = 10; // kUnkPenalty of SentencePiece
    private static final int NO_ID = PieceTrie.NO_ID;

    private final Vocabulary vocabulary;
    private final PieceTrie trie;
    private final List<Piece> pieces;
    private final double[] scores; // by id
    private final double unkScore;
    private final OptionalInt unk;
    private final boolean byteFallback;
    private final Set<Integer> excluded; // ids that no text becomes
    private final int[] byteIds = new int[256]; // ids of <0x00> … <0xFF>

    /// A token and the logarithm of its probability.
    public record Piece(String text, double score) {}

    /// One way to spell a word.
    ///
    /// @param ids   as [#tokenize] would give them: unknown characters fused or as bytes
    /// @param score sum of the scores, from the first piece to the last
    public record Segmentation(List<Integer> ids, double score) {
        /// Copies the list.
        public Segmentation {
            ids = List.copyOf(ids);
        }
    }

    /// @param pieces by id
    /// @param unk    id of the unknown token
    /// @throws IllegalArgumentException when a piece is empty or occurs twice, a score is not a finite number, or
    /// `unk` is not the id of a piece
    public Unigram(List<Piece> pieces, OptionalInt unk, boolean byteFallback) {
        this(
                Vocabulary.of(pieces.stream().map(Piece::text).toList()),
                Optional.empty(),
                List.copyOf(pieces),
                unk,
                byteFallback,
                Set.of());
    }

    private Unigram(
            Vocabulary vocabulary,
            Optional<PieceTrie> trie,
            List<Piece> pieces,
            OptionalInt unk,
            boolean byteFallback,
            Set<Integer> excluded) {
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.text().isEmpty()) {
                throw new IllegalArgumentException("piece " + id + " is empty: a piece needs at least one character");
            }
            if (!Double.isFinite(piece.score())) {
                throw new IllegalArgumentException("score of piece '" + piece.text() + "' is " + piece.score()
                        + ", not a finite logarithm of a probability");
            }
        }
        if (unk.isPresent() && (unk.getAsInt() < 0 || unk.getAsInt() >= pieces.size())) {
            throw new IllegalArgumentException(
                    "the unknown token has id " + unk.getAsInt() + ", but there are " + pieces.size() + " pieces");
        }
        this.vocabulary = vocabulary;
        this.trie = trie.orElseGet(() -> new PieceTrie(vocabulary.idsWithout(excluded)));
        this.excluded = excluded;
        this.pieces = pieces;
        this.unk = unk;
        this.byteFallback = byteFallback;
        scores = pieces.stream().mapToDouble(Piece::score).toArray();
        unkScore = Arrays.stream(scores).min().orElse(0) - UNK_PENALTY;
        for (int b = 0; b < byteIds.length; b++) {
            byteIds[b] = vocabulary.id(String.format("<0x%02X>", b)).orElse(NO_ID);
        }
    }

    /// The same pieces with other scores, by id; cheaper than a new model.
    ///
    /// @throws IllegalArgumentException when there is not one finite score for each piece
    public Unigram withScores(double[] newScores) {
        if (newScores.length != pieces.size()) {
            throw new IllegalArgumentException(newScores.length + " scores for " + pieces.size() + " pieces");
        }
        Piece[] changed = new Piece[newScores.length];
        Arrays.setAll(changed, id -> new Piece(pieces.get(id).text(), newScores[id]));
        return new Unigram(vocabulary, Optional.of(trie), List.of(changed), unk, byteFallback, excluded);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /// The pieces by id.
    public List<Piece> pieces() {
        return pieces;
    }

    /// Id of the unknown token.
    public OptionalInt unk() {
        return unk;
    }

    /// Whether what is unknown becomes the tokens of its bytes, `<0x00>` … `<0xFF>`.
    public boolean byteFallback() {
        return byteFallback;
    }

    /// The most probable segmentation (Viterbi). Sums run from the first piece to the last, and of equals the
    /// one whose last piece is longest wins, at every position: so does Hugging Face's library.
    @Override
    public void tokenize(String word, TokenBuffer out) {
        int length = word.length();
        char[] text = word.toCharArray();
        double[] best = new double[length + 1]; // by position: score of the best way there
        int[] lastId = new int[length + 1]; // by position: the piece that way ends with
        int[] lastStart = new int[length + 1]; // by position: one more than where that piece begins; 0: no way there
        for (int start = 0; start < length; ) {
            double here = best[start];
            int next = start + width(text, start);
            boolean known = false;
            int node = PieceTrie.ROOT;
            for (int end = start; end < length; ) {
                node = trie.step(node, text[end++]);
                if (node == PieceTrie.NOWHERE) {
                    break;
                }
                int id = trie.id(node);
                if (id != NO_ID) {
                    double score = scores[id] + here;
                    if (lastStart[end] == 0 || score > best[end]) {
                        best[end] = score;
                        lastId[end] = id;
                        lastStart[end] = start + 1;
                    }
                    known |= end == next;
                }
            }
            if (!known) {
                double score = unkScore + here;
                if (lastStart[next] == 0 || score > best[next]) {
                    best[next] = score;
                    lastId[next] = unkOrThrow(word, start);
                    lastStart[next] = start + 1;
                }
            }
            start = next;
        }
        int at = length; // the way back, written into the ends of the same arrays: it never passes what is still read
        for (int end = length; end > 0; at--) {
            int start = lastStart[end] - 1;
            lastId[at] = lastId[end];
            lastStart[at] = end;
            end = start;
        }
        emit(word, lastId, lastStart, at + 1, length + 1, true, out);
    }

    /// The `n` most probable segmentations, the best first, or all if there are fewer; of equals those with a
    /// longer last piece come first. The first is that of [#tokenize], unless the scores of known pieces exceed
    /// ten: no logarithms of probabilities do. Exact: it keeps the `n` best ways to each position, in time and
    /// space proportional to the length of the word times `n`.
    ///
    /// @throws IllegalArgumentException as [#tokenize], or when `n` is not positive
    public List<Segmentation> nBest(String word, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("asked for the " + n + " best segmentations: it takes at least 1");
        }
        var out = new TokenBuffer();
        return lattice(word).best(n).stream()
                .map(path -> {
                    out.clear();
                    emit(word, path.ids(), path.ends(), 0, path.ids().length, false, out);
                    return new Segmentation(Arrays.stream(out.ids()).boxed().toList(), path.score());
                })
                .toList();
    }

    /// Adds the tokens of a segmentation drawn at random, each with probability proportional to its own to the
    /// power of `alpha`: 0 draws uniformly, large values nearly always draw the best (subword regularization,
    /// Kudo 2018, equation 8 over all segmentations). Exact, by forward filtering and backward sampling.
    ///
    /// @throws IllegalArgumentException as [#tokenize], or when `alpha` is negative or not finite
    public void sample(String word, double alpha, RandomGenerator random, TokenBuffer out) {
        if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("alpha of sampling is " + alpha + ", not a number from 0 on");
        }
        Lattice.Path path = lattice(word).sample(alpha, random);
        emit(word, path.ids(), path.ends(), 0, path.ids().length, false, out);
    }

    /// How often each piece is expected to occur in a word, over all segmentations by their probability: the
    /// E-step of training (Kudo 2018, section 3.2).
    ///
    /// @param weight how often the word occurs
    /// @param counts by id; `weight` times the expected numbers are added to it
    /// @return `weight` times the logarithm of the probability of the word, summed over its segmentations
    /// @throws IllegalArgumentException as [#tokenize]
    public double expectedCounts(String word, double weight, double[] counts) {
        return lattice(word).expectedCounts(weight, counts);
    }

    /// All segmentations of a word.
    private Lattice lattice(String word) {
        int length = word.length();
        char[] text = word.toCharArray();
        var lattice = new Lattice.Builder(length);
        for (int start = 0; start < length; ) {
            int next = start + width(text, start);
            boolean known = false;
            int node = PieceTrie.ROOT;
            for (int end = start; end < length && node != PieceTrie.NOWHERE; ) {
                node = trie.step(node, text[end++]);
                int id = trie.id(node);
                if (id != NO_ID) {
                    lattice.add(start, end, id, scores[id]);
                    known |= end == next;
                }
            }
            if (!known && unk.isPresent()) {
                lattice.add(start, next, unk.getAsInt(), unkScore);
            }
            start = next;
        }
        return lattice.build()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no sequence of pieces spells a word, and there is no unknown token: " + beginning(word, 0)));
    }

    /// Adds the pieces `[from, to)` of a segmentation, by what each is and where it ends, and tokens for the
    /// unknown.
    private void emit(String word, int[] ids, int[] ends, int from, int to, boolean look, TokenBuffer out) {
        int start = 0;
        for (int i = from; i < to; i++) {
            int id = ids[i];
            if (unk.isPresent() && id == unk.getAsInt()) {
                while (i + 1 < to && ids[i + 1] == id) {
                    i++;
                }
                emitUnknown(word, start, ends[i], look, out);
            } else {
                out.add(id, start, ends[i]);
            }
            start = ends[i];
        }
    }

    /// @param look whether characters that are a piece together are that piece, though the way to it was
    /// improbable: in the best segmentation they are to Hugging Face's library
    private void emitUnknown(String word, int start, int end, boolean look, TokenBuffer out) {
        int unkId = unk.orElseThrow();
        int together = look ? trie.id(trie.walk(PieceTrie.ROOT, word, start, end)) : NO_ID;
        if (together != NO_ID || !byteFallback) {
            out.add(together != NO_ID ? together : unkId, start, end);
            return;
        }
        byte[] bytes = word.substring(start, end).getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (byteIds[b & 0xFF] == NO_ID) { // one missing: the library then spells none of them
                out.add(unkId, start, end);
                return;
            }
        }
        for (byte b : bytes) {
            out.add(byteIds[b & 0xFF], start, end);
        }
    }

    private int unkOrThrow(String word, int at) {
        return unk.orElseThrow(() -> new IllegalArgumentException(
                "no piece is a character of the text, and there is no unknown token: " + beginning(word, at)));
    }

    private static String beginning(String word, int at) {
        return "'" + word.substring(at, Math.min(at + 20, word.length())) + "'";
    }

    private static int width(char[] text, int at) {
        return at + 1 < text.length && Character.isSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
    }

    @Override
    public Unigram without(Set<Integer> ids) {
        Set<Integer> all = new HashSet<>(excluded);
        return all.addAll(ids)
                ? new Unigram(vocabulary, Optional.empty(), pieces, unk, byteFallback, Set.copyOf(all))
                : this;
    }
}
