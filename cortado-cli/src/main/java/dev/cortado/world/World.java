package dev.cortado.world;

import dev.cortado.world.WorldDocument.EntityFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// A world of a seed: unlimited documents about people, animals, things and places, with the facts behind them.
///
/// Every document depends on (seed, split, index) alone, so any of them can be made at any time on any thread. Equal
/// texts are possible between different indices; [WorldFiles] drops them.
public final class World {
    /// Changes whenever the same seed gives other bytes.
    public static final String VERSION = "1";

    private static final int STORY_PERCENT = 65;

    private final long seed;
    private final Lexicon lexicon = new Lexicon();
    private final Atlas atlas;
    private final List<Plot> stories = Plot.stories();
    private final List<Plot> papers = Plot.papers();

    private World(long seed) {
        this.seed = seed;
        this.atlas = new Atlas(lexicon, seed);
    }

    /// The world of a seed.
    public static World of(long seed) {
        return new World(seed);
    }

    /// The seed.
    public long seed() {
        return seed;
    }

    /// All documents of a split in order, without end.
    public Stream<WorldDocument> documents(Split split) {
        return LongStream.iterate(0, index -> index + 1).mapToObj(index -> document(split, index));
    }

    /// One document.
    ///
    /// @param index from 0
    public WorldDocument document(Split split, long index) {
        Dice dice = Dice.of(seed, split.streams(), index);
        Plot plot = dice.pick(dice.chance(STORY_PERCENT) ? stories : papers);
        Stage stage = new Stage(lexicon, atlas, new Casting(lexicon, dice, split), dice);
        plot.script().accept(stage);
        return stage.finish(split.label() + "-" + index, plot.name());
    }

    /// Towns and citizens whose facts hold in all documents of a split.
    public List<EntityFacts> atlas(Split split) {
        List<EntityFacts> all = new ArrayList<>(atlas.towns(split));
        all.addAll(atlas.citizens(split));
        return all;
    }

    /// Names that no training document contains, by sort.
    public Map<String, List<String>> heldOutNames() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        List<String> people = new ArrayList<>(lexicon.list("held-out boys"));
        people.addAll(lexicon.list("held-out girls"));
        names.put("people", people);
        names.put("surnames", lexicon.list("held-out surnames"));
        names.put("pets", lexicon.list("held-out pets"));
        names.put("towns", lexicon.list("held-out towns"));
        names.put(
                "things",
                lexicon.things(Split.HELD_OUT).stream().map(Lexicon.Noun::noun).toList());
        return names;
    }

    /// The invented language's roots by English base form.
    public Map<String, String> language() {
        return lexicon.talu().roots();
    }
}
