package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Dict;
import dev.cortado.model.pytorch.PickleValue.Entry;
import dev.cortado.model.pytorch.PickleValue.Tensor;
import dev.cortado.model.pytorch.PickleValue.Text;
import dev.cortado.model.pytorch.PickleValue.Whole;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// The tensors of a model among all that a file holds.
///
/// @param ignored what else is there: the names of entries, those of the dict around it first
record StateDict(SequencedMap<String, Tensor> tensors, SequencedSet<String> ignored) {
    // What training programs call the entry beside those of the optimizer, the epoch and the arguments.
    private static final List<String> WRAPPERS =
            List.of("state_dict", "model", "model_state_dict", "module", "model_state", "net");

    /// Finds them: the file's dict itself where it has tensors, or else the one under a usual name that has.
    ///
    /// @throws IllegalArgumentException when there is none; it says what, but not where
    static StateDict of(PickleValue root) {
        if (!(root instanceof Dict dict)) {
            throw new IllegalArgumentException(
                    "holds " + root.kind() + ", not a dict of tensors: save model.state_dict()");
        }
        if (holdsTensors(dict)) {
            return new StateDict(new LinkedHashMap<>(), new LinkedHashSet<>()).with(dict, "");
        }
        List<Entry> entries = dict.entries();
        for (String wrapper : WRAPPERS) {
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).value() instanceof Dict inner
                        && name(entries.get(i)).equals(wrapper)
                        && holdsTensors(inner)) {
                    var found = new StateDict(new LinkedHashMap<>(), new LinkedHashSet<>());
                    entries.subList(0, i).forEach(other -> found.ignored.add(name(other)));
                    entries.subList(i + 1, entries.size()).forEach(other -> found.ignored.add(name(other)));
                    return found.with(inner, wrapper + ".");
                }
            }
        }
        throw new IllegalArgumentException("holds no tensors, neither directly nor under one of " + WRAPPERS);
    }

    private static boolean holdsTensors(Dict dict) {
        return dict.entries().stream().anyMatch(entry -> entry.value() instanceof Tensor);
    }

    private StateDict with(Dict dict, String prefix) {
        for (Entry entry : dict.entries()) {
            if (!(entry.key() instanceof Text(String name)) || !(entry.value() instanceof Tensor tensor)) {
                ignored.add(prefix + name(entry));
            } else if (tensors.put(name, tensor) != null) {
                throw new IllegalArgumentException("has tensor " + Quoted.text(name) + " twice");
            }
        }
        return this;
    }

    private static String name(Entry entry) {
        return switch (entry.key()) {
            case Text(String text) -> text;
            case Whole(long number) -> Long.toString(number);
            default -> "(" + entry.key().kind() + ")";
        };
    }
}
