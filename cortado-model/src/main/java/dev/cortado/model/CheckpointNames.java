package dev.cortado.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What an architecture knows about the names in checkpoints of its kind.
///
/// @param prefix of the parameters below the head, such as `transformer.`; checkpoints of the bare model lack it,
///               and a bare model may be read from a checkpoint that has it. Empty where there is none
/// @param strays names of tensors that checkpoints carry and the model does not need: buffers, duplicates of tied
///               weights, heads of another use
/// @param copies other names of a tied weight: a checkpoint that holds it once may hold it under any of them
public record CheckpointNames(String prefix, List<Pattern> strays, Map<String, List<String>> copies) {
    private static final List<Pattern> EVERYWHERE = List.of(
            Pattern.compile("(.*\\.)?rotary_emb\\.(inv_freq|cos_cached|sin_cached)"),
            Pattern.compile("(.*\\.)?position_ids"),
            Pattern.compile("(.*\\.)?num_batches_tracked"));

    public CheckpointNames {
        strays = List.copyOf(strays);
        copies = Map.copyOf(copies);
    }

    /// Names with this prefix, and strays that these regular expressions match in full.
    public static CheckpointNames of(String prefix, String... strays) {
        return new CheckpointNames(
                prefix, List.of(strays).stream().map(Pattern::compile).toList(), Map.of());
    }

    /// The same, where this weight also goes by other names.
    public CheckpointNames tied(String name, String... others) {
        Map<String, List<String>> more = new HashMap<>(copies);
        more.put(name, List.of(others));
        return new CheckpointNames(prefix, strays, more);
    }

    /// Whether a tensor nobody asked for may be left unread.
    public boolean isStray(String name) {
        return strays.stream().anyMatch(p -> p.matcher(name).matches())
                || EVERYWHERE.stream().anyMatch(p -> p.matcher(name).matches());
    }

    /// The names under which checkpoints may hold a parameter, likeliest first.
    public List<String> spellings(String name) {
        List<String> spellings = new ArrayList<>();
        spell(name, spellings);
        copies.getOrDefault(name, List.of()).forEach(copy -> spell(copy, spellings));
        // Checkpoints converted from TensorFlow name the parameters of norms after the paper.
        for (String modern : List.copyOf(spellings)) {
            if (modern.endsWith(".weight")) {
                spellings.add(modern.substring(0, modern.length() - "weight".length()) + "gamma");
            } else if (modern.endsWith(".bias")) {
                spellings.add(modern.substring(0, modern.length() - "bias".length()) + "beta");
            }
        }
        return spellings;
    }

    private void spell(String name, List<String> spellings) {
        spellings.add(name);
        if (!prefix.isEmpty()) {
            spellings.add(name.startsWith(prefix) ? name.substring(prefix.length()) : prefix + name);
        }
    }
}
