package dev.cortado.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Ways of mixing tokens in plain loops over `double`, for one head: q, k and v are [T, C], the result [T, C]. As in
/// [Naive], nothing here is fast.
public final class NaiveMixing {
    private NaiveMixing() {}

    /// Who sees whom.
    @FunctionalInterface
    public interface Sight {
        /// Whether token t sees token s.
        boolean sees(int t, int s);
    }

    /// softmax(q·k/√C)·v over the tokens each one sees (Vaswani et al. 2017, arXiv:1706.03762, equation 1); 0
    /// where a token sees none.
    public static double[][] attention(double[][] q, double[][] k, double[][] v, Sight sight) {
        double[][] mixed = new double[q.length][];
        for (int t = 0; t < q.length; t++) {
            List<Integer> seen = new ArrayList<>();
            for (int s = 0; s < k.length; s++) {
                if (sight.sees(t, s)) {
                    seen.add(s);
                }
            }
            double[] scores = new double[seen.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = Naive.dot(q[t], k[seen.get(i)]) / Math.sqrt(q[t].length);
            }
            double[] weights = seen.isEmpty() ? scores : Naive.softmax(scores);
            mixed[t] = new double[v[0].length];
            for (int i = 0; i < weights.length; i++) {
                addScaled(mixed[t], weights[i], v[seen.get(i)]);
            }
        }
        return mixed;
    }

    /// Sight of Longformer (Beltagy et al. 2020, arXiv:2004.05150): at most `window` away, or one of the two is
    /// among the first `globals`; causally, not later.
    public static Sight longformer(int window, int globals, boolean causal) {
        return (t, s) -> (Math.abs(t - s) <= window || t < globals || s < globals) && !(causal && s > t);
    }

    /// softmax(q·(E·k)/√C)·(F·v) (Wang et al. 2020, arXiv:2006.04768, equation 7). E and F [rank, length]; of
    /// longer ones the first T columns are used.
    public static double[][] linformer(double[][] q, double[][] k, double[][] v, double[][] e, double[][] f) {
        return attention(q, summed(e, k), summed(f, v), (_, _) -> true);
    }

    private static double[][] summed(double[][] projection, double[][] x) {
        double[][] rows = new double[projection.length][x[0].length];
        for (int r = 0; r < rows.length; r++) {
            for (int t = 0; t < x.length; t++) {
                addScaled(rows[r], projection[r][t], x[t]);
            }
        }
        return rows;
    }

    /// Σ φ(q)·φ(kₛ)·vₛ / Σ φ(q)·φ(kₛ) with φ(x) = exp(Wx − ‖x‖²/2), x divided by ⁴√C (Choromanski et al. 2020,
    /// arXiv:2009.14794, lemma 1 and equation 4). To each token's features `floor` times the largest is added.
    ///
    /// @param directions W [m, C]
    public static double[][] performer(
            double[][] q, double[][] k, double[][] v, double[][] directions, double floor, boolean causal) {
        double[][] mixed = new double[q.length][v[0].length];
        for (int t = 0; t < q.length; t++) {
            double[] query = features(q[t], directions, floor);
            double sum = 0;
            for (int s = 0; s < (causal ? t + 1 : k.length); s++) {
                double weight = Naive.dot(query, features(k[s], directions, floor));
                addScaled(mixed[t], weight, v[s]);
                sum += weight;
            }
            for (int c = 0; c < mixed[t].length; c++) {
                mixed[t][c] /= sum;
            }
        }
        return mixed;
    }

    private static double[] features(double[] x, double[][] directions, double floor) {
        double root = Math.pow(x.length, 0.25);
        double[] features = new double[directions.length];
        double largest = 0;
        for (int i = 0; i < features.length; i++) {
            features[i] = Math.exp(Naive.dot(directions[i], x) / root - Naive.dot(x, x) / (root * root) / 2);
            largest = Math.max(largest, features[i]);
        }
        for (int i = 0; i < features.length; i++) {
            features[i] += floor * largest;
        }
        return features;
    }

    /// The score of a token with itself in [#reformer].
    private static final double SELF = -1e5;

    /// LSH attention with shared queries and keys (Kitaev et al. 2020, arXiv:2001.04451, section 2): of each
    /// round with its set Pᵣ of tokens seen, oᵣ = Σ exp(q·k − zᵣ)·v/N and zᵣ = log Σ exp(q·k)/N, N the number of
    /// rounds that found the pair; o = Σ exp(zᵣ − z)·oᵣ with z = log Σ exp zᵣ.
    ///
    /// Written without rounds: that is the softmax over the union of all Pᵣ.
    ///
    /// @param rotations of each round the two R [C, f/2] whose hashes make a bucket
    /// @param chunk     tokens of a chunk
    public static double[][] reformer(double[][] q, double[][] v, double[][][][] rotations, int chunk, boolean causal) {
        int tokens = q.length;
        int rounds = rotations.length;
        int[][] chunkOf = new int[rounds][];
        for (int r = 0; r < rounds; r++) {
            chunkOf[r] = chunks(q, rotations[r], chunk);
        }
        double[][] mixed = new double[tokens][v[0].length];
        for (int i = 0; i < tokens; i++) {
            double[] scores = new double[tokens];
            for (int j = 0; j < tokens; j++) {
                boolean found = false;
                for (int r = 0; r < rounds; r++) {
                    int before = chunkOf[r][i] - chunkOf[r][j];
                    found |= before == 0 || before == 1;
                }
                scores[j] = found && !(causal && j > i) ? score(q, i, j) : Double.NEGATIVE_INFINITY;
            }
            double[] weights = Naive.softmax(scores);
            for (int j = 0; j < tokens; j++) {
                addScaled(mixed[i], weights[j], v[j]);
            }
        }
        return mixed;
    }

    private static double score(double[][] q, int i, int j) {
        return i == j ? SELF : Naive.dot(q[i], q[j]) / Math.sqrt(Naive.dot(q[j], q[j]));
    }

    /// The chunk each token is in when all are sorted by bucket, then by position.
    private static int[] chunks(double[][] q, double[][][] rotations, int chunk) {
        int values = 2 * rotations[0][0].length;
        int[] buckets = new int[q.length];
        Arrays.setAll(buckets, t -> values * hash(q[t], rotations[0]) + hash(q[t], rotations[1]));
        List<Integer> sorted = new ArrayList<>();
        for (int bucket = 0; bucket < values * values; bucket++) {
            for (int t = 0; t < q.length; t++) {
                if (buckets[t] == bucket) {
                    sorted.add(t);
                }
            }
        }
        int[] chunks = new int[q.length];
        for (int place = 0; place < sorted.size(); place++) {
            chunks[sorted.get(place)] = place / chunk;
        }
        return chunks;
    }

    /// argmax [xR; −xR].
    private static int hash(double[] x, double[][] rotation) {
        int half = rotation[0].length;
        double[] rotated = new double[2 * half];
        for (int c = 0; c < x.length; c++) {
            for (int i = 0; i < half; i++) {
                rotated[i] += x[c] * rotation[c][i];
                rotated[half + i] -= x[c] * rotation[c][i];
            }
        }
        int best = 0;
        for (int i = 1; i < rotated.length; i++) {
            best = rotated[i] > rotated[best] ? i : best;
        }
        return best;
    }

    private static void addScaled(double[] sum, double factor, double[] row) {
        for (int c = 0; c < sum.length; c++) {
            sum[c] += factor * row[c];
        }
    }
}
