package dev.cortado.model.gguf;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.quant.QuantisedMatrix;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.text.gguf.GgmlType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Which tensors a file will have, of which of the source's, in which type. Made before anything is written; what is
/// missing or of no use is found here.
///
/// @param tensors in the order of the file
/// @param leftOut what of the source is not in it
record WritePlan(List<Planned> tensors, List<String> leftOut) {
    private static final int SHOWN = 8;
    private static final Pattern ALWAYS_F32 = Pattern.compile(
            ".*_norm\\.weight|.*\\.bias|position_embd\\.weight|token_types\\.weight|blk\\.\\d+\\.ffn_gate_inp(_shexp)?\\.weight");

    /// A tensor to be written.
    ///
    /// @param name        GGUF's
    /// @param shape       in the file, the last extent fastest
    /// @param wanted      the type it would have, did its rows fit
    /// @param parts       the names of the source's tensors that it is made of: one, or all experts
    /// @param arrangement how each lies in the file
    record Planned(
            String name,
            List<Long> shape,
            GgmlType type,
            GgmlType wanted,
            List<String> parts,
            Arrangement arrangement) {}

    /// A tensor of the source.
    private record Found(String name, Rule.Match match) {}

    static WritePlan of(Family family, ModelSpec spec, WeightSource source, GgmlType type) {
        boolean tied = spec.config().path("tie_word_embeddings").asBoolean(tiedByNature(family));
        Map<String, TreeMap<Integer, Found>> found = new LinkedHashMap<>();
        List<String> leftOut = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : source.names()) {
            Optional<Rule.Match> match = match(family, spec.names(), name)
                    .filter(m -> m.layer().isEmpty() || m.layer().getAsInt() < spec.layers());
            if (match.isPresent() && !(tied && match.get().stored().startsWith("output."))) {
                var experts = found.computeIfAbsent(match.get().stored(), _ -> new TreeMap<>());
                if (experts.put(match.get().expert().orElse(0), new Found(name, match.get())) != null) {
                    problems.add("two tensors are " + match.get().name());
                }
            } else if (match.isPresent() || spec.names().isStray(name)) {
                leftOut.add(name + " is not in the file");
            } else {
                problems.add("unused " + name);
            }
        }
        if (tied && family.copies() && found.containsKey("token_embd.weight")) {
            found.put("output.weight", found.get("token_embd.weight"));
        }
        problems.addAll(missing(family, spec, found, tied));
        requireNone(source, problems);
        List<Planned> tensors = new ArrayList<>();
        var numbers = spec.config();
        long heads = first(
                numbers.path("num_attention_heads").asLong(0),
                numbers.path("n_head").asLong(0));
        long keyHeads = first(numbers.path("num_key_value_heads").asLong(0), heads);
        found.forEach((stored, experts) -> {
            Rule.Match match = experts.firstEntry().getValue().match();
            List<String> parts = experts.values().stream().map(Found::name).toList();
            planned(source, stored, parts, match.order().arrangement(heads, keyHeads), type, problems)
                    .ifPresent(tensors::add);
        });
        requireNone(source, problems);
        tensors.sort(Comparator.comparingInt(tensor -> place(tensor.name())));
        requireVocabulary(source, spec, tensors);
        return new WritePlan(tensors, leftOut);
    }

    private static boolean tiedByNature(Family family) {
        return family.stored().startsWith("gemma");
    }

    private static long first(long number, long absent) {
        return number > 0 ? number : absent;
    }

    /// Checkpoints spell names with and without the model's prefix, and those from TensorFlow norms otherwise.
    private static Optional<Rule.Match> match(Family family, CheckpointNames names, String name) {
        String modern = name.endsWith(".gamma")
                ? name.substring(0, name.length() - 5) + "weight"
                : name.endsWith(".beta") ? name.substring(0, name.length() - 4) + "bias" : name;
        String prefix = names.prefix();
        return family.names()
                .ofName(modern)
                .or(() -> family.names().ofName(prefix + modern))
                .or(() -> modern.startsWith(prefix)
                        ? family.names().ofName(modern.substring(prefix.length()))
                        : Optional.empty());
    }

    /// What the tables name and the source does not have: every weight, while biases are the model's choice.
    private static List<String> missing(
            Family family, ModelSpec spec, Map<String, TreeMap<Integer, Found>> found, boolean tied) {
        int experts = first(
                                spec.config().path("num_local_experts").asLong(0),
                                spec.config().path("num_experts").asLong(0))
                        > 0
                ? (int) first(
                        spec.config().path("num_local_experts").asLong(0),
                        spec.config().path("num_experts").asLong(0))
                : 1;
        List<String> missing = new ArrayList<>();
        for (Rule rule : family.names().rules()) {
            int layers = rule.stored().contains("*") ? spec.layers() : 1;
            for (int layer = 0; layer < layers; layer++) {
                String number = Integer.toString(layer);
                String stored = rule.stored().replace("*", number) + ".weight";
                if (stored.equals("output.weight") && tied) {
                    continue;
                }
                Set<Integer> have =
                        found.containsKey(stored) ? found.get(stored).keySet() : Set.of();
                int wanted = rule.order() == Rule.Order.EXPERTS ? experts : 1;
                for (int expert = 0; expert < wanted; expert++) {
                    if (!have.contains(expert)) {
                        missing.add("missing "
                                + rule.name().replace("*", number).replace("#", Integer.toString(expert)) + ".weight");
                    }
                }
            }
        }
        return missing;
    }

    private static void requireNone(WeightSource source, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(source.path() + " does not fit its configuration: "
                    + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
                    + (problems.size() > SHOWN ? "; and " + (problems.size() - SHOWN) + " more" : ""));
        }
    }

    private static Optional<Planned> planned(
            WeightSource source,
            String stored,
            List<String> parts,
            Arrangement arrangement,
            GgmlType type,
            List<String> problems) {
        Set<List<Long>> shapes = new HashSet<>();
        for (String part : parts) {
            shapes.add(shape(source, part, arrangement));
        }
        List<Long> shape = shapes.iterator().next();
        if (shapes.size() > 1 || !arrangement.fits(shape) || shape.isEmpty() || shape.contains(0L)) {
            problems.add(parts.getFirst() + " cannot be " + shapes.iterator().next());
            return Optional.empty();
        }
        List<Long> inFile = switch (arrangement) {
            case Arrangement.Transposed _ -> shape.reversed();
            case Arrangement.SingleRow _ -> shape.subList(1, 2);
            case Arrangement.Expert _ -> List.of((long) parts.size(), shape.getFirst(), shape.getLast());
            default -> shape;
        };
        GgmlType wanted = inFile.size() == 1 || ALWAYS_F32.matcher(stored).matches() ? GgmlType.F32 : type;
        return Optional.of(new Planned(stored, inFile, fitting(wanted, inFile.getLast()), wanted, parts, arrangement));
    }

    /// The shape of a tensor; a matrix in blocks, which is `[out, in]`, need not be decoded for it.
    private static List<Long> shape(WeightSource source, String name, Arrangement arrangement) {
        Optional<QuantisedMatrix> blocks = source.blocks(name);
        if (blocks.isPresent()) {
            List<Long> shape = List.of(blocks.get().rows(), blocks.get().columns());
            return arrangement instanceof Arrangement.Transposed ? shape.reversed() : shape;
        }
        List<Long> sizes = new ArrayList<>();
        for (long size : source.find(name).orElseThrow().shape().sizes()) {
            sizes.add(size);
        }
        return sizes;
    }

    /// llama.cpp's way out where rows cannot be cut into blocks (`llama_tensor_get_type`).
    private static GgmlType fitting(GgmlType wanted, long row) {
        if (row % wanted.blockLength() == 0) {
            return wanted;
        }
        return wanted == GgmlType.Q4_K && row % GgmlType.Q5_0.blockLength() == 0 ? GgmlType.Q5_0 : GgmlType.F16;
    }

    private static void requireVocabulary(WeightSource source, ModelSpec spec, List<Planned> tensors) {
        List<Long> shape = tensors.getFirst().shape();
        if (shape.getFirst() != spec.vocabSize() || shape.getLast() != spec.width()) {
            throw new IllegalArgumentException(source.path() + " has an embedding " + shape
                    + " where the configuration says [" + spec.vocabSize() + ", " + spec.width() + "]");
        }
    }

    /// What is read first comes first.
    private static int place(String name) {
        if (name.startsWith("blk.")) {
            return 2 + Integer.parseInt(name, 4, name.indexOf('.', 4), 10);
        }
        return name.equals("token_embd.weight") ? 0 : name.startsWith("output") ? Integer.MAX_VALUE : 1;
    }

    /// The shapes of the file's tensors.
    Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new HashMap<>();
        tensors.forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        return shapes;
    }
}
