package dev.cortado.text.tokenizer.pipeline;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.cortado.text.Trials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A normalizer and a pre-tokenizer, ours and Hugging Face's, and what they do to text. The model behind theirs has
/// no tokens but bytes, so that its ids are the text as the model sees it.
record StageOracle(
        String name, HuggingFaceTokenizer theirs, Optional<Normalizer> normalizer, Optional<PreTokenizer> preTokenizer)
        implements AutoCloseable {
    /// A byte of the text as the model sees it, where it comes from (in code points), and the number of its word.
    record Seen(int unsignedByte, int start, int end, int word) {}

    static void stayLocal(Path natives) {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        System.setProperty("ENGINE_CACHE_DIR", natives.toString());
    }

    static StageOracle of(Path folder, String json, Normalizer normalizer) throws IOException {
        return new StageOracle(json, theirs(folder, json, "null"), Optional.of(normalizer), Optional.empty());
    }

    static StageOracle of(Path folder, String json, PreTokenizer preTokenizer) throws IOException {
        return new StageOracle(json, theirs(folder, "null", json), Optional.empty(), Optional.of(preTokenizer));
    }

    static StageOracle of(
            Path folder, String normalizerJson, Normalizer normalizer, String preTokenizerJson, PreTokenizer tokenizer)
            throws IOException {
        return new StageOracle(
                normalizerJson + preTokenizerJson,
                theirs(folder, normalizerJson, preTokenizerJson),
                Optional.of(normalizer),
                Optional.of(tokenizer));
    }

    private static HuggingFaceTokenizer theirs(Path folder, String normalizer, String preTokenizer) throws IOException {
        String bytes = IntStream.range(0, 256)
                .mapToObj(b -> String.format("\"<0x%02X>\":%d", b, b))
                .collect(Collectors.joining(","));
        String json = """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":%s,
            "pre_tokenizer":%s,"post_processor":null,"decoder":null,"model":{"type":"BPE","dropout":null,
            "unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,
            "byte_fallback":true,"ignore_merges":false,"vocab":{%s,"<unk>":256},"merges":[]}}
            """.formatted(normalizer, preTokenizer, bytes);
        Path file = Files.createTempFile(folder, "tokenizer", ".json");
        Files.writeString(file, json);
        return HuggingFaceTokenizer.newInstance(file, Map.of("truncation", "false"));
    }

    List<Seen> theirs(String text) {
        Encoding encoding = theirs.encode(text, false, false);
        long[] ids = encoding.getIds();
        long[] words = encoding.getWordIds();
        CharSpan[] spans = encoding.getCharTokenSpans();
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            CharSpan span = spans[i];
            seen.add(new Seen((int) ids[i], span.getStart(), span.getEnd(), (int) words[i]));
        }
        return seen;
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

    /// The characters that all the Unicode tables in their library and ours know. Their oldest one is that of
    /// scripts, of 2016; a text of other characters alone has no words
    /// there, nor has one of spaces or private characters.
    static List<Integer> characters(Path folder) throws IOException {
        try (HuggingFaceTokenizer scripts = theirs(folder, "null", "{\"type\":\"UnicodeScripts\"}")) {
            return IntStream.range(0, 0x1E000)
                    .filter(c -> c < 0x3400
                            || (c > 0xA4CF && c < 0xAC00)
                            || (c > 0xF8FF && c < 0x17000)
                            || c % 16 == 0) // few of the many alike
                    .filter(c -> Character.getType(c) != Character.UNASSIGNED
                            && Character.getType(c) != Character.SURROGATE
                            && (c == ' '
                                    || scripts.encode(Character.toString(c), false, false)
                                                    .getIds()
                                                    .length
                                            > 0))
                    .boxed()
                    .toList();
        }
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
    static String text(RandomGenerator random, int pieces, Set<Integer> characters) {
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
