package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.model.ByteAlphabet;
import dev.cortado.text.tokenizer.model.PairIndex;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909) over bytes instead of characters, as in GPT-2 (Radford
/// et al. 2019): no text is unknown, and every sequence of bytes, malformed UTF-8 included, survives
/// `decodeBytes(encode(bytes))` unchanged.
///
/// Text is cut into words ([WordScanner]); a word begins as its bytes, and of all neighbouring pairs the one earliest
/// in the merge list, the leftmost of equals, is joined until no pair is in the list. Encoding n bytes takes
/// O(n log n) at worst, however long a word is.
public final class ByteLevelBpe implements Tokenizer {
    /// Slots of the cache of short words; a power of two.
    private static final int CACHE_SLOTS = 1 << 14;

    private static final int LONGEST_CACHED_WORD = 32;

    private final BpeVocabulary vocabulary;
    private final Map<String, Integer> ids;
    private final byte[][] bytes; // by id
    private final int[] byteIds = new int[256]; // by unsigned byte
    private final PairIndex ranks;
    private final int[] merged; // by rank: the id a merge makes
    // A word's slot is its hash. Threads race for slots without harm: entries are immutable, a lost one is
    // recomputed.
    private final @Nullable CachedWord[] cache = new @Nullable CachedWord[CACHE_SLOTS];

    /// A tokenizer over a vocabulary.
    ///
    /// @throws IllegalArgumentException when a byte has no token, or a token that is not special is not spelled
    /// in the byte alphabet
    public ByteLevelBpe(BpeVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        List<String> tokens = vocabulary.tokens();
        ids = BpeVocabulary.ids(tokens);
        bytes = new byte[tokens.size()][];
        Arrays.fill(byteIds, -1);
        Map<String, Integer> specials = vocabulary.specials().ids();
        for (int id = 0; id < bytes.length; id++) {
            String token = tokens.get(id);
            if (specials.containsKey(token)) {
                bytes[id] = token.getBytes(StandardCharsets.UTF_8);
                continue;
            }
            int number = id;
            bytes[id] = ByteAlphabet.bytes(token)
                    .orElseThrow(() -> new IllegalArgumentException("token '" + token + "' (id " + number
                            + ") is not special and not spelled in the alphabet of byte-level BPE"));
            if (bytes[id].length == 1) {
                byteIds[bytes[id][0] & 0xFF] = id;
            }
        }
        for (int b = 0; b < 256; b++) {
            if (byteIds[b] < 0) {
                throw new IllegalArgumentException("byte " + b + " has no token (it is spelled '"
                        + ByteAlphabet.character(b) + "'): not every text could be encoded");
            }
        }
        ranks = new PairIndex(vocabulary.merges().size());
        merged = new int[vocabulary.merges().size()];
        for (int rank = 0; rank < merged.length; rank++) {
            BpeVocabulary.Merge merge = vocabulary.merges().get(rank);
            ranks.add(PairIndex.pair(merge.left(), merge.right()));
            merged[rank] = ids.get(tokens.get(merge.left()) + tokens.get(merge.right()));
        }
    }

    /// Tokens, merges and special tokens, as files hold them.
    public BpeVocabulary vocabulary() {
        return vocabulary;
    }

    /// The same tokenizer with other special-token roles or names for the same ids.
    ///
    /// @throws IllegalArgumentException when the names and ids are not those of this vocabulary's special tokens
    public ByteLevelBpe withSpecials(Specials specials) {
        if (!specials.ids().equals(specials().ids())) {
            throw new IllegalArgumentException("special tokens " + specials.ids() + " are not the vocabulary's "
                    + specials().ids());
        }
        return new ByteLevelBpe(new BpeVocabulary(vocabulary.tokens(), vocabulary.merges(), specials));
    }

    @Override
    public int vocabSize() {
        return bytes.length;
    }

    @Override
    public int[] encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The ids of bytes, which need not be well-formed UTF-8.
    public int[] encode(byte[] text) {
        int[] out = new int[Math.max(16, text.length / 3)];
        int count = 0;
        var merger = new WordMerger(ranks, merged);
        for (int start = 0, end; start < text.length; start = end) {
            end = WordScanner.wordEnd(text, start, text.length);
            out = roomFor(out, count, end - start);
            count += encodeWord(text, start, end, merger, out, count);
        }
        return Arrays.copyOf(out, count);
    }

    /// Puts the ids of one word into `out` from `at` on, and says how many they are.
    private int encodeWord(byte[] text, int start, int end, WordMerger merger, int[] out, int at) {
        int length = end - start;
        if (length > LONGEST_CACHED_WORD) {
            return merger.merge(text, start, end, byteIds, out, at);
        }
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + text[i];
        }
        int slot = (hash ^ hash >>> 15) & (CACHE_SLOTS - 1);
        CachedWord known = cache[slot];
        if (known != null && Arrays.equals(known.word, 0, known.word.length, text, start, end)) {
            System.arraycopy(known.ids, 0, out, at, known.ids.length);
            return known.ids.length;
        }
        int count = merger.merge(text, start, end, byteIds, out, at);
        cache[slot] = new CachedWord(Arrays.copyOfRange(text, start, end), Arrays.copyOfRange(out, at, at + count));
        return count;
    }

    private static int[] roomFor(int[] out, int count, int more) {
        return count + more <= out.length
                ? out
                : Arrays.copyOf(out, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(count + (long) more, 2L * count)));
    }

    @Override
    public byte[] bytes(int id) {
        return shared(id).clone();
    }

    /// The bytes that some ids stand for, one after the other.
    ///
    /// @throws IllegalArgumentException when an id is outside the vocabulary
    public byte[] decodeBytes(int[] ids) {
        var out = new ByteArrayOutputStream(4 * ids.length);
        for (int id : ids) {
            out.writeBytes(shared(id));
        }
        return out.toByteArray();
    }

    @Override
    public String decode(int[] ids) {
        return Utf8.decode(decodeBytes(ids));
    }

    private byte[] shared(int id) {
        if (id < 0 || id >= bytes.length) {
            throw new IllegalArgumentException(
                    "token id " + id + " is outside the vocabulary of " + bytes.length + " tokens");
        }
        return bytes[id];
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public Specials specials() {
        return vocabulary.specials();
    }

    private static final class CachedWord {
        final byte[] word;
        final int[] ids;

        CachedWord(byte[] word, int[] ids) {
            this.word = word;
            this.ids = ids;
        }
    }
}
