package dev.cortado.text.tokenizer.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Which characters (code points) of a corpus get tokens of their own; the others are unknown. The most frequent come
/// first, of equally frequent ones the one of the smaller code point, until the limit or the coverage is reached.
///
/// @param required characters that are in it whether the corpus has them or not
/// @param limit    most characters it may have, required ones included; these are kept even beyond it
/// @param coverage the part of all occurrences of characters that it must cover, in `(0, 1]`; 1 keeps every
/// character. SentencePiece's `character_coverage`, 0.9995 there
public record Alphabet(String required, OptionalInt limit, double coverage) {
    /// Every character of the corpus.
    public static final Alphabet ALL = new Alphabet("", OptionalInt.empty(), 1);

    /// @throws IllegalArgumentException when a number is out of range
    public Alphabet {
        if (limit.isPresent() && limit.getAsInt() < 1) {
            throw new IllegalArgumentException("the limit of the alphabet must be at least 1, not " + limit.getAsInt());
        }
        if (!(coverage > 0 && coverage <= 1)) {
            throw new IllegalArgumentException("the coverage of the alphabet must be in (0, 1], not " + coverage);
        }
    }

    /// The most frequent characters up to a number.
    public static Alphabet limited(int limit) {
        return new Alphabet("", OptionalInt.of(limit), 1);
    }

    /// The most frequent characters up to a part of the text.
    public static Alphabet covering(double coverage) {
        return new Alphabet("", OptionalInt.empty(), coverage);
    }

    /// Also with the characters of some texts.
    Alphabet requiring(List<String> texts) {
        return new Alphabet(required + String.join("", texts), limit, coverage);
    }

    /// The alphabet of a corpus.
    ///
    /// @param characters the most frequent first
    /// @param covered    the part of all occurrences that are theirs
    record Chosen(List<Integer> characters, double covered) {
        /// In the order of code points.
        List<Integer> sorted() {
            return characters.stream().sorted().toList();
        }
    }

    Chosen choose(CountedWords words) {
        Map<Integer, Long> counts = new HashMap<>();
        for (CountedWords.Word word : words.words()) {
            word.text().codePoints().forEach(c -> counts.merge(c, word.count(), Long::sum));
        }
        long total = counts.values().stream().mapToLong(Long::longValue).sum();
        Set<Integer> needed = new LinkedHashSet<>();
        required.codePoints().forEach(needed::add);
        needed.forEach(c -> counts.putIfAbsent(c, 0L));
        List<Map.Entry<Integer, Long>> byCount = counts.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        int room = Math.max(0, limit.orElse(Integer.MAX_VALUE) - needed.size());
        List<Integer> chosen = new ArrayList<>();
        long seen = 0; // occurrences of the more frequent characters, which decide whether coverage is reached
        long covered = 0;
        for (Map.Entry<Integer, Long> entry : byCount) {
            boolean must = needed.contains(entry.getKey());
            if (must || (room > 0 && (coverage == 1 || seen < coverage * total))) {
                chosen.add(entry.getKey());
                covered += entry.getValue();
                room -= must ? 0 : 1;
            }
            seen += entry.getValue();
        }
        return new Chosen(List.copyOf(chosen), total == 0 ? 1 : (double) covered / total);
    }
}
