package dev.cortado.text.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.text.Trials;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpeTest {
    private static final Bpe.Options PLAIN = Bpe.Options.PLAIN;

    @Test
    void mergesAsTheDefinitionSays() {
        Trials.repeat(1000, random -> {
            Bpe bpe = random(random);
            String word = letters(random, random.nextInt(4) == 0 ? 80 : 12);
            assertThat(ids(bpe, word)).as(word).isEqualTo(naive(bpe, word));
        });
    }

    @Test
    void rangesCoverTheWord() {
        Trials.repeat(500, random -> {
            Bpe bpe = random(random);
            String word = letters(random, 40);
            var out = new TokenBuffer();
            bpe.tokenize(word, out);
            int at = 0;
            for (int i = 0; i < out.size(); i++) {
                assertThat(out.start(i)).isEqualTo(at);
                at = out.end(i);
                assertThat(bpe.vocabulary().token(out.id(i))).hasValue(word.substring(out.start(i), at));
            }
            assertThat(at).isEqualTo(word.length());
        });
    }

    @Test
    void takesTheTokenOfLeastRankAsTiktokenDoes() {
        Trials.repeat(1000, random -> {
            Vocabulary vocabulary = vocabulary(random);
            Bpe bpe = new Bpe(vocabulary, NaiveMerges.byRank(vocabulary), PLAIN);
            String word = letters(random, 30);
            assertThat(ids(bpe, word)).as(word).isEqualTo(naiveTiktoken(vocabulary, word));
        });
    }

    @Test
    void bytesAreMergedAsTheirSpellingIs() {
        Trials.repeat(300, random -> {
            List<String> tokens = new ArrayList<>();
            for (int b = 0; b < 256; b++) {
                tokens.add(String.valueOf(ByteAlphabet.character(b)));
            }
            Set<String> more = new LinkedHashSet<>();
            for (int i = 0; i < 30; i++) {
                more.add(tokens.get(random.nextInt(97, 101)) + tokens.get(random.nextInt(97, 101)));
            }
            tokens.addAll(more);
            Vocabulary vocabulary = Vocabulary.of(tokens);
            boolean whole = random.nextBoolean();
            Bpe bpe = new Bpe(
                    vocabulary,
                    NaiveMerges.byRank(vocabulary),
                    new Bpe.Options(
                            OptionalDouble.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            false,
                            whole));
            byte[] word = letters(random, 40).getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[word.length];
            int count = bpe.byteMerger().orElseThrow().merge(word, 0, word.length, ids, 0);
            var spelled = new StringBuilder();
            for (byte b : word) {
                spelled.append(ByteAlphabet.character(b & 0xFF));
            }
            assertThat(Arrays.copyOf(ids, count)).isEqualTo(ids(bpe, spelled.toString()));
        });
    }

    @Test
    void marksTheEndsAndTheInsidesOfWords() {
        Vocabulary vocabulary = Vocabulary.of(List.of("a", "##b", "##c</w>", "a</w>", "##bc</w>", "abc</w>"));
        Bpe bpe = new Bpe(
                vocabulary,
                List.of(new Bpe.Merge(1, 2, 0), new Bpe.Merge(0, 4, 1)),
                new Bpe.Options(
                        OptionalDouble.empty(),
                        Optional.empty(),
                        Optional.of("##"),
                        Optional.of("</w>"),
                        false,
                        false,
                        false));
        assertThat(ids(bpe, "abc")).containsExactly(5);
        assertThat(ids(bpe, "a")).containsExactly(3);
        assertThat(ids(bpe, "ab")).containsExactly(0); // ##b</w> is unknown, and there is no unknown token
    }

    @Test
    void unknownCharactersBecomeTheUnknownTokenOrBytes() {
        Vocabulary vocabulary = Vocabulary.of(List.of("<unk>", "a"));
        assertThat(ids(new Bpe(vocabulary, List.of(), unknown(false, false)), "aééa"))
                .containsExactly(1, 0, 0, 1);
        assertThat(ids(new Bpe(vocabulary, List.of(), unknown(true, false)), "aé😀a"))
                .containsExactly(1, 0, 1);
        List<String> tokens = new ArrayList<>(List.of("<unk>", "a"));
        IntStream.range(0, 256).forEach(b -> tokens.add("<0x%02X>".formatted(b)));
        assertThat(ids(new Bpe(Vocabulary.of(tokens), List.of(), unknown(false, true)), "a😀"))
                .containsExactly(1, 2 + 0xF0, 2 + 0x9F, 2 + 0x98, 2 + 0x80);
    }

    @Test
    void excludedTokensAreOutOfReach() {
        Vocabulary vocabulary = Vocabulary.of(List.of("<", "s", ">", "<s", "<s>"));
        List<Bpe.Merge> merges = List.of(new Bpe.Merge(0, 1, 0), new Bpe.Merge(3, 2, 1));
        Bpe bpe = new Bpe(vocabulary, merges, PLAIN);
        assertThat(ids(bpe, "<s>")).containsExactly(4);
        assertThat(ids(bpe.without(Set.of(4)), "<s>")).containsExactly(3, 2);
    }

    @Test
    void dropoutGoesFromMergedToSingleCharacters() {
        Vocabulary vocabulary = Vocabulary.of(List.of("a", "b", "ab", "abab"));
        Bpe bpe = new Bpe(vocabulary, List.of(new Bpe.Merge(0, 1, 0), new Bpe.Merge(2, 2, 1)), PLAIN);
        RandomGenerator random = new SplittableRandom(1);
        assertThat(sample(bpe, 0, random)).containsExactly(3, 3);
        assertThat(sample(bpe, 1, random)).containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
        Set<List<Integer>> seen = new LinkedHashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(IntStream.of(sample(bpe, 0.5, random)).boxed().toList());
        }
        assertThat(seen).hasSizeGreaterThan(5);
    }

    @Test
    void aMillionEqualCharactersTakeNoTimeToSpeakOf() {
        Vocabulary vocabulary = Vocabulary.of(List.of("a", "aa", "aaa", "aaaa", "aaaaaaaa"));
        Bpe bpe = new Bpe(vocabulary, NaiveMerges.byRank(vocabulary), PLAIN);
        long begin = System.nanoTime();
        assertThat(ids(bpe, "a".repeat(1_000_000))).hasSize(125_000);
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(5);
    }

    @Test
    void refusesMergesThatCannotBe() {
        Vocabulary vocabulary = Vocabulary.of(List.of("a", "b", "ab"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bpe(vocabulary, List.of(new Bpe.Merge(0, 7, 0)), PLAIN))
                .withMessageContaining("names id 7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bpe(vocabulary, List.of(new Bpe.Merge(1, 0, 0)), PLAIN))
                .withMessageContaining("makes 'ba'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bpe(vocabulary, List.of(new Bpe.Merge(0, 1, 2_000_000_000)), PLAIN))
                .withMessageContaining("rank");
    }

    private static Bpe.Options unknown(boolean fuse, boolean bytes) {
        return new Bpe.Options(
                OptionalDouble.empty(), Optional.of("<unk>"), Optional.empty(), Optional.empty(), fuse, bytes, false);
    }

    private static int[] ids(Bpe bpe, String word) {
        var out = new TokenBuffer();
        bpe.tokenize(word, out);
        return out.ids();
    }

    private static int[] sample(Bpe bpe, double dropout, RandomGenerator random) {
        var out = new TokenBuffer();
        bpe.sample("abababab", dropout, random, out);
        return out.ids();
    }

    private static String letters(RandomGenerator random, int most) {
        var word = new StringBuilder();
        for (int i = random.nextInt(1, most); i > 0; i--) {
            word.append((char) ('a' + random.nextInt(4)));
        }
        return word.toString();
    }

    private static Vocabulary vocabulary(RandomGenerator random) {
        Set<String> tokens = new LinkedHashSet<>(List.of("a", "b", "c", "d"));
        for (int i = 0; i < 40; i++) {
            List<String> known = List.copyOf(tokens);
            String token = known.get(random.nextInt(known.size())) + known.get(random.nextInt(known.size()));
            if (token.length() < 10) {
                tokens.add(token);
            }
        }
        return Vocabulary.of(List.copyOf(tokens));
    }

    private static Bpe random(RandomGenerator random) {
        Vocabulary vocabulary = vocabulary(random);
        List<Bpe.Merge> all = NaiveMerges.byRank(vocabulary);
        List<Bpe.Merge> merges = new ArrayList<>();
        while (!all.isEmpty() && merges.size() < 30) {
            Bpe.Merge merge = all.remove(random.nextInt(all.size()));
            merges.add(new Bpe.Merge(merge.left(), merge.right(), merges.size()));
        }
        return new Bpe(vocabulary, merges, PLAIN);
    }

    private static int[] naive(Bpe bpe, String word) {
        List<String> symbols = new ArrayList<>(List.of(word.split("")));
        while (true) {
            Bpe.Merge best = null;
            int place = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                for (Bpe.Merge merge : bpe.merges()) {
                    boolean here = token(bpe, merge.left()).equals(symbols.get(i))
                            && token(bpe, merge.right()).equals(symbols.get(i + 1));
                    if (here && (best == null || merge.rank() < best.rank())) {
                        best = merge;
                        place = i;
                    }
                }
            }
            if (best == null) {
                return symbols.stream()
                        .mapToInt(s -> bpe.vocabulary().id(s).orElseThrow())
                        .toArray();
            }
            symbols.set(place, symbols.get(place) + symbols.remove(place + 1));
        }
    }

    private static String token(Bpe bpe, int id) {
        return bpe.vocabulary().token(id).orElseThrow();
    }

    private static int[] naiveTiktoken(Vocabulary vocabulary, String word) {
        List<String> symbols = new ArrayList<>(List.of(word.split("")));
        while (true) {
            int best = Integer.MAX_VALUE;
            int place = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = vocabulary.id(symbols.get(i) + symbols.get(i + 1)).orElse(Integer.MAX_VALUE);
                if (rank < best) {
                    best = rank;
                    place = i;
                }
            }
            if (place < 0) {
                return symbols.stream()
                        .mapToInt(s -> vocabulary.id(s).orElseThrow())
                        .toArray();
            }
            symbols.set(place, symbols.get(place) + symbols.remove(place + 1));
        }
    }
}
