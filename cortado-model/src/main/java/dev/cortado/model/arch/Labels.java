package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// What a classifier tells apart.
///
/// @param names   of the classes, by their number; one alone is a quantity, such as a reward
/// @param problem how its logits are meant
public record Labels(List<String> names, Problem problem) {
    private static final int MOST = 1 << 20;

    /// How the logits of labels are meant.
    public enum Problem {
        /// The logits are the numbers wanted: a similarity, a reward.
        REGRESSION,
        /// One label holds: softmax.
        SINGLE_LABEL_CLASSIFICATION,
        /// Any of the labels may hold: a sigmoid each.
        MULTI_LABEL_CLASSIFICATION
    }

    public Labels {
        names = List.copyOf(names);
        if (names.isEmpty() || names.size() > MOST) {
            throw new IllegalArgumentException("a classifier of " + names.size() + " labels");
        }
    }

    /// So many without names of their own; one alone is a regression.
    public static Labels of(int count) {
        return new Labels(
                IntStream.range(0, count).mapToObj(Labels::unnamed).toList(),
                count == 1 ? Problem.REGRESSION : Problem.SINGLE_LABEL_CLASSIFICATION);
    }

    /// How many.
    public int count() {
        return names.size();
    }

    /// Reads `id2label` or else `num_labels` (2 where there is neither), and `problem_type`.
    static Labels read(ConfigFile config) {
        List<String> names = new ArrayList<>();
        int count = config.inside("id2label")
                .map(named -> named.keys().size())
                .orElseGet(() -> config.integer("num_labels", 2));
        if (count < 1 || count > MOST) {
            throw config.problem("has a classifier of " + count + " labels");
        }
        for (int i = 0; i < count; i++) {
            String unnamed = unnamed(i);
            String id = Integer.toString(i);
            names.add(config.inside("id2label")
                    .map(named -> named.string(id, unnamed))
                    .orElse(unnamed));
        }
        String usual = spelled(of(Math.min(count, 2)).problem());
        String named = config.string("problem_type", usual);
        for (Problem problem : Problem.values()) {
            if (spelled(problem).equals(named)) {
                return new Labels(names, problem);
            }
        }
        throw config.problem("has problem_type " + named + ", which is not known here; known are regression,"
                + " single_label_classification and multi_label_classification");
    }

    /// Writes all three.
    void write(ObjectNode config) {
        ObjectNode byId = config.putObject("id2label");
        ObjectNode byName = config.putObject("label2id");
        for (int i = 0; i < names.size(); i++) {
            byId.put(Integer.toString(i), names.get(i));
            byName.put(names.get(i), i);
        }
        config.put("problem_type", spelled(problem));
    }

    private static String unnamed(int id) {
        return "LABEL_" + id;
    }

    private static String spelled(Problem problem) {
        return problem.name().toLowerCase(Locale.ROOT);
    }
}
