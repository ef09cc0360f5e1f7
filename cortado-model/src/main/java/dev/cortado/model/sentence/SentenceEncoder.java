package dev.cortado.model.sentence;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Layout;
import dev.cortado.model.Model;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.Truncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// A model that makes one vector of a text, so that texts of like meaning have vectors of like direction.
///
/// Tensors are touched on the calling thread only; one encoder is used by one thread at a time.
public final class SentenceEncoder implements AutoCloseable {
    /// Positions computed at once, padding included: enough to keep a processor busy, and little memory.
    private static final int BATCH_POSITIONS = 4096;

    private final Model model;
    private final Settings settings;
    private final PipelineTokenizer tokenizer;

    /// How texts are read and vectors made.
    ///
    /// @param maxLength   tokens that are read of a text, special ones included
    /// @param lowerCase   whether texts are put into lower case before they are tokenised
    /// @param prompt      what is put before every text; empty in most
    /// @param pooling     from tokens to a vector
    /// @param refinements of that vector, in order
    public record Settings(
            int maxLength, boolean lowerCase, String prompt, Pooling pooling, List<Refinement> refinements) {
        public Settings {
            refinements = List.copyOf(refinements);
            if (maxLength < 1) {
                throw new IllegalArgumentException("texts of at most " + maxLength + " tokens");
            }
        }
    }

    /// An encoder of these parts, which it closes.
    ///
    /// @param model     that gives activations: an encoder, or the reading part of another model
    /// @param tokenizer whose own truncation and padding give way to the settings'
    public SentenceEncoder(Model model, PipelineTokenizer tokenizer, Settings settings) {
        this.model = model;
        this.settings = settings;
        this.tokenizer = truncating(tokenizer, settings.maxLength());
    }

    /// Reads a folder in the layout of sentence-transformers; see [SentenceFolder].
    ///
    /// @throws IllegalArgumentException when a file is malformed, or names a module that is not known here
    public static SentenceEncoder open(Path folder, Device device, Storage storage) throws IOException {
        return SentenceFolder.open(folder, device, storage);
    }

    private static PipelineTokenizer truncating(PipelineTokenizer tokenizer, int maxLength) {
        Pipeline all = tokenizer.pipeline();
        boolean fromLeft = all.truncation().map(Truncation::fromLeft).orElse(false);
        var truncation = new Truncation(fromLeft, maxLength, Truncation.Strategy.LONGEST_FIRST, 0);
        return new PipelineTokenizer(new Pipeline(
                        all.addedTokens(),
                        all.normalizer(),
                        all.preTokenizer(),
                        all.model(),
                        all.postProcessor(),
                        all.decoder(),
                        Optional.of(truncation),
                        Optional.empty()))
                .withSpecials(tokenizer.specials());
    }

    /// The numbers of a vector.
    public int width() {
        int width = settings.pooling().modes().size() * model.spec().width();
        for (Refinement refinement : settings.refinements()) {
            width = refinement instanceof Refinement.Dense dense ? dense.width() : width;
        }
        return width;
    }

    /// How texts are read and vectors made.
    public Settings settings() {
        return settings;
    }

    /// The model that gives activations.
    public Model model() {
        return model;
    }

    /// The vector of each text, in the order of the texts: [N, width].
    ///
    /// @throws IllegalArgumentException when a text has no token at all, and the tokenizer adds none
    public float[][] embed(List<String> texts) {
        return embedIds(texts.stream().map(this::ids).toList());
    }

    /// What the model reads of a text: its ids with those the tokenizer puts around it, truncated. Text that
    /// spells a special token is ordinary text.
    public int[] ids(String text) {
        String whole = stripped(settings.prompt() + text);
        return tokenizer
                .encoding(settings.lowerCase() ? whole.toLowerCase(Locale.ROOT) : whole, SpecialText.NEVER, true)
                .ids();
    }

    /// Without white space at its ends, as Python understands it: no-break spaces, too.
    private static String stripped(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    /// The vector of each text, given as ids of at most the model's context length: [N, width].
    public float[][] embedIds(List<int[]> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).length == 0) {
                throw new IllegalArgumentException("text " + (i + 1) + " of " + texts.size() + " has no tokens");
            }
        }
        // Texts of like length share a batch, so that little of it is padding.
        int[] order = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -texts.get(i).length))
                .mapToInt(i -> i)
                .toArray();
        float[][] vectors = new float[texts.size()][];
        for (int from = 0, to; from < order.length; from = to) {
            int rows = Math.max(1, BATCH_POSITIONS / texts.get(order[from]).length);
            to = Math.min(order.length, from + rows);
            int[] batch = Arrays.copyOfRange(order, from, to);
            float[][] some = batch(Arrays.stream(batch).mapToObj(texts::get).toList());
            for (int row = 0; row < batch.length; row++) {
                vectors[batch[row]] = some[row];
            }
        }
        return vectors;
    }

    /// The longest text comes first.
    private float[][] batch(List<int[]> texts) {
        int longest = texts.getFirst().length;
        int[] ids = new int[Math.multiplyExact(texts.size(), longest)];
        Arrays.fill(ids, tokenizer.specials().pad().orElse(0));
        int[] lengths = new int[texts.size()];
        for (int row = 0; row < lengths.length; row++) {
            lengths[row] = texts.get(row).length;
            System.arraycopy(texts.get(row), 0, ids, row * longest, lengths[row]);
        }
        try (var _ = Scope.open("sentences");
                var _ = Grad.off()) {
            Device device = model.device();
            Tensor counts = Tensors.of(lengths, lengths.length).to(device);
            boolean even = lengths[lengths.length - 1] == longest;
            // Without gradients the library's attention is the faster one on every device.
            Pass pass = Pass.evaluation(device)
                    .with(ComputeForm.LIBRARY)
                    .with(even ? new Layout.Whole(0) : new Layout.Padded(counts));
            Tensor hidden = hidden(Tensors.of(ids, lengths.length, longest).to(device), pass); // [B, T, D]
            Tensor vectors = settings.pooling().pool(hidden, counts);
            for (Refinement refinement : settings.refinements()) {
                vectors = refinement.apply(vectors);
            }
            float[] all = vectors.to(Device.CPU).toFloats();
            float[][] rows = new float[lengths.length][];
            int width = all.length / rows.length;
            Arrays.setAll(rows, row -> Arrays.copyOfRange(all, row * width, (row + 1) * width));
            return rows;
        }
    }

    private Tensor hidden(Tensor ids, Pass pass) {
        return switch (model) {
            case Encoder encoder -> encoder.hidden(Encoder.Tokens.of(ids), pass);
            case CausalLm decoder -> decoder.hidden(ids, pass);
            case EncoderDecoder both -> both.encode(ids, pass).encoded();
        };
    }

    @Override
    public void close() {
        for (Refinement refinement : settings.refinements()) {
            if (refinement instanceof Refinement.Dense dense) {
                dense.parameters().close();
            }
        }
        model.close();
    }
}
