package dev.cortado.world;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A sort of document: a name and the script that plays it on a stage.
record Plot(String name, Consumer<Stage> script) {

    /// The stories.
    static List<Plot> stories() {
        return Stream.of(SearchPlots.all(), FriendPlots.all(), CountingPlots.all(), HeartPlots.all())
                .flatMap(List::stream)
                .toList();
    }

    /// Everything else: descriptions, letters, dialogues, sums, how-to notes.
    static List<Plot> papers() {
        return Stream.of(Sheets.all(), Papers.all()).flatMap(List::stream).toList();
    }
}
