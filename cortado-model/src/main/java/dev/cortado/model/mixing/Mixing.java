package dev.cortado.model.mixing;

/// Which way of mixing tokens a model uses, as numbers: what a recipe or a `config.json` says. [Mixer#of] builds it.
///
/// T is the length of the text. Time and memory are those of a training step, per head.
public sealed interface Mixing {
    /// Whether keys are the queries themselves, so that a block needs no projection for keys.
    default boolean sharesQueriesAsKeys() {
        return this instanceof Reformer;
    }

    /// Every token with every other one, all weights held at once: time T², memory T². [SoftmaxAttention].
    record Softmax() implements Mixing {}

    /// The same values without ever holding the weights: time T², memory T. [TiledAttention].
    ///
    /// @param tile tokens of a tile's side; 128 to 512 suit a CPU
    record Tiled(int tile) implements Mixing {
        public Tiled {
            requirePositive("tile", tile);
        }
    }

    /// A window around each token, and a few tokens that see all and are seen by all: time and memory T·(window +
    /// globals). [LongformerAttention].
    ///
    /// @param window  how far a token sees to each side
    /// @param globals how many of the first tokens are global; 0 for none
    record Longformer(int window, int globals) implements Mixing {
        public Longformer {
            requirePositive("window", window);
            if (globals < 0) {
                throw new IllegalArgumentException("globals is " + globals + "; give a number from 0 on");
            }
        }
    }

    /// Keys and values projected along the text to a fixed number of rows: time and memory T·rank. Not causal.
    /// [LinformerAttention].
    ///
    /// @param length most tokens of a text
    /// @param rank   rows that are left of it
    record Linformer(int length, int rank) implements Mixing {
        public Linformer {
            requirePositive("length", length);
            requirePositive("rank", rank);
        }
    }

    /// Softmax approximated by random features: time T·features, memory T·features. [PerformerAttention].
    ///
    /// @param features random features of a head; the error falls with their root
    /// @param seed     of the features
    record Performer(int features, long seed) implements Mixing {
        public Performer {
            requirePositive("features", features);
        }
    }

    /// Each token with those that locality-sensitive hashing finds near it: time T·log T, memory T·chunk·rounds.
    /// [ReformerAttention].
    ///
    /// @param chunk  tokens of a chunk; each sees its own chunk and the one before
    /// @param rounds how often to hash; more rounds miss less
    /// @param seed   of the hashes
    record Reformer(int chunk, int rounds, long seed) implements Mixing {
        public Reformer {
            requirePositive("chunk", chunk);
            requirePositive("rounds", rounds);
        }
    }

    /// The same for the layer of this number: what is random differs between layers.
    default Mixing ofLayer(int layer) {
        return switch (this) {
            case Performer(int features, long seed) -> new Performer(features, seed + layer);
            case Reformer(int chunk, int rounds, long seed) -> new Reformer(chunk, rounds, seed + layer);
            case Softmax _, Tiled _, Longformer _, Linformer _ -> this;
        };
    }

    private static void requirePositive(String name, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(name + " is " + number + "; give a number from 1 on");
        }
    }
}
