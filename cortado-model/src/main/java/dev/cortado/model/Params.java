package dev.cortado.model;

import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// What an architecture asks for its parameters while it is built: it names them, and they are loaded from a
/// checkpoint or initialised, and placed on a device.
///
/// Paths are Hugging Face's names: `params.at("layers").at(3).projection("q_proj", in, out)` is
/// `layers.3.q_proj.weight`. When the model is complete, [#finish] fails if the checkpoint lacks a tensor or holds
/// one that nobody asked for and nobody knows, and gives the set of all parameters.
public final class Params {
    private final String path;
    private final ParameterPool pool;
    private final boolean headless;

    private Params(String path, ParameterPool pool, boolean headless) {
        this.path = path;
        this.pool = pool;
        this.headless = headless;
    }

    /// Parameters that start at random. Each draws from a stream of its own, seeded by `seed` and its name.
    public static Params initialised(long seed, Device device) {
        return new Params("", new ParameterPool(new ParameterPool.Origin.Random(seed), device), false);
    }

    /// Parameters read from a checkpoint, as F32 copies that can be trained.
    public static Params loaded(WeightSource weights, Device device) {
        return stored(weights, CheckpointNames.of(""), Storage.TRAINABLE, device);
    }

    /// Parameters read from a checkpoint. With [Storage#MAPPED] the source must stay open as long as the model.
    public static Params stored(WeightSource weights, CheckpointNames names, Storage storage, Device device) {
        return new Params(
                "", new ParameterPool(new ParameterPool.Origin.Checkpoint(weights, names, storage), device), false);
    }

    /// The same, for a model without the head that its architecture has: asking for the head gives the embedding.
    public Params withoutHead() {
        return new Params(path, pool, true);
    }

    /// The parameters under a name inside this path.
    public Params at(String name) {
        return new Params(path + name + ".", pool, headless);
    }

    /// The parameters of the layer with this number.
    public Params at(int number) {
        return at(Integer.toString(number));
    }

    /// A linear map without bias, initialised to keep the scale of activations.
    public Projection projection(String name, long in, long out) {
        return projection(name, in, out, Init.fanIn(in));
    }

    /// A linear map without bias: parameter `name.weight` [out, in].
    public Projection projection(String name, long in, long out, Init init) {
        return pool.projection(path + name + ".weight", in, out, init);
    }

    /// A linear map with a bias, initialised to keep the scale of activations.
    public Projection biased(String name, long in, long out) {
        return biased(name, in, out, Init.fanIn(in));
    }

    /// A linear map with a bias: parameters `name.weight` [out, in] and `name.bias`.
    public Projection biased(String name, long in, long out, Init init) {
        return new Projection.Biased(
                projection(name, in, out, init), tensor(name + ".bias", Shape.of(out), new Init.Zeros()));
    }

    /// With a bias or without one.
    public Projection projection(String name, long in, long out, Init init, boolean bias) {
        return bias ? biased(name, in, out, init) : projection(name, in, out, init);
    }

    /// A linear map with a bias in GPT-2's order: parameters `name.weight` [in, out] and `name.bias`.
    public Projection conv1d(String name, long in, long out, Init init) {
        return new Projection.Biased(
                pool.transposed(path + name + ".weight", in, out, init),
                tensor(name + ".bias", Shape.of(out), new Init.Zeros()));
    }

    /// A table of `count` rows: parameter `name.weight` [count, width].
    public Embedding embedding(String name, long count, long width, Init init) {
        return pool.embedding(path + name + ".weight", count, width, init);
    }

    /// The output projection without bias `name.weight` [V, D], or the embedding where they are tied.
    public Projection head(String name, Embedding embedding, boolean tied, long width, long vocabSize) {
        return tied || headless ? embedding.projection() : projection(name, width, vocabSize, new Init.Normal(0.001));
    }

    /// One parameter, named in full relative to this path; always a tensor in F32.
    public Tensor tensor(String name, Shape shape, Init init) {
        return pool.tensor(path + name, shape, init);
    }

    /// Whether there is a parameter of this name to be had: what a checkpoint may lack is asked for only then.
    /// New parameters are always to be had.
    public boolean has(String name) {
        return pool.has(path + name);
    }

    /// The complete set; to be called once, after the model has been built.
    ///
    /// @throws IllegalArgumentException naming the tensors a checkpoint lacks, those of another shape, and those
    /// unused
    public ParameterSet finish() {
        return pool.finish();
    }
}
