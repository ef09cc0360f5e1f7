package dev.cortado.world;

/// The two halves of the world: what is learnt from, and what is only tested on.
public enum Split {
    /// Documents to train on.
    TRAIN("train", 1),
    /// Documents never trained on, some of whose people, towns and things occur nowhere else.
    HELD_OUT("heldout", 2);

    private final String label;
    private final int streams;

    Split(String label, int streams) {
        this.label = label;
        this.streams = streams;
    }

    /// Number of the split in the paths of random streams.
    int streams() {
        return streams;
    }

    /// Stem of the file's name and prefix of the documents' ids.
    public String label() {
        return label;
    }
}
