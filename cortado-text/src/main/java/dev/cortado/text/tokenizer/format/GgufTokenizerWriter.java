package dev.cortado.text.tokenizer.format;

import static dev.cortado.text.tokenizer.format.GgufTokenizer.KEYS;
import static dev.cortado.text.tokenizer.format.GgufTokenizer.SPACE;

import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.SentencePieceProto.Role;
import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.model.WordPiece;
import dev.cortado.text.tokenizer.pipeline.AddedToken;
import dev.cortado.text.tokenizer.pipeline.Normalizer;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.pipeline.PreTokenizer;
import dev.cortado.text.tokenizer.pipeline.TextPattern;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The way back of [GgufTokenizer]: the metadata (`tokenizer.ggml.*`) that make llama.cpp, and whoever else reads
/// GGUF files, encode as a tokenizer does. What the format cannot say is refused, or named when it concerns few
/// texts.
public final class GgufTokenizerWriter {
    private static final List<Role> CODES = List.of(Role.values()); // from 1 on

    private final PipelineTokenizer tokenizer;
    private final Pipeline pipeline;
    private final Vocabulary vocabulary;
    private final GgufEnds ends;
    private final int size;
    private final String[] tokens; // by id, as the file is to have them
    private final Role[] roles;
    private final SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();

    private GgufTokenizerWriter(PipelineTokenizer tokenizer, GgufEnds ends, int size) {
        this.tokenizer = tokenizer;
        pipeline = tokenizer.pipeline();
        vocabulary = pipeline.model().vocabulary();
        this.ends = ends;
        this.size = size;
        if (tokenizer.vocabSize() > size) {
            throw new IllegalArgumentException("it has " + tokenizer.vocabSize() + " tokens, the model only " + size);
        }
        tokens = new String[size];
        roles = new Role[size];
        Arrays.fill(roles, Role.UNUSED);
        vocabulary.ids().forEach((token, id) -> put(id, token, Role.NORMAL));
        for (AddedToken token : pipeline.addedTokens()) {
            put(token.id(), token.content(), token.special() ? Role.CONTROL : Role.USER_DEFINED);
        }
        for (OptionalInt end : new OptionalInt[] {ends.bos(), ends.eos(), ends.pad()}) {
            if (end.isPresent()) {
                requireToken(end.getAsInt());
                roles[end.getAsInt()] = Role.CONTROL;
            }
        }
        fill();
    }

    /// The metadata of a tokenizer.
    ///
    /// @param ends         tokens with roles; without an eos token llama.cpp would take another token for one
    /// @param vocabSize    the rows of the model's embedding: ids without a token become unused tokens `[PADn]`
    /// @param chatTemplate Jinja
    /// @throws IllegalArgumentException when GGUF cannot say what the tokenizer does; the message says why
    public static GgufVocabulary vocabulary(
            PipelineTokenizer tokenizer, GgufEnds ends, int vocabSize, Optional<String> chatTemplate) {
        try {
            var writer = new GgufTokenizerWriter(tokenizer, ends, vocabSize);
            writer.model();
            chatTemplate.ifPresent(
                    template -> writer.metadata.put("tokenizer.chat_template", new GgufValue.Text(template)));
            return new GgufVocabulary(writer.metadata, writer.differences);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this tokenizer cannot be put into a GGUF file: " + e.getMessage(), e);
        }
    }

    private void put(int id, String token, Role role) {
        tokens[id] = token;
        roles[id] = role;
    }

    private void requireToken(int id) {
        if (id < 0 || id >= size || tokens[id] == null) {
            throw new IllegalArgumentException("id " + id + " is given a role, but no token has it");
        }
    }

    private void fill() {
        Set<String> taken = Stream.of(tokens).filter(token -> token != null).collect(Collectors.toSet());
        for (int id = 0; id < size; id++) {
            if (tokens[id] == null) {
                String token = "[PAD" + id + "]";
                while (taken.contains(token)) {
                    token = "[" + token + "]";
                }
                tokens[id] = token;
            }
        }
    }

    private void model() {
        switch (pipeline.model()) {
            case Bpe bpe when isByteLevel() -> byteLevel(bpe);
            case Bpe bpe -> sentencePiece(bpe);
            case Unigram unigram -> unigram(unigram);
            case WordPiece wordPiece -> wordPiece(wordPiece);
            case WordLevel _ ->
                throw new IllegalArgumentException("its tokens are whole words or characters, which GGUF does not have:"
                        + " train a BPE, Unigram or WordPiece tokenizer");
        }
        Set<String> special = pipeline.addedTokens().stream()
                .filter(token -> token.lstrip() || token.rstrip() || token.singleWord())
                .map(AddedToken::content)
                .collect(Collectors.toSet());
        if (!special.isEmpty()) {
            differences.add("white space beside and letters around some added tokens (" + special.size()
                    + " of them) count here, and do not in llama.cpp");
        }
    }

    private boolean isByteLevel() {
        return steps().stream().anyMatch(PreTokenizer.ByteLevel.class::isInstance);
    }

    private List<PreTokenizer> steps() {
        return pipeline.preTokenizer().stream()
                .flatMap(cut -> cut instanceof PreTokenizer.Sequence(List<PreTokenizer> inner)
                        ? inner.stream()
                        : Stream.of(cut))
                .toList();
    }

    private void byteLevel(Bpe bpe) {
        requirePlain(bpe);
        pipeline.normalizer().ifPresent(this::ignored);
        var merges = new GgufMerges(bpe);
        Optional<Boolean> wholeWords = merges.wholeWordsMatter(id -> roles[id] == Role.NORMAL)
                ? Optional.of(bpe.options().ignoreMerges())
                : Optional.empty();
        List<String> patterns = patterns();
        boolean bytes = bpe.merges().isEmpty() && wholeWords.isEmpty(); // and it is all one where words end
        begin("gpt2", bytes ? "gpt-2" : name(patterns, wholeWords));
        metadata.put(KEYS + "merges", new GgufValue.Texts(merges.lines()));
        OptionalInt eos = OptionalInt.of(required(ends.eos(), "ends a text (eos)"));
        frame(new GgufEnds(ends.bos().isPresent() ? ends.bos() : eos, eos, ends.pad()));
    }

    /// llama.cpp normalizes nothing here, not even for Qwen, whose texts should be in NFC.
    private void ignored(Normalizer normalizer) {
        if (!normalizer.equals(new Normalizer.UnicodeForm(java.text.Normalizer.Form.NFC))) {
            throw new IllegalArgumentException("it normalizes text by " + normalizer
                    + ", which GGUF cannot say of byte-level BPE: train it without a normalizer");
        }
        differences.add("text that is not in Unicode's NFC is brought into it here, and is not in llama.cpp");
    }

    /// What cuts words, one pattern after the other; what is left of a text then is spelled in bytes.
    private List<String> patterns() {
        var patterns = new ArrayList<String>();
        List<PreTokenizer> steps = steps();
        for (PreTokenizer step : steps.subList(0, steps.size() - 1)) {
            switch (step) {
                case PreTokenizer.Split(TextPattern.Regex pattern, PreTokenizer.Delimiter behavior, boolean invert)
                when cuts(pattern, behavior, invert) -> patterns.add(pattern.source());
                case PreTokenizer.Digits(boolean individual) -> patterns.add(individual ? "\\p{N}" : "\\p{N}+");
                default -> throw unknownCut(step);
            }
        }
        if (!(steps.getLast() instanceof PreTokenizer.ByteLevel last) || last.addPrefixSpace()) {
            throw unknownCut(steps.getLast());
        }
        if (last.useRegex()) {
            patterns.add(WordScanner.GPT2);
        }
        return patterns;
    }

    private static IllegalArgumentException unknownCut(PreTokenizer step) {
        return new IllegalArgumentException(
                "it cuts text into words by " + step + ", which GGUF cannot say of byte-level BPE");
    }

    /// Whether nothing is lost: what is known to match every text whole may drop what it does not match.
    private static boolean cuts(TextPattern.Regex pattern, PreTokenizer.Delimiter behavior, boolean invert) {
        return invert
                ? behavior == PreTokenizer.Delimiter.REMOVED
                        && WordScanner.of(pattern.source()).isPresent()
                : behavior == PreTokenizer.Delimiter.ISOLATED;
    }

    private String name(List<String> patterns, Optional<Boolean> wholeWords) {
        Optional<String> name = GgufPatterns.name(patterns, wholeWords);
        if (name.isEmpty() && patterns.equals(List.of(WordScanner.CL100K))) {
            differences.add("white space with line ends at the end of a text is cut as GPT-4 does it here,"
                    + " and as Llama 3 does it in llama.cpp");
            name = GgufPatterns.name(List.of(WordScanner.LLAMA3), wholeWords);
        }
        return name.orElseThrow(() -> new IllegalArgumentException("llama.cpp has no name for its way to cut words,"
                + " the pattern " + String.join(" then ", patterns)
                + wholeWords
                        .map(whole -> whole ? " with whole words first" : "")
                        .orElse("")
                + ": train it with the pattern of GPT-2, Llama 3, Qwen 2 or GPT-4o"));
    }

    private void sentencePiece(Bpe bpe) {
        requirePlain(bpe);
        if (bpe.options().ignoreMerges()) {
            throw new IllegalArgumentException(
                    "it looks whole words up before it merges, which GGUF cannot say of SentencePiece's BPE");
        }
        var spaces = new GgufSpaces(pipeline, differences);
        if (spaces.charsMap().isPresent() || spaces.removesExtra()) {
            throw new IllegalArgumentException("it normalizes text or drops spaces, which GGUF cannot say of"
                    + " SentencePiece's BPE: train it with the identity as normalization");
        }
        var merges = new GgufMerges(bpe);
        Set<Integer> bytes = merges.byteTokens()
                .filter(_ -> bpe.options().byteFallback())
                .orElseThrow(() -> new IllegalArgumentException("it has no tokens for bytes (<0x00> to <0xFF>), without"
                        + " which llama.cpp cannot encode unknown characters: train it with byte fallback"));
        bytes.forEach(id -> roles[id] = Role.BYTE);
        OptionalInt unk = unknown(bpe.options().unk());
        float[] scores = merges.scores(size, id -> roles[id] == Role.NORMAL || roles[id] == Role.USER_DEFINED);
        for (int id = 0; id < size; id++) {
            if (roles[id] == Role.USER_DEFINED) { // looked for before spaces are marked
                tokens[id] = tokens[id].replace(SPACE, " ");
            }
        }
        begin("llama", "default");
        metadata.put(KEYS + "scores", GgufValue.float32s(scores));
        OptionalInt eos = OptionalInt.of(required(ends.eos(), "ends a text (eos)"));
        frame(new GgufEnds(ends.bos().isPresent() ? ends.bos() : eos, eos, ends.pad()));
        unk.ifPresent(id -> number("unknown_token_id", id));
        metadata.put(KEYS + "add_space_prefix", new GgufValue.Bool(spaces.prefix()));
    }

    private void unigram(Unigram unigram) {
        var spaces = new GgufSpaces(pipeline, differences);
        int unk = required(unigram.unk(), "stands for the unknown");
        roles[unk] = Role.UNKNOWN;
        if (new GgufMerges(new Bpe(vocabulary, List.of(), Bpe.Options.PLAIN))
                .byteTokens()
                .isPresent()) {
            throw new IllegalArgumentException("it spells unknown characters as bytes, which GGUF cannot say of"
                    + " Unigram: train it without byte fallback");
        }
        for (AddedToken token : pipeline.addedTokens()) {
            if (!token.special()) {
                throw new IllegalArgumentException("it finds the added token '" + token.content()
                        + "' in every text, which GGUF cannot say of Unigram: make it special");
            }
        }
        float[] scores = new float[size];
        for (int id = 0; id < unigram.pieces().size(); id++) {
            scores[id] = (float) unigram.pieces().get(id).score();
            if (spaces.symbols().contains(tokens[id])) {
                roles[id] = Role.USER_DEFINED;
            }
        }
        begin("t5", "default");
        metadata.put(KEYS + "scores", GgufValue.float32s(scores));
        OptionalInt eos = OptionalInt.of(required(ends.eos(), "ends a text (eos)"));
        frame(new GgufEnds(ends.bos(), eos, ends.pad().isPresent() ? ends.pad() : eos));
        number("unknown_token_id", unk);
        metadata.put(KEYS + "add_space_prefix", new GgufValue.Bool(spaces.prefix()));
        metadata.put(KEYS + "remove_extra_whitespaces", new GgufValue.Bool(spaces.removesExtra()));
        spaces.charsMap().ifPresent(map -> metadata.put(KEYS + "precompiled_charsmap", GgufValue.uint8s(map.blob())));
    }

    private void wordPiece(WordPiece model) {
        if (!(pipeline.normalizer().orElse(null) instanceof Normalizer.Bert bert)
                || !bert.cleanText()
                || !bert.handleChineseChars()
                || !pipeline.preTokenizer().equals(Optional.of(new PreTokenizer.Bert()))
                || !model.prefix().equals("##")
                || model.maxChars() != GgufTokenizer.LONGEST_WORD) {
            throw new IllegalArgumentException("it cleans or cuts text otherwise than BERT, or marks tokens otherwise,"
                    + " which GGUF cannot say of WordPiece");
        }
        int[] around = tokenizer.encode("", SpecialText.NEVER, true);
        if (around.length != 2) {
            throw new IllegalArgumentException(
                    "it puts " + around.length + " tokens around a text, not the two that BERT has");
        }
        OptionalInt unk = unknown(Optional.of(model.unk()));
        for (int id = 0; id < size; id++) {
            String turned = turned(tokens[id]);
            if (turned.startsWith("##") || !GgufTokenizer.turnedBack(turned).equals(tokens[id])) {
                throw new IllegalArgumentException("its token '" + tokens[id] + "' cannot be told from another one in"
                        + " a GGUF file, which marks tokens by '" + SPACE + "'");
            }
            tokens[id] = turned;
        }
        if (!bert.lowercase()) {
            differences.add("case and accents count here, and do not in a llama.cpp that does not know the key " + KEYS
                    + "normalizer.lowercase");
        }
        begin("bert", "default");
        number("bos_token_id", around[0]);
        number("eos_token_id", around[1]);
        number("cls_token_id", around[0]);
        number("seperator_token_id", around[1]); // sic
        number("padding_token_id", ends.pad().orElse(around[1]));
        unk.ifPresent(id -> number("unknown_token_id", id));
        vocabulary.id("[MASK]").ifPresent(id -> number("mask_token_id", id));
        metadata.put(KEYS + "normalizer.lowercase", new GgufValue.Bool(bert.lowercase()));
        bert.stripAccents()
                .ifPresent(strip -> metadata.put(KEYS + "normalizer.strip_accents", new GgufValue.Bool(strip)));
    }

    private static String turned(String token) {
        if (token.startsWith("[") && token.endsWith("]")) {
            return token;
        }
        return token.startsWith("##") ? token.substring(2) : SPACE + token;
    }

    private static void requirePlain(Bpe bpe) {
        if (bpe.options().continuingSubwordPrefix().filter(p -> !p.isEmpty()).isPresent()
                || bpe.options().endOfWordSuffix().filter(s -> !s.isEmpty()).isPresent()) {
            throw new IllegalArgumentException("it marks the beginnings or ends of words, as no BPE of GGUF does:"
                    + " train a byte-level or SentencePiece tokenizer");
        }
    }

    private OptionalInt unknown(Optional<String> token) {
        OptionalInt id = token.map(vocabulary::id).orElse(OptionalInt.empty());
        id.ifPresent(unk -> roles[unk] = Role.UNKNOWN);
        return id;
    }

    private static int required(OptionalInt id, String what) {
        return id.orElseThrow(() -> new IllegalArgumentException(
                "no token is known that " + what + ", and llama.cpp would take one that does not"));
    }

    private void begin(String model, String pre) {
        metadata.put(KEYS + "model", new GgufValue.Text(model));
        metadata.put(KEYS + "pre", new GgufValue.Text(pre));
        metadata.put(KEYS + "tokens", new GgufValue.Texts(List.of(tokens)));
        metadata.put(
                KEYS + "token_type",
                GgufValue.int32s(Stream.of(roles)
                        .mapToInt(role -> CODES.indexOf(role) + 1)
                        .toArray()));
    }

    private void number(String key, int id) {
        metadata.put(KEYS + key, GgufValue.uint32(id));
    }

    /// The tokens around a text: none, or those that begin and end one.
    private void frame(GgufEnds named) {
        int[] around = tokenizer.encode("", SpecialText.NEVER, true);
        boolean begins = tokenizer.addsBos();
        boolean stops = around.length > (begins ? 1 : 0);
        int[] said = Stream.of(begins ? named.bos() : OptionalInt.empty(), stops ? named.eos() : OptionalInt.empty())
                .flatMapToInt(OptionalInt::stream)
                .toArray();
        if (!Arrays.equals(around, said)) {
            throw new IllegalArgumentException("it puts the tokens " + Arrays.toString(around) + " around a text; GGUF"
                    + " knows one that begins (bos) and one that ends it (eos), and these are " + named);
        }
        named.bos().ifPresent(id -> number("bos_token_id", id));
        named.eos().ifPresent(id -> number("eos_token_id", id));
        named.pad().ifPresent(id -> number("padding_token_id", id));
        metadata.put(KEYS + "add_bos_token", new GgufValue.Bool(begins));
        metadata.put(KEYS + "add_eos_token", new GgufValue.Bool(stops));
    }
}
