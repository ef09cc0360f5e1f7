package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Joins one encoding or a pair and adds what a model wants around them: the `post_processor` of a `tokenizer.json`,
/// one record for each type the Hugging Face tokenizers library has.
public sealed interface PostProcessor {
    /// One sequence out of one or two.
    ///
    /// @param addSpecial whether special tokens are added; other changes (offsets, type ids) are made either way
    Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial);

    /// How many tokens [#process] adds to one sequence or to a pair: what truncation leaves room for.
    int added(boolean pair);

    /// A special token as post-processors name it.
    record Named(String text, int id) {}

    /// `BertProcessing`: `[CLS] A [SEP] B [SEP]`.
    record Bert(Named sep, Named cls) implements PostProcessor {
        @Override
        public Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int added(boolean pair) {
            throw new UnsupportedOperationException();
        }
    }

    /// `RobertaProcessing`: `<s> A </s> </s> B </s>`.
    record Roberta(Named sep, Named cls, boolean trimOffsets, boolean addPrefixSpace) implements PostProcessor {
        @Override
        public Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int added(boolean pair) {
            throw new UnsupportedOperationException();
        }
    }

    /// `ByteLevel`.
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements PostProcessor {
        @Override
        public Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int added(boolean pair) {
            throw new UnsupportedOperationException();
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

        @Override
        public Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int added(boolean forPair) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Sequence`.
    record Sequence(List<PostProcessor> processors) implements PostProcessor {
        @Override
        public Encoding process(Encoding first, Optional<Encoding> second, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int added(boolean pair) {
            throw new UnsupportedOperationException();
        }
    }
}
