package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.TokenBuffer;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
public final class PipelineTokenizer {
    private final Pipeline pipeline;
    private final Specials specials;
    private final Model untrusting; // gives no special token to text that spells one
    private final AddedTokens added;
    private final Words words;
    private final int vocabSize;
    private final Encoding frame; // what processing makes of one text of one token: that token has a word

    /// A tokenizer whose special tokens are the pipeline's special added tokens; they have no roles yet.
    public PipelineTokenizer(Pipeline pipeline) {
        this(pipeline, specials(pipeline));
    }

    private PipelineTokenizer(Pipeline pipeline, Specials specials) {
        this.pipeline = pipeline;
        this.specials = specials;
        Set<Integer> reachable = reachable(pipeline);
        untrusting = reachable.isEmpty() ? pipeline.model() : pipeline.model().without(reachable);
        added = new AddedTokens(pipeline.addedTokens(), pipeline.normalizer());
        words = new Words(added, pipeline.preTokenizer());
        int largest =
                pipeline.addedTokens().stream().mapToInt(AddedToken::id).max().orElse(-1);
        vocabSize = Math.max(pipeline.model().vocabulary().size(), largest + 1);
        frame = framed(pipeline.postProcessor());
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

    private Model model(SpecialText special) {
        return special instanceof SpecialText.Always ? pipeline.model() : untrusting;
    }

    private static Encoding framed(Optional<PostProcessor> processor) {
        Encoding text =
                Encoding.of(List.of(new Token(0, "", 0, 0, 0, OptionalInt.of(0), OptionalInt.of(0), false, false)));
        return processor.isPresent() ? processor.get().process(text, Optional.empty(), true) : text;
    }

    /// The same tokenizer with roles given to its special tokens.
    ///
    /// @throws IllegalArgumentException when one of them is not a token of this tokenizer
    public PipelineTokenizer withSpecials(Specials others) {
        others.ids().forEach((name, id) -> {
            if (!id(name).equals(OptionalInt.of(id))) {
                throw new IllegalArgumentException(
                        "special token '" + name + "' with id " + id + " is not a token of this tokenizer");
            }
        });
        return new PipelineTokenizer(pipeline, others);
    }

    /// What this tokenizer does, as data.
    public Pipeline pipeline() {
        return pipeline;
    }

    /// The special tokens and their roles.
    public Specials specials() {
        return specials;
    }

    /// One more than the largest id of the model and the added tokens; below it there may be ids without a token.
    public int vocabSize() {
        return vocabSize;
    }

    /// The id of a token as the tokenizer's file spells it, added ones included.
    public OptionalInt id(String token) {
        Optional<AddedToken> found = added.find(token);
        return found.isPresent()
                ? OptionalInt.of(found.get().id())
                : pipeline.model().vocabulary().id(token);
    }

    /// The token of an id as the tokenizer's file spells it.
    ///
    /// @throws IllegalArgumentException when no token has that id
    public String token(int id) {
        return find(id).orElseThrow(() -> noToken(id));
    }

    private IllegalArgumentException noToken(int id) {
        return new IllegalArgumentException("no token has id " + id + "; ids are below " + vocabSize);
    }

    private Optional<String> find(int id) {
        return added.find(id)
                .map(AddedToken::content)
                .or(() -> pipeline.model().vocabulary().token(id));
    }

    /// Whether post-processing puts a token before a text: the one with the role bos, if that is given.
    public boolean addsBos() {
        Optional<Token> first = frame.tokens().stream().findFirst().filter(token -> !isText(token));
        return first.isPresent()
                && specials.bos().orElse(first.get().id()) == first.get().id();
    }

    private static boolean isText(Token frameToken) {
        return frameToken.word().isPresent();
    }

    /// The ids of a text in which no special token is found, and to which none is added.
    public int[] encode(String text) {
        return encode(text, SpecialText.NEVER, false);
    }

    /// The ids of a text, neither truncated nor padded.
    ///
    /// @param special    where text that spells a special token becomes it
    /// @param addSpecial whether the post-processor's special tokens are added
    /// @throws IllegalArgumentException when the model does not know something and has no token for that
    public int[] encode(String text, SpecialText special, boolean addSpecial) {
        int[] ids = ids(words.of(text, special), model(special));
        return addSpecial ? inFrame(ids) : ids;
    }

    private int[] ids(List<Segment> segments, Model model) {
        var buffer = new TokenBuffer();
        for (Segment segment : segments) {
            if (segment.token().isPresent()) {
                buffer.add(segment.token().get().id(), 0, segment.text().length());
            } else {
                model.tokenize(segment.text().text(), buffer);
            }
        }
        return buffer.ids();
    }

    private int[] inFrame(int[] ids) {
        return frame.tokens().stream()
                .flatMapToInt(token -> isText(token) ? IntStream.of(ids) : IntStream.of(token.id()))
                .toArray();
    }

    /// Everything about the tokens of a text, truncated, post-processed and padded as the pipeline says.
    ///
    /// @param special    where text that spells a special token becomes it
    /// @param addSpecial whether the post-processor's special tokens are added
    /// @throws IllegalArgumentException when the model does not know something and has no token for that, or the
    /// text cannot be truncated as the pipeline says
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

    /// The same for a text that is already cut into words: each word is encoded like a text of its own, its tokens'
    /// offsets are those in the word, and their word number is its number.
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
        Model model = model(special);
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

    /// The text of some ids, special tokens spelled out; an id without a token is nothing.
    ///
    /// @throws IllegalArgumentException when an id is outside the vocabulary
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
            if (id < 0 || id >= vocabSize) {
                throw noToken(id);
            }
            boolean skipped =
                    skipSpecial && added.find(id).filter(AddedToken::special).isPresent();
            if (!skipped) {
                find(id).ifPresent(tokens::add);
            }
        }
        return pipeline.decoder().isPresent()
                ? String.join("", pipeline.decoder().get().decode(tokens))
                : String.join(" ", tokens);
    }
}
