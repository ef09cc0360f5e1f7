package dev.cortado.text.chat;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Conversations in the hands of a [PipelineTokenizer]. What its file says about truncation and padding does not
/// apply: a conversation that is too long is for the caller to shorten, message by message.
record TokenizerSpans(PipelineTokenizer tokenizer) implements SpanEncoder {
    TokenizerSpans {
        Pipeline pipeline = tokenizer.pipeline();
        if (pipeline.truncation().isPresent() || pipeline.padding().isPresent()) {
            var unlimited = new Pipeline(
                    pipeline.addedTokens(),
                    pipeline.normalizer(),
                    pipeline.preTokenizer(),
                    pipeline.model(),
                    pipeline.postProcessor(),
                    pipeline.decoder(),
                    Optional.empty(),
                    Optional.empty());
            tokenizer = new PipelineTokenizer(unlimited).withSpecials(tokenizer.specials());
        }
    }

    @Override
    public Encoded encode(String text, BitSet trusted) {
        Encoding encoding = tokenizer.encoding(text, new SpecialText.Within(trusted), false);
        List<Token> tokens = encoding.tokens();
        return new Encoded(
                encoding.ids(),
                tokens.stream().mapToInt(Token::start).toArray(),
                tokens.stream().mapToInt(Token::end).toArray());
    }

    @Override
    public boolean isSpecial(int id) {
        return tokenizer.specials().contains(id);
    }

    @Override
    public OptionalInt bos() {
        return tokenizer.specials().bos();
    }
}
