package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.model.Unigram;
import dev.cortado.text.tokenizer.model.Vocabulary;
import dev.cortado.text.tokenizer.model.WordLevel;
import dev.cortado.text.tokenizer.model.WordPiece;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// From the `model` of a `tokenizer.json` to a model.
final class ModelReader {
    private static final String VERSION_LINE = "#version"; // begins files of merges, and some lists of them

    private ModelReader() {}

    static Model model(Place place) {
        return switch (type(place)) {
            case "BPE" -> bpe(place);
            case "WordPiece" -> wordPiece(place);
            case "WordLevel" -> wordLevel(place);
            case "Unigram" -> unigram(place);
            default -> throw place.at("type").wrong("one of BPE, Unigram, WordLevel, WordPiece");
        };
    }

    /// Files of the first versions name no type; the keys tell.
    private static String type(Place place) {
        if (place.object().has("type")) {
            return place.at("type").string();
        }
        if (place.object().has("merges")) {
            return "BPE";
        }
        if (place.object().has("max_input_chars_per_word")) {
            return "WordPiece";
        }
        return place.at("vocab").node().isArray() ? "Unigram" : "WordLevel";
    }

    private static Bpe bpe(Place place) {
        place.object(
                "type",
                "dropout",
                "unk_token",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges",
                "vocab",
                "merges");
        Vocabulary vocabulary = vocabulary(place.at("vocab"));
        var options = new Bpe.Options(
                dropout(place.at("dropout")),
                unk(place.at("unk_token"), vocabulary),
                nonEmpty(place.at("continuing_subword_prefix")),
                nonEmpty(place.at("end_of_word_suffix")),
                place.at("fuse_unk").flagOr(false),
                place.at("byte_fallback").flagOr(false),
                place.at("ignore_merges").flagOr(false));
        int prefix = options.continuingSubwordPrefix().orElse("").length();
        return new Bpe(vocabulary, merges(place.at("merges"), vocabulary, prefix), options);
    }

    private static OptionalDouble dropout(Place place) {
        if (place.isAbsent()) {
            return OptionalDouble.empty();
        }
        double dropout = place.number();
        if (dropout < 0 || dropout > 1) {
            throw place.wrong("a number from 0 to 1");
        }
        return OptionalDouble.of(dropout);
    }

    /// GPT-2's own file has an empty unknown token, which is none.
    private static Optional<String> unk(Place place, Vocabulary vocabulary) {
        return place.optional(Place::string)
                .filter(token -> !token.isEmpty() || vocabulary.id("").isPresent());
    }

    /// GPT-2's own file has empty affixes, which are none.
    private static Optional<String> nonEmpty(Place place) {
        return place.optional(Place::string).filter(text -> !text.isEmpty());
    }

    private static Vocabulary vocabulary(Place place) {
        Map<String, Integer> ids = LinkedHashMap.newLinkedHashMap(place.object().size());
        for (Map.Entry<String, JsonNode> entry : place.object().properties()) {
            JsonNode id = entry.getValue();
            String token = place.wellFormed(entry.getKey());
            if (!id.isInt() || id.intValue() < 0) {
                throw place.error("has '" + Place.shortened(token) + "' with id " + Place.shortened(id.toString())
                        + ", not a whole number from 0 to " + Integer.MAX_VALUE);
            }
            ids.put(token, id.intValue());
        }
        try {
            return Vocabulary.of(ids);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place.path() + ": " + e.getMessage(), e);
        }
    }

    /// Merges in either form: `["a", "b"]`, or `"a b"` as files up to 2024 have it; all of them in the same.
    private static List<Bpe.Merge> merges(Place place, Vocabulary vocabulary, int prefix) {
        ArrayNode list = place.array();
        List<Bpe.Merge> merges = new ArrayList<>(list.size());
        boolean strings = list.size() > 0 && list.get(0).isString();
        for (int i = 0; i < list.size(); i++) {
            JsonNode merge = list.get(i);
            String left;
            String right;
            if (strings && merge.isString()) {
                String both = merge.stringValue();
                if (both.startsWith(VERSION_LINE)) {
                    continue;
                }
                int space = both.indexOf(' ');
                if (space < 0 || space != both.lastIndexOf(' ')) {
                    throw place.at(i).wrong("two tokens with one space between them");
                }
                left = both.substring(0, space);
                right = both.substring(space + 1);
            } else if (!strings
                    && merge.size() == 2
                    && merge.path(0).isString()
                    && merge.path(1).isString()) {
                left = merge.path(0).stringValue();
                right = merge.path(1).stringValue();
            } else {
                throw place.at(i).wrong(strings ? "a string \"a b\" like the first" : "a list [\"a\", \"b\"]");
            }
            int leftId = known(left, vocabulary, place, i);
            int rightId = known(right, vocabulary, place, i);
            if (right.length() < prefix) {
                throw place.at(i).error("has '" + right + "', which is shorter than continuing_subword_prefix");
            }
            known(left + right.substring(prefix), vocabulary, place, i);
            merges.add(new Bpe.Merge(leftId, rightId, merges.size()));
        }
        return merges;
    }

    private static int known(String token, Vocabulary vocabulary, Place merges, int index) {
        OptionalInt id = vocabulary.id(token);
        if (id.isEmpty()) {
            throw merges.at(index)
                    .error("needs the token '" + Place.shortened(token) + "', which is not in the vocabulary");
        }
        return id.getAsInt();
    }

    private static WordPiece wordPiece(Place place) {
        place.object("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        return new WordPiece(
                vocabulary(place.at("vocab")),
                place.at("unk_token").string(),
                place.at("continuing_subword_prefix").string(),
                place.at("max_input_chars_per_word").count());
    }

    private static WordLevel wordLevel(Place place) {
        place.object("type", "vocab", "unk_token");
        return new WordLevel(
                vocabulary(place.at("vocab")), place.at("unk_token").string());
    }

    private static Unigram unigram(Place place) {
        place.object("type", "unk_id", "vocab", "byte_fallback");
        Place vocab = place.at("vocab");
        List<Unigram.Piece> pieces = new ArrayList<>(vocab.array().size());
        for (int i = 0; i < vocab.array().size(); i++) {
            JsonNode piece = vocab.node().path(i);
            boolean sound = piece.size() == 2
                    && piece.path(0).isString()
                    && piece.path(1).isNumber()
                    && Double.isFinite(piece.path(1).doubleValue());
            if (!sound) {
                throw vocab.at(i).wrong("a list of a token and its score");
            }
            pieces.add(new Unigram.Piece(
                    vocab.wellFormed(piece.path(0).stringValue()), piece.path(1).doubleValue()));
        }
        OptionalInt unk = place.at("unk_id").optionalCount();
        if (unk.isPresent() && unk.getAsInt() >= pieces.size()) {
            throw place.at("unk_id").wrong("the number of one of the " + pieces.size() + " pieces");
        }
        try {
            return new Unigram(pieces, unk, place.at("byte_fallback").flagOr(false));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(vocab.path() + ": " + e.getMessage(), e);
        }
    }
}
