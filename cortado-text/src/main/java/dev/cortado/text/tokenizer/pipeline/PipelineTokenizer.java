package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.StreamDecoder;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Text to tokens and back as a [Pipeline] says, identical to Hugging Face's library reading the same
/// `tokenizer.json`. Immutable; may be used by many threads at once.
///
/// [#encoding] gives everything about the tokens and obeys the pipeline's truncation and padding; [#encode] gives the
/// ids of the whole text.
///
/// Only under [SpecialText#ALWAYS] can text become a special token that the model itself has: the library leaves that
/// possible, but then whoever writes a text could forge structure.
///
/// An unpaired surrogate in a text, which UTF-8 cannot express, is read as `?`.
public final class PipelineTokenizer implements Tokenizer {
    private final Pipeline pipeline;
    private final Specials specials;
    private final TextEncoder trusting;
    private final TextEncoder untrusting; // gives no special token to text that spells one
    private final TokenBytes tokenBytes;
    private final AddedTokens added;
    private final Words words;
    private final int vocabSize;
    private final Encoding frame; // what processing makes of one text of one token: that token has a word

    /// A tokenizer whose special tokens are the pipeline's special added tokens; they have no roles yet.
    public PipelineTokenizer(Pipeline pipeline) {
        this.pipeline = pipeline;
        specials = specials(pipeline);
        added = new AddedTokens(pipeline.addedTokens(), pipeline.normalizer());
        words = new Words(added, pipeline.preTokenizer());
        Model model = pipeline.model();
        Model guarded = model.without(reachable(pipeline));
        trusting = new TextEncoder(pipeline, added, words, model);
        untrusting = guarded.equals(model) ? trusting : new TextEncoder(pipeline, added, words, guarded);
        tokenBytes = new TokenBytes(pipeline.decoder());
        int largest =
                pipeline.addedTokens().stream().mapToInt(AddedToken::id).max().orElse(-1);
        vocabSize = Math.max(pipeline.model().vocabulary().size(), largest + 1);
        frame = framed(pipeline.postProcessor());
    }

    private PipelineTokenizer(PipelineTokenizer same, Specials specials) {
        this.specials = specials;
        pipeline = same.pipeline;
        trusting = same.trusting;
        untrusting = same.untrusting;
        tokenBytes = same.tokenBytes;
        added = same.added;
        words = same.words;
        vocabSize = same.vocabSize;
        frame = same.frame;
    }

    private static Specials specials(Pipeline pipeline) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (AddedToken token : pipeline.addedTokens()) {
            if (token.special() && !token.content().isEmpty()) {
                ids.put(token.content(), token.id());
            }
        }
        return Specials.of(ids);
    }

    /// The special tokens that the model could give by itself, because they are in its vocabulary.
    private static Set<Integer> reachable(Pipeline pipeline) {
        return pipeline.addedTokens().stream()
                .filter(AddedToken::special)
                .map(AddedToken::id)
                .filter(id -> pipeline.model().vocabulary().token(id).isPresent())
                .collect(Collectors.toSet());
    }

    private TextEncoder encoder(SpecialText special) {
        return special instanceof SpecialText.Always ? trusting : untrusting;
    }

    private static Encoding framed(Optional<PostProcessor> processor) {
        Encoding text =
                Encoding.of(List.of(new Token(0, "", 0, 0, 0, OptionalInt.of(0), OptionalInt.of(0), false, false)));
        return processor.isPresent() ? processor.get().process(text, Optional.empty(), true) : text;
    }

    /// The same tokenizer with roles given to its special tokens. Tokens that were not special become so: no
    /// text that merely spells them is encoded as them.
    ///
    /// @throws IllegalArgumentException when one of them is not a token of this tokenizer
    public PipelineTokenizer withSpecials(Specials others) {
        others.ids().forEach((name, id) -> {
            if (!id(name).equals(OptionalInt.of(id))) {
                throw new IllegalArgumentException(
                        "special token '" + name + "' with id " + id + " is not a token of this tokenizer");
            }
        });
        Pipeline marked = pipeline.withSpecial(others.ids());
        return new PipelineTokenizer(marked.equals(pipeline) ? this : new PipelineTokenizer(marked), others);
    }

    /// The same tokenizer with roles given to tokens by their names; where no name is given, the role stays.
    ///
    /// @throws IllegalArgumentException when one of them is not a token of this tokenizer
    public PipelineTokenizer withRoles(Optional<String> bos, Optional<String> eos, Optional<String> pad) {
        SequencedMap<String, Integer> ids = new LinkedHashMap<>(specials.ids());
        Stream.of(bos, eos, pad).flatMap(Optional::stream).forEach(name -> ids.put(name, required(name)));
        return withSpecials(
                new Specials(ids, role(bos, specials.bos()), role(eos, specials.eos()), role(pad, specials.pad())));
    }

    /// The same tokenizer, where special tokens around a text are its BOS before it and no others.
    ///
    /// @throws IllegalArgumentException when it has no BOS
    public PipelineTokenizer beginningWithBos() {
        int bos = specials.bos().orElseThrow(() -> new IllegalArgumentException("this tokenizer has no BOS"));
        List<PostProcessor> all = new ArrayList<>(pipeline.postProcessor().stream()
                .flatMap(p -> p instanceof PostProcessor.Sequence(var parts) ? parts.stream() : Stream.of(p))
                .filter(p -> p.added(false) == 0)
                .toList());
        all.add(PostProcessor.Template.around(Optional.of(new PostProcessor.Named(token(bos), bos)), Optional.empty()));
        PostProcessor whole = all.size() == 1 ? all.getFirst() : new PostProcessor.Sequence(all);
        return new PipelineTokenizer(new PipelineTokenizer(pipeline.with(whole)), specials);
    }

    private OptionalInt role(Optional<String> name, OptionalInt otherwise) {
        return name.isPresent() ? OptionalInt.of(required(name.get())) : otherwise;
    }

    private int required(String name) {
        return id(name).orElseThrow(
                        () -> new IllegalArgumentException("'" + name + "' is not a token of this tokenizer"));
    }

    @Override
    public StreamDecoder stream() {
        return new DecodeStream(this::inVocabulary, pipeline.decoder());
    }

    @Override
    public byte[] bytes(int id) {
        Optional<String> token = inVocabulary(id);
        return specials.contains(id)
                ? token.orElse("").getBytes(StandardCharsets.UTF_8)
                : token.map(tokenBytes::of).orElse(new byte[0]);
    }

    /// What this tokenizer does, as data.
    public Pipeline pipeline() {
        return pipeline;
    }

    @Override
    public Specials specials() {
        return specials;
    }

    @Override
    public int vocabSize() {
        return vocabSize;
    }

    @Override
    public OptionalInt id(String token) {
        Optional<AddedToken> found = added.find(token);
        return found.isPresent()
                ? OptionalInt.of(found.get().id())
                : pipeline.model().vocabulary().id(token);
    }

    @Override
    public String token(int id) {
        return find(id).orElseThrow(() -> noToken(id));
    }

    private IllegalArgumentException noToken(int id) {
        return new IllegalArgumentException("no token has id " + id + "; ids are below " + vocabSize);
    }

    /// @throws IllegalArgumentException when an id is outside the vocabulary; inside there may be ids without a
    /// token
    private Optional<String> inVocabulary(int id) {
        if (id < 0 || id >= vocabSize) {
            throw noToken(id);
        }
        return find(id);
    }

    private Optional<String> find(int id) {
        return added.find(id)
                .map(AddedToken::content)
                .or(() -> pipeline.model().vocabulary().token(id));
    }

    @Override
    public boolean addsBos() {
        Optional<Token> first = frame.tokens().stream().findFirst().filter(token -> !isText(token));
        return first.isPresent()
                && specials.bos().orElse(first.get().id()) == first.get().id();
    }

    private static boolean isText(Token frameToken) {
        return frameToken.word().isPresent();
    }

    @Override
    public int[] encode(String text) {
        return encode(text, SpecialText.NEVER, false);
    }

    @Override
    public int[] encode(String text, SpecialText special, boolean addSpecial) {
        var out = new IdBuffer(text.length() / 3);
        encoder(special).encode(text, special, out);
        return addSpecial ? inFrame(out.toArray()) : out.toArray();
    }

    /// Encodes a text of any length in pieces, in little memory; the ids are those of the whole text.
    ///
    /// A tokenizer that is not known to cut its words at spaces keeps the whole text in memory. Models of
    /// SentencePiece's unigram kind add scores from the beginning of the text; where two ways to spell a part
    /// are equally probable, the last bit can fall otherwise than in one piece.
    ///
    /// @param special [SpecialText#NEVER] or [SpecialText#ALWAYS]
    /// @param out     given the ids in order, a portion at a time
    /// @throws IllegalArgumentException when the text has a stretch without spaces that is too long for memory
    public void encode(Reader text, SpecialText special, Consumer<int[]> out) throws IOException {
        if (special instanceof SpecialText.Within) {
            throw new IllegalArgumentException("a text that is read in pieces is trusted wholly or not at all");
        }
        new LongText(encoder(special), special, LongText.PIECE, out).encode(text);
    }

    private int[] inFrame(int[] ids) {
        return frame.tokens().stream()
                .flatMapToInt(token -> isText(token) ? IntStream.of(ids) : IntStream.of(token.id()))
                .toArray();
    }

    @Override
    public Encoding encoding(String text, SpecialText special, boolean addSpecial) {
        return finished(List.of(sequence(text, special, 0, OptionalInt.empty())), addSpecial);
    }

    /// The same for a pair of texts, which become one sequence.
    ///
    /// @param special       of the first text
    /// @param secondSpecial of the second text
    public Encoding encoding(
            String text, SpecialText special, String second, SpecialText secondSpecial, boolean addSpecial) {
        return finished(
                List.of(
                        sequence(text, special, 0, OptionalInt.empty()),
                        sequence(second, secondSpecial, 1, OptionalInt.empty())),
                addSpecial);
    }

    /// The same for a text that is already cut into words: each word is encoded like a text of its own, its
    /// tokens' offsets are those in the word, and their word number is its number.
    public Encoding encodingOfWords(List<String> text, SpecialText special, boolean addSpecial) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < text.size(); i++) {
            tokens.addAll(sequence(text.get(i), special, 0, OptionalInt.of(i)).tokens());
        }
        return finished(List.of(Encoding.of(tokens)), addSpecial);
    }

    /// Several encodings of this tokenizer as a batch: filled up to one length, if the pipeline says so.
    public List<Encoding> batch(List<Encoding> encodings) {
        return pipeline.padding().isPresent() ? pipeline.padding().get().apply(encodings) : List.copyOf(encodings);
    }

    private Encoding sequence(String text, SpecialText special, int number, OptionalInt givenWord) {
        List<Token> tokens = new ArrayList<>();
        List<Segment> segments = words.of(text, special);
        Model model = encoder(special).model();
        var buffer = new TokenBuffer();
        for (int i = 0; i < segments.size(); i++) {
            AlignedText word = segments.get(i).text();
            OptionalInt index = givenWord.isPresent() ? givenWord : OptionalInt.of(i);
            Optional<AddedToken> token = segments.get(i).token();
            buffer.clear();
            if (token.isPresent()) {
                buffer.add(token.get().id(), 0, word.length());
            } else {
                model.tokenize(word.text(), buffer);
            }
            for (int j = 0; j < buffer.size(); j++) {
                tokens.add(new Token(
                        buffer.id(j),
                        token.isPresent() ? word.text() : token(buffer.id(j)),
                        word.start(buffer.start(j)),
                        word.end(Math.max(buffer.start(j), buffer.end(j) - 1)),
                        number,
                        index,
                        OptionalInt.of(number),
                        false,
                        false));
            }
        }
        return Encoding.of(tokens);
    }

    private Encoding finished(List<Encoding> sequences, boolean addSpecial) {
        Optional<PostProcessor> processor = pipeline.postProcessor();
        boolean pair = sequences.size() == 2;
        int reserved = addSpecial && processor.isPresent() ? processor.get().added(pair) : 0;
        List<Encoding> cut =
                pipeline.truncation().isPresent() ? pipeline.truncation().get().apply(sequences, reserved) : sequences;
        Encoding whole = processor.isPresent()
                ? processor.get().process(cut.get(0), pair ? Optional.of(cut.get(1)) : Optional.empty(), addSpecial)
                : Encodings.join(cut);
        return batch(List.of(whole)).getFirst();
    }

    @Override
    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /// The text of some ids.
    ///
    /// @param skipSpecial whether special tokens are left out
    /// @throws IllegalArgumentException when an id is outside the vocabulary
    public String decode(int[] ids, boolean skipSpecial) {
        List<String> tokens = new ArrayList<>(ids.length);
        for (int id : ids) {
            Optional<String> token = inVocabulary(id);
            if (!(skipSpecial && specials.contains(id))) {
                token.ifPresent(tokens::add);
            }
        }
        return pipeline.decoder().isPresent()
                ? String.join("", pipeline.decoder().get().decode(tokens))
                : String.join(" ", tokens);
    }
}
