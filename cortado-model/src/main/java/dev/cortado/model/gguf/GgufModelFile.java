package dev.cortado.model.gguf;

import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.quant.BlockFormat;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.gguf.GgmlType;
import dev.cortado.text.gguf.Gguf;
import dev.cortado.text.gguf.GgufScalar;
import dev.cortado.text.gguf.GgufTensor;
import dev.cortado.text.gguf.GgufValue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// A GGUF file as a model: its numbers, its weights, its ids. Opening maps the file and proves its head; the
/// tensors' bytes are not touched.
///
/// The file is an untrusted input: every claim that does not hold is an [IllegalArgumentException] of one line that
/// names the file, and nothing is allocated for what it merely claims to hold.
public final class GgufModelFile implements AutoCloseable {
    private static final int MOST_FREQUENCIES = 1 << 16;
    private static final List<String> ROTARY = List.of(Rope.FREQUENCIES, Rope.SHORT, Rope.LONG);

    private final Gguf file;
    private final ModelSpec spec;
    private final GgufWeights weights;

    private GgufModelFile(Gguf file, Arena arena) {
        this.file = file;
        if (file.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException(file.file()
                    + " is big-endian, which is not supported; convert it with gguf-py's gguf_convert_endian.py");
        }
        Map<String, GgufTensor> byName = new LinkedHashMap<>();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (GgufTensor tensor : file.tensors()) {
            byName.put(tensor.name(), tensor);
            shapes.put(tensor.name(), tensor.shape().reversed());
        }
        var facts = new Facts(
                file.file(),
                file.metadata(),
                shapes,
                name -> Optional.ofNullable(byName.get(name)).map(this::floats));
        Family family = Families.of(facts);
        for (GgufTensor tensor : file.tensors()) {
            requireReadable(tensor);
        }
        requireLayers(facts);
        this.spec = family.spec(facts);
        this.weights = new GgufWeights(file.file(), arena, place(facts, family));
    }

    /// Opens a file.
    ///
    /// @throws IllegalArgumentException             when it is no GGUF file, or not one of a model that is known
    /// here
    /// @throws java.nio.file.NoSuchFileException when it is not there
    // The arena is closed by the file that is returned, or here.
    @SuppressWarnings("MustBeClosedChecker")
    public static GgufModelFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new GgufModelFile(Gguf.open(path, arena), arena);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /// Reads a model and puts it on a device; it holds the file.
    ///
    /// @param storage [Storage#MAPPED] computes with the blocks in the file
    /// @throws IllegalArgumentException as [#open(Path)], and when the tensors are not those of such a model
    public static Model open(Path path, Device device, Storage storage) throws IOException {
        GgufModelFile file = open(path);
        try {
            Model model = file.spec.build(Params.stored(file.weights, file.spec.names(), storage, device), device);
            model.parameters().hold(file.weights);
            return model;
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /// The model's numbers.
    public ModelSpec spec() {
        return spec;
    }

    /// Its tensors under Hugging Face's names; closed with this file.
    public WeightSource weights() {
        return weights;
    }

    /// The file itself: its metadata and its tensors.
    public Gguf file() {
        return file;
    }

    /// The template of conversations, Jinja.
    public Optional<String> chatTemplate() {
        return file.text("tokenizer.chat_template");
    }

    /// The ids that begin and end its texts.
    ///
    /// @throws IllegalArgumentException when one is not an id of the model
    public TextEnds ends() {
        List<Integer> eos = new ArrayList<>();
        for (String end : List.of("eos", "eot")) {
            id(end).ifPresent(id -> {
                if (!eos.contains(id)) {
                    eos.add(id);
                }
            });
        }
        return new TextEnds(id("bos"), eos);
    }

    private OptionalInt id(String role) {
        String key = "tokenizer.ggml." + role + "_token_id";
        if (!file.metadata().containsKey(key)) {
            return OptionalInt.empty();
        }
        if (file.metadata().get(key) instanceof GgufValue.Whole(GgufScalar _, long id)
                && id >= 0
                && id < spec.vocabSize()) {
            return OptionalInt.of((int) id);
        }
        throw new IllegalArgumentException(
                file.file() + " has metadata '" + key + "' that is no id from 0 to " + (spec.vocabSize() - 1));
    }

    private float[] floats(GgufTensor tensor) {
        requireReadable(tensor);
        long count = tensor.shape().stream().reduce(1L, Math::multiplyExact);
        if (count > MOST_FREQUENCIES || tensor.type().blockLength() != 1) {
            throw problem(tensor, "is no vector of rotary factors");
        }
        float[] floats = new float[(int) count];
        BlockFormat.of(tensor.type()).orElseThrow().decode(file.data(tensor), 0, floats.length, floats, 0);
        return floats;
    }

    private void requireReadable(GgufTensor tensor) {
        if (BlockFormat.of(tensor.type()).isEmpty()) {
            throw problem(
                    tensor,
                    "is stored as " + tensor.type() + ", which cannot be read here; requantise it to Q8_0"
                            + " or a K format");
        }
        if (tensor.bytes() == 0) {
            throw problem(tensor, "has no elements");
        }
    }

    /// There is a tensor of every layer, and experts of every layer that has some: so a file that claims millions
    /// of either has millions of tensors.
    private void requireLayers(Facts facts) {
        List<Long> embedding = facts.shapes().get("token_embd.weight");
        if (embedding == null || embedding.size() != 2) {
            throw facts.problem("lacks the matrix 'token_embd.weight'");
        }
        if (embedding.getFirst() > Facts.LARGEST_SIZE) {
            throw facts.problem("has " + embedding.getFirst() + " tokens, more than " + Facts.LARGEST_SIZE);
        }
        int layers = facts.required("block_count");
        int experts = facts.count("expert_count").orElse(0);
        if (layers > facts.shapes().size()) {
            throw facts.problem("has " + layers + " layers ('" + facts.key("block_count") + "') of "
                    + facts.shapes().size() + " tensors");
        }
        for (int layer = 0; layer < layers; layer++) {
            String name = "blk." + layer + (experts > 0 ? ".ffn_gate_exps.weight" : ".attn_output.weight");
            List<Long> shape = facts.shapes().get(name);
            if (shape == null) {
                throw facts.problem("lacks tensor '" + name + "' of its " + layers + " layers");
            }
            if (experts > 0 && (shape.size() != 3 || shape.getFirst() != experts)) {
                throw facts.problem("has " + experts + " experts ('" + facts.key("expert_count") + "') and tensor '"
                        + name + "' of shape " + shape);
            }
        }
    }

    private SequencedMap<String, GgufWeights.Placed> place(Facts facts, Family family) {
        long heads = facts.required("attention.head_count");
        long keyHeads = facts.count("attention.head_count_kv").orElse((int) heads);
        SequencedMap<String, GgufWeights.Placed> placed = new LinkedHashMap<>();
        for (GgufTensor tensor : file.tensors()) {
            if (ROTARY.contains(tensor.name())) {
                continue; // they are part of the numbers
            }
            Optional<Rule.Match> match = family.names().ofStored(tensor.name());
            if (match.isEmpty()) {
                put(placed, tensor.name(), tensor, new Arrangement.Same());
            } else if (match.get().order() == Rule.Order.EXPERTS) {
                long experts = facts.shapes().get(tensor.name()).getFirst();
                if (experts != facts.count("expert_count").orElse(0)) {
                    throw problem(
                            tensor,
                            "is of " + experts + " experts, not of as many as '" + facts.key("expert_count")
                                    + "' says");
                }
                for (int expert = 0; expert < experts; expert++) {
                    put(placed, match.get().of(expert).name(), tensor, new Arrangement.Expert(expert));
                }
            } else {
                put(placed, match.get().name(), tensor, match.get().order().arrangement(heads, keyHeads));
            }
        }
        return placed;
    }

    private void put(
            SequencedMap<String, GgufWeights.Placed> placed, String name, GgufTensor tensor, Arrangement arrangement) {
        List<Long> stored = tensor.shape().reversed();
        var bytes = file.data(tensor);
        if (arrangement instanceof Arrangement.Expert(int expert)) {
            long each = tensor.bytes() / stored.getFirst();
            stored = stored.subList(1, stored.size());
            bytes = bytes.asSlice(expert * each, each);
        }
        boolean vector = stored.size() < 2 && !arrangement.inOrder();
        boolean shifted = arrangement instanceof Arrangement.Shifted;
        if (!arrangement.fits(arrangement.shape(stored))
                || (vector && tensor.type().blockLength() > 1)
                || (shifted && tensor.type() != GgmlType.F32)) {
            throw problem(
                    tensor,
                    "of shape " + tensor.shape().reversed() + " and type " + tensor.type() + " cannot be the model's "
                            + name);
        }
        if (placed.put(name, new GgufWeights.Placed(stored, tensor.type(), bytes, arrangement)) != null) {
            throw problem(tensor, "is the model's " + name + ", and another one is too");
        }
    }

    private IllegalArgumentException problem(GgufTensor tensor, String what) {
        String shown = tensor.name().replaceAll("\\P{Print}", "?");
        return new IllegalArgumentException(file.file() + ": tensor '"
                + (shown.length() > 100 ? shown.substring(0, 100) + "…" : shown) + "' " + what);
    }

    @Override
    public void close() {
        weights.close();
    }
}
