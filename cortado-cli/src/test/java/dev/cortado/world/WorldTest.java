package dev.cortado.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.world.WorldDocument.Preference;
import dev.cortado.world.WorldDocument.Question;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Laws of single documents, over many seeds; a failure names the seed and index to replay.
final class WorldTest {
    private static final int SEEDS = 6;
    private static final int EACH = 200;

    /// Both splits of several seeds, made once.
    private static final List<WorldDocument> DOCUMENTS = Stream.iterate(1L, seed -> seed * 31 + 7)
            .limit(SEEDS)
            .map(World::of)
            .flatMap(world -> Stream.of(Split.values())
                    .flatMap(split -> world.documents(split).limit(EACH)))
            .toList();

    private static Stream<WorldDocument> documents() {
        return DOCUMENTS.stream();
    }

    @Test
    void sameSeedSameDocumentsAndOtherSeedOthers() {
        List<WorldDocument> once = World.of(5).documents(Split.TRAIN).limit(50).toList();
        assertThat(World.of(5).documents(Split.TRAIN).limit(50).toList()).isEqualTo(once);
        assertThat(World.of(5).document(Split.TRAIN, 49)).isEqualTo(once.getLast());
        assertThat(World.of(6).documents(Split.TRAIN).limit(50).map(WorldDocument::text))
                .doesNotContainAnyElementsOf(
                        once.stream().map(WorldDocument::text).toList());
    }

    @Test
    void everyAnswerIsWhatANaiveReplayOfTheEventsSays() {
        Set<String> asked = new HashSet<>();
        documents().forEach(document -> {
            Replay replay = new Replay(document.facts());
            assertThat(replay.end()).as("end of %s", document).isEqualTo(replay.told());
            for (Question question : document.questions()) {
                asked.add(question.asks().get("ask"));
                assertThat(question.answer()).as("%s in %s", question, document).isEqualTo(replay.answer(question));
                assertThat(question.wrong()).doesNotContain(question.answer()).isNotEmpty();
            }
        });
        assertThat(asked).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void sumsInTheTextAreThoseOfTheEvents() {
        Pattern count = Pattern.compile("(?:Now|So) (\\w+) (?:had|have) (\\w+) (\\w+)");
        Map<String, Long> checked = new java.util.HashMap<>();
        documents().filter(document -> !document.kind().contains("talk")).forEach(document -> {
            Set<String> told = Replay.countsOnTheWay(document.facts());
            count.matcher(document.text()).results().forEach(match -> {
                String number = match.group(2);
                if (Replay.NUMBERS.contains(number) && !match.group(3).equals("more")) {
                    checked.merge(document.kind(), 1L, Long::sum);
                    assertThat(told).as("%s in %s", match.group(), document).contains(number);
                }
            });
        });
        assertThat(checked.values().stream().mapToLong(each -> each).sum()).isGreaterThan(100);
    }

    @Test
    void textIsWellFormed() {
        Pattern article = Pattern.compile("\\b([Aa]n?) ([A-Za-z]+)");
        Pattern flaws = Pattern.compile(
                "  |[{}\\[\\]<>~%|_/\\\\]| [,.!?;:]|[,.!?;:]{2}|,[A-Za-z]|\\b(\\w+) \\1\\b|\\ba?n? \\.|[a-z][A-Z]");
        Pattern lowerStart = Pattern.compile("(?:^|\\n|[a-z][.?!] |\\.\" )\"?[a-z]");
        Stream<String> all = documents()
                .flatMap(document -> Stream.concat(
                        Stream.of(document.text(), document.summary()),
                        document.questions().stream().map(Question::sentence)));
        all.forEach(text -> {
            assertThat(text).isNotEmpty().isEqualTo(text.strip());
            assertThat(flaws.matcher(text).results().map(match -> around(text, match.start())))
                    .filteredOn(context -> !context.contains("had had"))
                    .as("flaw in %s", text)
                    .isEmpty();
            article.matcher(text).results().forEach(match -> {
                boolean vowel =
                        "aeiou".indexOf(Character.toLowerCase(match.group(2).charAt(0))) >= 0;
                boolean an = vowel != List.of("useful", "unicorn", "one").contains(match.group(2));
                if (List.of("hour", "honest").contains(match.group(2))) {
                    an = true;
                }
                assertThat(match.group(1).length() == 2)
                        .as("%s in %s", match.group(), text)
                        .isEqualTo(an);
            });
            // A question or exclamation inside a quotation may go on in lower case: "Why?" he asked.
            String[] lines = text.split("\n", -1);
            for (String line : lines) {
                assertThat(line.chars().filter(c -> c == '"').count() % 2)
                        .as("quotes of %s", line)
                        .isZero();
            }
            String unquoted = text.replaceAll("\"[^\"\n]*\"", "\"\"");
            assertThat(lowerStart.matcher(unquoted).results().map(match -> around(unquoted, match.start())))
                    .as("capitals in %s", text)
                    .isEmpty();
        });
    }

    @Test
    void narrationKeepsItsTense() {
        Set<String> present = Set.of("says", "goes", "gives", "takes", "finds", "walks", "asks", "feels", "has");
        Set<String> sheets = Set.of("town", "citizen", "animal", "how to", "shop talk", "news talk", "letter");
        documents().filter(document -> !sheets.contains(document.kind())).forEach(document -> {
            String unquoted = document.text().replaceAll("\"[^\"\n]*\"", "");
            assertThat(List.of(unquoted.split("\\W+", -1))).as("%s", document).doesNotContainAnyElementsOf(present);
        });
    }

    @Test
    void translationsMatchSentencesOfTheDocumentAndAreInjective() {
        Map<String, String> sources = new java.util.HashMap<>();
        long translated = documents()
                .filter(document -> document.translation().isPresent())
                .peek(document -> {
                    var translation = document.translation().orElseThrow();
                    for (String sentence : translation.source().split("(?<=[.]) ", -1)) {
                        assertThat(document.text()).contains(sentence);
                    }
                    assertThat(sources.putIfAbsent(translation.target(), translation.source()))
                            .isIn(null, translation.source());
                })
                .count();
        assertThat(translated).isGreaterThan(SEEDS * EACH);
        assertThat(new HashSet<>(World.of(1).language().values()))
                .hasSameSizeAs(World.of(1).language().keySet());
    }

    @Test
    void preferredAnswersAreTheRightOnes() {
        documents().forEach(document -> {
            for (Preference pair : document.preferences()) {
                assertThat(pair.worse()).as("%s", pair).isNotEqualTo(pair.better());
                assertThat(document.questions().stream().map(Question::sentence))
                        .contains(pair.better());
            }
        });
    }

    @Test
    void heldOutNamesAreNeverInTraining() {
        for (long seed = 1; seed <= 3; seed++) {
            World world = World.of(seed);
            List<String> only =
                    world.heldOutNames().values().stream().flatMap(List::stream).toList();
            Set<String> words = new HashSet<>();
            world.documents(Split.TRAIN).limit(1500).forEach(document -> {
                words.addAll(List.of(document.toString().split("[^\\p{L}-]+", -1)));
            });
            assertThat(words).as("seed %d", seed).doesNotContainAnyElementsOf(only);
            Set<String> heldOut = new HashSet<>();
            world.documents(Split.HELD_OUT).limit(1500).forEach(document -> {
                heldOut.addAll(List.of(document.text().split("[^\\p{L}-]+", -1)));
            });
            assertThat(heldOut).as("seed %d", seed).containsAll(only);
        }
    }

    private static String around(String text, int at) {
        return text.substring(Math.max(0, at - 30), Math.min(text.length(), at + 30));
    }
}
