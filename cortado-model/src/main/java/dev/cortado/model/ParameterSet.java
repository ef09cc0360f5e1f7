package dev.cortado.model;

import dev.cortado.model.weights.WeightSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/// All parameters of a model in the order they were asked for; closing frees them.
public final class ParameterSet implements Iterable<Parameter>, AutoCloseable {
    private final List<String> names;
    private final List<Parameter> parameters;
    private final List<QuantisedParameter> quantised;
    private final List<String> mentions;
    private final List<WeightSource> held = new ArrayList<>();

    ParameterSet(
            Collection<String> names,
            List<Parameter> parameters,
            List<QuantisedParameter> quantised,
            List<String> mentions) {
        this.names = List.copyOf(names);
        this.parameters = List.copyOf(parameters);
        this.quantised = List.copyOf(quantised);
        this.mentions = List.copyOf(mentions);
    }

    /// Number of learned numbers.
    public long count() {
        return parameters.stream().mapToLong(p -> p.tensor().count()).sum()
                + quantised.stream()
                        .mapToLong(q -> q.matrix().rows() * q.matrix().columns())
                        .sum();
    }

    /// The names of all parameters, tensors or not, in order.
    public List<String> names() {
        return names;
    }

    /// The parameters that are tensors, in order.
    public List<Parameter> list() {
        return parameters;
    }

    /// The matrices kept in narrower number formats, in order.
    public List<QuantisedParameter> quantised() {
        return quantised;
    }

    /// What a reader of the checkpoint may want to know: tensors that were left unread, names that were spelled
    /// otherwise.
    public List<String> mentions() {
        return mentions;
    }

    /// Closes a source with the parameters, which are views of it.
    public void hold(WeightSource source) {
        held.add(source);
    }

    /// Lets go of the pages of mapped parameters that are in main memory; they come back when they are used.
    public void release() {
        held.forEach(WeightSource::release);
    }

    @Override
    public Iterator<Parameter> iterator() {
        return parameters.iterator();
    }

    @Override
    public void close() {
        parameters.forEach(p -> p.tensor().close());
        held.forEach(WeightSource::close);
    }
}
