package dev.cortado.text.tokenizer.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// SentencePiece's `precompiled_charsmap`: rules that replace byte sequences, as a double-array trie (Aoe 1989; the
/// layout is that of Darts-clone) whose values are offsets into a text of replacements that end in NUL.
///
/// The blob: the length of the trie in bytes (unsigned, 32 bits, little-endian), its units (32 bits each), and the
/// replacements in UTF-8. All that can be reached in the trie is checked when it is read, so that using it cannot
/// fail.
public final class CharsMap {
    private static final Pattern CLUSTER = Pattern.compile("\\X");
    private static final int LONGEST_CLUSTER = 5; // bytes; longer ones are looked up by character

    private final byte[] blob;
    private final int[] units;
    private final byte[] replacements;

    /// @param blob as the files hold it
    /// @throws IllegalArgumentException when it is malformed
    public CharsMap(byte[] blob) {
        this.blob = blob.clone();
        require(blob.length >= 4, "its " + blob.length + " bytes do not hold the length of a trie");
        ByteBuffer buffer = ByteBuffer.wrap(this.blob).order(ByteOrder.LITTLE_ENDIAN);
        long trieLength = Integer.toUnsignedLong(buffer.getInt());
        require(
                trieLength > 0 && trieLength % 4 == 0 && trieLength <= buffer.remaining(),
                "it says its trie has " + trieLength + " bytes, but " + buffer.remaining() + " follow");
        units = new int[(int) (trieLength / 4)];
        buffer.asIntBuffer().get(units);
        replacements = Arrays.copyOfRange(this.blob, 4 + (int) trieLength, blob.length);
        require(
                replacements.length == 0 || replacements[replacements.length - 1] == 0,
                "its last replacement does not end in NUL");
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("precompiled_charsmap is damaged: its replacements are not UTF-8", e);
        }
        checkTrie();
    }

    /// As the files hold it, a fresh array.
    public byte[] blob() {
        return blob.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CharsMap map && Arrays.equals(blob, map.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }

    /// Applies the rules as Hugging Face's library does, which is not quite what SentencePiece does: a rule is
    /// looked up for each short grapheme cluster and, when there is none, for each of its characters; the rule
    /// of the shortest beginning counts, for the whole cluster. Ranges of the original are only as good as they
    /// are there: where a replacement is longer than what it replaces, they lag behind up to the end of the
    /// text.
    AlignedText normalize(AlignedText text) {
        TextEdit edit = text.edit();
        Matcher clusters = CLUSTER.matcher(text.text());
        boolean changed = false;
        while (clusters.find()) {
            changed |= rewrite(clusters.group(), edit);
        }
        return changed ? edit.finish() : text;
    }

    private boolean rewrite(String cluster, TextEdit edit) {
        if (cluster.length() <= LONGEST_CLUSTER) {
            byte[] bytes = cluster.getBytes(StandardCharsets.UTF_8);
            Optional<String> whole = bytes.length <= LONGEST_CLUSTER ? replacement(bytes) : Optional.empty();
            if (whole.isPresent()) {
                replace(cluster.codePointCount(0, cluster.length()), whole.get(), edit);
                return true;
            }
        }
        boolean changed = false;
        for (int i = 0, width; i < cluster.length(); i += width) {
            int codePoint = cluster.codePointAt(i);
            width = Character.charCount(codePoint);
            Optional<String> one = replacement(cluster.substring(i, i + width).getBytes(StandardCharsets.UTF_8));
            if (one.isPresent()) {
                replace(1, one.get(), edit);
                changed = true;
            } else {
                edit.apply(codePoint, 0);
            }
        }
        return changed;
    }

    private static void replace(int oldCount, String replacement, TextEdit edit) {
        int newCount = replacement.codePointCount(0, replacement.length());
        int[] codePoints = replacement.codePoints().toArray();
        for (int i = 0; i < codePoints.length; i++) {
            edit.apply(codePoints[i], i == 0 ? newCount - oldCount : i);
        }
    }

    // The replacement of the shortest key that the bytes begin with.
    private Optional<String> replacement(byte[] key) {
        int node = offset(units[0]);
        for (byte b : key) {
            int label = b & 0xFF;
            int child = node ^ label;
            if (label == 0 || !isChild(child, label)) {
                return Optional.empty();
            }
            node = child ^ offset(units[child]);
            if (hasLeaf(units[child])) {
                return Optional.of(replacementAt(value(units[node])));
            }
        }
        return Optional.empty();
    }

    /// What the characters up to `end` become.
    record Rule(String replacement, int end) {}

    /// The rule for the longest beginning of a text from an index on, as SentencePiece itself looks it up; empty
    /// when there is none. Half a surrogate pair is U+FFFD.
    Optional<Rule> longest(String text, int at) {
        Optional<Rule> longest = Optional.empty();
        int node = offset(units[0]);
        for (int i = at; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            for (byte b : Character.toString(half ? 0xFFFD : codePoint).getBytes(StandardCharsets.UTF_8)) {
                int label = b & 0xFF;
                int child = node ^ label;
                if (label == 0 || !isChild(child, label)) {
                    return longest;
                }
                node = child ^ offset(units[child]);
                if (hasLeaf(units[child])) {
                    longest = Optional.of(new Rule(replacementAt(value(units[node])), i));
                }
            }
        }
        return longest;
    }

    private String replacementAt(int from) {
        int to = from;
        while (replacements[to] != 0) {
            to++;
        }
        return new String(replacements, from, to - from, StandardCharsets.UTF_8);
    }

    private void checkTrie() {
        var seen = new BitSet(units.length); // each unit once: a hostile trie may contain circles
        Deque<Integer> nodes = new ArrayDeque<>();
        nodes.add(offset(units[0]));
        while (!nodes.isEmpty()) {
            int node = nodes.remove();
            for (int label = 1; label < 256; label++) {
                int child = node ^ label;
                if (isChild(child, label) && !seen.get(child)) {
                    seen.set(child);
                    int next = child ^ offset(units[child]);
                    if (hasLeaf(units[child])) {
                        checkLeaf(next);
                    }
                    nodes.add(next);
                }
            }
        }
    }

    private void checkLeaf(int node) {
        require(node < units.length, "its trie points to unit " + node + " of " + units.length);
        int value = value(units[node]);
        require(
                value < replacements.length,
                "its trie points to byte " + value + " of " + replacements.length + " bytes of replacements");
        require((replacements[value] & 0xC0) != 0x80, "its trie points into the middle of a character");
    }

    private static void require(boolean fine, String otherwise) {
        if (!fine) {
            throw new IllegalArgumentException("precompiled_charsmap is damaged: " + otherwise);
        }
    }

    // A unit: bits 0–7 and 31 its label, 8 whether a key ends here, 9 whether the offset is in steps of 256,
    // 10–30 the offset. At the end of a key: bit 31 set, the rest the value.

    private boolean isChild(int index, int label) {
        return index < units.length && (units[index] & 0x800000FF) == label;
    }

    private static boolean hasLeaf(int unit) {
        return (unit >>> 8 & 1) == 1;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
    }

    private static int value(int unit) {
        return unit & 0x7FFFFFFF;
    }
}
