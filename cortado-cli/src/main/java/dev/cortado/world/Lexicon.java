package dev.cortado.world;

import dev.cortado.world.Entity.Goods;
import dev.cortado.world.Entity.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All words of the world and the patterns of its sentences, read once from the resources.
final class Lexicon {
    /// A noun with what one does with it.
    record Noun(String noun, String family) {}

    private final Sections words = Sections.read("words.txt", "names.txt");
    private final Phrases phrases = new Phrases(
            Sections.read("flavour.txt", "events.txt", "plots.txt", "summaries.txt", "sheets.txt", "papers.txt"));
    private final English english = new English(words.lines("verbs"));
    private final List<Noun> things = nouns("things");
    private final List<Noun> rareThings = nouns("held-out things");
    private final List<Goods> goods =
            words.lines("goods").stream().map(Lexicon::parseGoods).toList();
    private final Map<String, List<Place>> places =
            Stream.of("places", "homes", "spots", "corners").collect(Collectors.toMap(kind -> kind, this::places));
    private final Map<String, List<String>> lists =
            words.entries().keySet().stream().collect(Collectors.toMap(section -> section, words::words));

    private final InventedLanguage talu = new InventedLanguage(vocabulary());

    Phrases phrases() {
        return phrases;
    }

    English english() {
        return english;
    }

    /// The invented language over this lexicon.
    InventedLanguage talu() {
        return talu;
    }

    /// Every base form that a plain clause can contain.
    private Set<String> vocabulary() {
        Set<String> all = new TreeSet<>(lists.get("clause verbs"));
        lists.forEach((section, list) -> {
            if (section.endsWith(" adjectives")) {
                all.addAll(list);
            }
        });
        things.forEach(noun -> all.add(noun.noun()));
        rareThings.forEach(noun -> all.add(noun.noun()));
        goods.forEach(each -> all.add(each.singular()));
        places.values()
                .forEach(list ->
                        list.forEach(place -> all.addAll(List.of(place.noun().split(" ", -1)))));
        for (int count = 0; count <= 20; count++) {
            all.add(English.number(count));
        }
        return all;
    }

    /// The comma-separated words of a section.
    List<String> list(String section) {
        List<String> list = lists.get(section);
        if (list == null) {
            throw new IllegalStateException("the word files have no section '" + section + "'");
        }
        return list;
    }

    /// The lines of a section split at `|`.
    List<List<String>> records(String section) {
        return words.lines(section).stream()
                .map(line -> Stream.of(line.split("[|]", -1)).map(String::strip).toList())
                .toList();
    }

    List<Noun> things(Split split) {
        return split == Split.HELD_OUT ? rareThings : things;
    }

    List<Goods> goods() {
        return goods;
    }

    /// Goods of one family: fruit, baked, flower, small.
    List<Goods> goods(String family) {
        return goods.stream().filter(item -> item.family().equals(family)).toList();
    }

    /// Places, homes, hiding spots or corners of a house.
    List<Place> placesOf(String kind) {
        return places.getOrDefault(kind, List.of());
    }

    private List<Noun> nouns(String section) {
        List<Noun> nouns = new ArrayList<>();
        for (String line : words.lines(section)) {
            String[] parts = line.split(":", -1);
            for (String noun : parts[1].split(",", -1)) {
                nouns.add(new Noun(noun.strip(), parts[0].strip()));
            }
        }
        return nouns;
    }

    private List<Place> places(String section) {
        List<Place> all = new ArrayList<>();
        for (String line : words.lines(section)) {
            String[] parts = line.split(":", -1);
            for (String noun : parts[1].split(",", -1)) {
                all.add(new Place(noun.strip(), parts[0].strip(), false));
            }
        }
        return all;
    }

    /// A line such as `fruit: apple` or `fruit: berry berries`.
    private static Goods parseGoods(String line) {
        String[] parts = line.split(":", -1);
        String[] forms = parts[1].strip().split(" ", -1);
        String plural = forms.length > 1 ? forms[1] : English.sibilantEnding(forms[0]);
        return new Goods(forms[0], plural, parts[0].strip());
    }
}
