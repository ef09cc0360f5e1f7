package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Joins one encoding or a pair and adds what a model wants around them: the `post_processor` of a `tokenizer.json`,
/// one record for each type the Hugging Face tokenizers library has.
///
/// Overflow pieces are processed like what they were cut from, but keep the segments (0 for the first text, 1 for the
/// second) they came with where the library forgets to change them.
public sealed interface PostProcessor {
    /// One sequence out of one or two.
    ///
    /// @param addSpecial whether special tokens are added; other changes (offsets, type ids) are made either way
    default Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
        List<Encoding> sequences = new ArrayList<>();
        sequences.add(Encodings.ofSequence(first, 0));
        second.ifPresent(encoding -> sequences.add(Encodings.ofSequence(encoding, 1)));
        return Encodings.join(parts(sequences, addSpecial));
    }

    /// The parts that [#process] joins: the sequences, changed and in order, with what goes around them. Inside a
    /// [Sequence] the parts of one processor are the sequences of the next.
    List<Encoding> parts(List<Encoding> sequences, boolean addSpecial);

    /// How many tokens [#process] adds to one sequence or to a pair: what truncation leaves room for.
    int added(boolean pair);

    /// A special token as post-processors name it.
    record Named(String text, int id) {
        Token token(int typeId) {
            return Token.inserted(id, text, typeId);
        }
    }

    /// `BertProcessing`: `[CLS] A [SEP] B [SEP]`.
    record Bert(Named sep, Named cls) implements PostProcessor {
        @Override
        public List<Encoding> parts(List<Encoding> sequences, boolean addSpecial) {
            if (!addSpecial) {
                return sequences;
            }
            return Wrapping.each(
                    sequences,
                    encoding -> Wrapping.wrap(List.of(cls.token(0)), encoding, List.of(sep.token(0))),
                    encoding -> Wrapping.wrap(List.of(), encoding, List.of(sep.token(1))));
        }

        @Override
        public int added(boolean pair) {
            return pair ? 3 : 2;
        }
    }

    /// `RobertaProcessing`: `<s> A </s> </s> B </s>`, all of it in segment 0.
    record Roberta(Named sep, Named cls, boolean trimOffsets, boolean addPrefixSpace) implements PostProcessor {
        @Override
        public List<Encoding> parts(List<Encoding> sequences, boolean addSpecial) {
            UnaryOperator<Token> untyped = token -> token.withTypeId(0);
            List<Encoding> plain = sequences.stream()
                    .map(encoding -> trimOffsets ? OffsetTrimming.trim(encoding, addPrefixSpace) : encoding)
                    .map(encoding -> Encodings.map(encoding, untyped))
                    .toList();
            if (!addSpecial) {
                return plain;
            }
            return Wrapping.each(
                    plain,
                    encoding -> Encodings.map(
                            Wrapping.wrap(List.of(cls.token(0)), encoding, List.of(sep.token(0))), untyped),
                    encoding -> Encodings.map(
                            Wrapping.wrap(List.of(sep.token(0)), encoding, List.of(sep.token(0))), untyped));
        }

        @Override
        public int added(boolean pair) {
            return pair ? 4 : 2;
        }
    }

    /// `ByteLevel`: leaves white space out of the offsets.
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements PostProcessor {
        @Override
        public List<Encoding> parts(List<Encoding> sequences, boolean addSpecial) {
            if (!trimOffsets) {
                return sequences;
            }
            return sequences.stream()
                    .map(encoding -> OffsetTrimming.trim(encoding, addPrefixSpace))
                    .toList();
        }

        @Override
        public int added(boolean pair) {
            return 0;
        }
    }

    /// `TemplateProcessing`.
    ///
    /// @param special what each special token of the templates stands for: one token or several
    record Template(List<Part> single, List<Part> pair, Map<String, List<Named>> special) implements PostProcessor {
        /// A piece of a template.
        public sealed interface Part {}

        /// One of the sequences.
        ///
        /// @param second whether it is `B`
        public record SequencePart(boolean second, int typeId) implements Part {}

        /// A special token.
        public record SpecialPart(String name, int typeId) implements Part {}

        /// @throws IllegalArgumentException when a special token of a template has no meaning, or the
        /// template for one text uses the second of a pair
        public Template {
            single = List.copyOf(single);
            pair = List.copyOf(pair);
            special = Map.copyOf(special);
            for (Part part : single) {
                if (part instanceof SequencePart(boolean second, int _) && second) {
                    throw new IllegalArgumentException(
                            "the template for a single text has sequence B, which only a pair has");
                }
            }
            requireKnown(single, special);
            requireKnown(pair, special);
        }

        /// One token before and one after each text, or only one of them.
        public static Template around(Optional<Named> begin, Optional<Named> end) {
            Map<String, List<Named>> special = new LinkedHashMap<>();
            begin.ifPresent(token -> special.put(token.text(), List.of(token)));
            end.ifPresent(token -> special.put(token.text(), List.of(token)));
            List<Part> single = around(begin, end, false);
            List<Part> pair = new ArrayList<>(single);
            pair.addAll(around(begin, end, true));
            return new Template(single, pair, special);
        }

        private static List<Part> around(Optional<Named> begin, Optional<Named> end, boolean second) {
            int typeId = second ? 1 : 0;
            List<Part> parts = new ArrayList<>();
            begin.ifPresent(token -> parts.add(new SpecialPart(token.text(), typeId)));
            parts.add(new SequencePart(second, typeId));
            end.ifPresent(token -> parts.add(new SpecialPart(token.text(), typeId)));
            return parts;
        }

        private static void requireKnown(List<Part> template, Map<String, List<Named>> special) {
            for (Part part : template) {
                if (part instanceof SpecialPart(String name, int _) && !special.containsKey(name)) {
                    throw new IllegalArgumentException("the template's special token '" + name
                            + "' is not among its special_tokens " + special.keySet());
                }
            }
        }

        @Override
        public List<Encoding> parts(List<Encoding> sequences, boolean addSpecial) {
            List<Encoding> parts = new ArrayList<>();
            for (Part part : sequences.size() > 1 ? pair : single) {
                switch (part) {
                    case SequencePart(boolean second, int typeId) ->
                        parts.add(Encodings.map(sequences.get(second ? 1 : 0), token -> token.withTypeId(typeId)));
                    case SpecialPart(String name, int typeId) -> {
                        if (addSpecial) {
                            parts.add(Encoding.of(special.get(name).stream()
                                    .map(named -> named.token(typeId))
                                    .toList()));
                        }
                    }
                }
            }
            return parts;
        }

        @Override
        public int added(boolean forPair) {
            int added = 0;
            for (Part part : forPair ? pair : single) {
                if (part instanceof SpecialPart(String name, int _)) {
                    added += special.get(name).size();
                }
            }
            return added;
        }
    }

    /// `Sequence`: each processes what the one before left.
    record Sequence(List<PostProcessor> processors) implements PostProcessor {
        /// @throws IllegalArgumentException when there are two templates: the second would find not one text
        /// or two but the parts of the first
        public Sequence {
            processors = List.copyOf(processors);
            if (templates(processors) > 1) {
                throw new IllegalArgumentException(
                        "a sequence of post-processors can have one template, not " + templates(processors));
            }
        }

        private static int templates(List<PostProcessor> processors) {
            int templates = 0;
            for (PostProcessor processor : processors) {
                templates += switch (processor) {
                    case Template _ -> 1;
                    case Sequence(List<PostProcessor> inner) -> templates(inner);
                    default -> 0;
                };
            }
            return templates;
        }

        @Override
        public List<Encoding> parts(List<Encoding> sequences, boolean addSpecial) {
            List<Encoding> now = sequences;
            for (PostProcessor processor : processors) {
                now = processor.parts(now, addSpecial);
            }
            return now;
        }

        @Override
        public int added(boolean pair) {
            return processors.stream()
                    .mapToInt(processor -> processor.added(pair))
                    .sum();
        }
    }
}
