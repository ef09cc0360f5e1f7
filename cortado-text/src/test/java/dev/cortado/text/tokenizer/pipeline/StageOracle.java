package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.Trials;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A normalizer and a pre-tokenizer, ours and Hugging Face's, and what they do to text. The model behind theirs has
/// no tokens but bytes, so that its ids are the text as the model sees it.
public record StageOracle(
        String name, Oracle theirs, Optional<Normalizer> normalizer, Optional<PreTokenizer> preTokenizer)
        implements AutoCloseable {
    // Characters whose properties are newer than some tables in their library.
    static final String NEW_FORMAT = "8E2";
    static final String NEW_MARKS = "8D4-8E1 1734 1885-1886 1DFB A8C5 A9BD 111C9 1123E 11438-1143F "
            + "11442-11444 11446 1171E 11C30-11C36 11C38-11C3D 11C3F 11C92-11CA7 11CAA-11CB0 11CB2-11CB3 11CB5-11CB6 "
            + "1E000-1E006 1E008-1E018 1E01B-1E021 1E023-1E024 1E026-1E02A 1E944-1E94A";
    static final String NEW_PUNCTUATION =
            "166D 2E43-2E44 111C9 1144B-1144F 1145B 1145D 11660-1166C 11C41-11C45 11C70-11C71 1E95E-1E95F";
    static final String NEW_SCRIPTS = "589 61C";
    static final String NEW_ACCENTS = "1CF2-1CF3 111C9";

    private static final class Known {
        private static final List<Integer> CHARACTERS = known(); // when first asked for: it takes a while
    }

    /// A byte of the text as the model sees it, where it comes from (in code points), and the number of its word.
    record Seen(int unsignedByte, int start, int end, int word) {}

    static StageOracle of(String json, Normalizer normalizer) {
        return new StageOracle(json, theirs(json, "null"), Optional.of(normalizer), Optional.empty());
    }

    static StageOracle of(String json, PreTokenizer preTokenizer) {
        return new StageOracle(json, theirs("null", json), Optional.empty(), Optional.of(preTokenizer));
    }

    static StageOracle of(
            String normalizerJson, Normalizer normalizer, String preTokenizerJson, PreTokenizer tokenizer) {
        return new StageOracle(
                normalizerJson + preTokenizerJson,
                theirs(normalizerJson, preTokenizerJson),
                Optional.of(normalizer),
                Optional.of(tokenizer));
    }

    private static Oracle theirs(String normalizer, String preTokenizer) {
        String bytes = IntStream.range(0, 256)
                .mapToObj(b -> String.format("\"<0x%02X>\":%d", b, b))
                .collect(Collectors.joining(","));
        return new Oracle("""
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":%s,
            "pre_tokenizer":%s,"post_processor":null,"decoder":null,"model":{"type":"BPE","dropout":null,
            "unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,
            "byte_fallback":true,"ignore_merges":false,"vocab":{%s,"<unk>":256},"merges":[]}}
            """.formatted(normalizer, preTokenizer, bytes));
    }

    List<Seen> theirs(String text) {
        return theirs.seen(text, false).stream()
                .map(token -> new Seen(token.id(), token.start(), token.end(), token.word()))
                .toList();
    }

    List<AlignedText> pieces(String text) {
        AlignedText now = AlignedText.of(text);
        if (normalizer.isPresent()) {
            now = normalizer.get().normalize(now);
        }
        // Where added tokens would be cut out.
        AlignedText cut = now.slice(0, now.length());
        return preTokenizer.map(splitter -> splitter.split(cut)).orElse(Spans.present(cut));
    }

    List<Seen> ours(String text) {
        int[] points = new int[text.length() + 1]; // code points before
        for (int i = 0; i < text.length(); i++) {
            points[i + 1] = points[i] + (Character.isLowSurrogate(text.charAt(i)) ? 0 : 1);
        }
        List<Seen> seen = new ArrayList<>();
        int word = 0;
        for (AlignedText piece : pieces(text)) {
            for (int i = 0, width; i < piece.length(); i += width) {
                int codePoint = piece.text().codePointAt(i);
                width = Character.charCount(codePoint);
                for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
                    seen.add(new Seen(b & 0xFF, points[piece.start(i)], points[piece.end(i)], word));
                }
            }
            word++;
        }
        return seen;
    }

    /// Fails where the two see different things.
    void compare(String text) {
        List<Seen> ours = ours(text);
        List<Seen> theirs = theirs(text);
        if (!ours.equals(theirs)) {
            int at = 0;
            while (at < Math.min(ours.size(), theirs.size()) && ours.get(at).equals(theirs.get(at))) {
                at++;
            }
            throw new AssertionError("%s differs from byte %d on%nours   %s%ntheirs %s%nours   %s%ntheirs %s%ntext   %s"
                    .formatted(name, at, excerpt(ours, at), excerpt(theirs, at), spelled(ours), spelled(theirs), text));
        }
    }

    /// The characters that the two see differently, between letters, digits and spaces.
    List<Integer> differences(List<Integer> characters) {
        List<Integer> found = new ArrayList<>();
        for (int from = 0; from < characters.size(); from += 500) {
            bisect(characters.subList(from, Math.min(from + 500, characters.size())), found);
        }
        return found;
    }

    private void bisect(List<Integer> characters, List<Integer> found) {
        var text = new StringBuilder();
        for (int c : characters) {
            text.append('a').appendCodePoint(c).append("1 ").appendCodePoint(c).append('x');
        }
        if (ours(text.toString()).equals(theirs(text.toString()))) {
            return;
        }
        if (characters.size() == 1) {
            found.add(characters.getFirst());
        } else {
            bisect(characters.subList(0, characters.size() / 2), found);
            bisect(characters.subList(characters.size() / 2, characters.size()), found);
        }
    }

    /// The characters that all the Unicode tables in their library and ours know, few of the many alike.
    /// Their oldest table is that of scripts (2016): a text of characters it lacks has no words.
    public static List<Integer> characters() {
        return Known.CHARACTERS;
    }

    /// Those of them that every table gives the same properties.
    public static Set<Integer> settled() {
        Set<Integer> characters = new HashSet<>(characters());
        for (String changed : List.of(NEW_FORMAT, NEW_MARKS, NEW_PUNCTUATION, NEW_SCRIPTS, NEW_ACCENTS)) {
            characters.removeAll(inRanges(changed));
        }
        return characters;
    }

    private static List<Integer> known() {
        try (Oracle scripts = theirs("null", "{\"type\":\"UnicodeScripts\"}")) {
            return IntStream.range(0, 0x20000)
                    .filter(c -> c < 0x3400
                            || (c > 0xA4CF && c < 0xAC00)
                            || (c > 0xF8FF && c < 0x17000)
                            || c > 0x1CFFF
                            || c % 16 == 0)
                    .filter(c -> Character.getType(c) != Character.UNASSIGNED
                            && Character.getType(c) != Character.SURROGATE
                            && (c == ' ' || scripts.ids(Character.toString(c), false).length > 0))
                    .boxed()
                    .toList();
        }
    }

    /// Some of those, among them all that occur most: another share for another name. With more patience, more.
    static List<Integer> some(String name, int share) {
        int every = Trials.share(share);
        return characters().stream()
                .filter(c -> c < 0x250 || Math.floorMod(c + name.hashCode(), every) == 0)
                .toList();
    }

    /// What [#ranges] spells.
    public static Set<Integer> inRanges(String ranges) {
        Set<Integer> characters = new HashSet<>();
        for (String range : ranges.isEmpty() ? new String[0] : ranges.split(" ", -1)) {
            String[] ends = range.split("-", -1);
            IntStream.rangeClosed(Integer.parseInt(ends[0], 16), Integer.parseInt(ends[ends.length - 1], 16))
                    .forEach(characters::add);
        }
        return characters;
    }

    /// Ascending characters as hexadecimal numbers and ranges.
    static String ranges(List<Integer> characters) {
        var text = new StringBuilder();
        for (int i = 0, j; i < characters.size(); i = j) {
            int from = characters.get(i);
            for (j = i + 1; j < characters.size() && characters.get(j) == from + j - i; j++) {}
            text.append(i == 0 ? "" : " ").append(String.format("%X", from));
            text.append(j > i + 1 ? String.format("-%X", from + j - i - 1) : "");
        }
        return text.toString();
    }

    /// Random text of such characters.
    public static String text(RandomGenerator random, int pieces, Set<Integer> characters) {
        return Trials.text(random, pieces)
                .codePoints()
                .filter(characters::contains)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static List<Seen> excerpt(List<Seen> seen, int at) {
        return seen.subList(Math.max(0, at - 1), Math.min(seen.size(), at + 12));
    }

    private static String spelled(List<Seen> seen) {
        byte[] bytes = new byte[Math.min(400, seen.size())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) seen.get(i).unsignedByte();
        }
        return new String(bytes, StandardCharsets.UTF_8).replace("\n", "\\n");
    }

    @Override
    public void close() {
        theirs.close();
    }
}
