package dev.cortado.model.convert;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Model;
import dev.cortado.model.Storage;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.source.ModelSource;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// A model's weights under exactly the names its architecture asks for, and no others: prefixes are completed, old
/// spellings modernised, strays left behind.
public final class CanonicalWeights implements WeightSource {
    private final WeightSource weights;
    private final SequencedMap<String, String> spellings;
    private final List<String> mentions;

    private CanonicalWeights(WeightSource weights, SequencedMap<String, String> spellings, List<String> mentions) {
        this.weights = weights;
        this.spellings = spellings;
        this.mentions = mentions;
    }

    /// The weights of a model, which are proven to be those of its configuration.
    ///
    /// @throws IllegalArgumentException when they are not
    public static CanonicalWeights open(ModelSource source) throws IOException {
        SequencedMap<String, String> spellings = new LinkedHashMap<>();
        List<String> mentions;
        WeightSource weights = source.weights();
        try (Model model = source.open(Device.CPU, Storage.MAPPED)) {
            CheckpointNames names = model.spec().names();
            for (String name : model.parameters().names()) {
                spellings.put(
                        name,
                        names.spellings(name).stream()
                                .filter(weights.names()::contains)
                                .findFirst()
                                .orElseThrow());
            }
            mentions = model.parameters().mentions();
        } catch (Throwable failure) {
            weights.close();
            throw failure;
        }
        return new CanonicalWeights(weights, spellings, mentions);
    }

    /// What was left behind or spelled otherwise.
    public List<String> mentions() {
        return mentions;
    }

    @Override
    public Path path() {
        return weights.path();
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(spellings.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(spellings.get(name))
                .flatMap(weights::find)
                .map(found -> new StoredTensor(name, found.dtype(), found.shape(), found.bytes()));
    }

    @Override
    public Optional<QuantisedMatrix> blocks(String name) {
        return Optional.ofNullable(spellings.get(name)).flatMap(weights::blocks);
    }

    @Override
    public void release() {
        weights.release();
    }

    @Override
    public void close() {
        weights.close();
    }
}
