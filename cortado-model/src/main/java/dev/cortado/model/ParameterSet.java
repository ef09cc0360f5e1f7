package dev.cortado.model;

import java.util.Iterator;
import java.util.List;

/// All parameters of a model in the order they were asked for; closing frees them.
public final class ParameterSet implements Iterable<Parameter>, AutoCloseable {
    private final List<Parameter> parameters;

    ParameterSet(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
    }

    /// Number of learned numbers.
    public long count() {
        return parameters.stream().mapToLong(p -> p.tensor().count()).sum();
    }

    /// The parameters, in order.
    public List<Parameter> list() {
        return parameters;
    }

    @Override
    public Iterator<Parameter> iterator() {
        return parameters.iterator();
    }

    @Override
    public void close() {
        parameters.forEach(p -> p.tensor().close());
    }
}
