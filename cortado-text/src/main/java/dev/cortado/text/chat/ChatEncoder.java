package dev.cortado.text.chat;

import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.util.Arrays;
import java.util.BitSet;

/// Turns rendered conversations into token ids, and what the assistant said into a mask of them.
///
/// @param addsBos whether the tokenizer begins every sequence with its BOS; the template may do so as well, and
///     there is one all the same
public record ChatEncoder(SpanEncoder encoder, boolean addsBos) {
    /// The encoder of a model's tokenizer.
    public static ChatEncoder of(PipelineTokenizer tokenizer) {
        return new ChatEncoder(new TokenizerSpans(tokenizer), tokenizer.addsBos());
    }

    /// Encodes a conversation.
    ///
    /// A token counts as the assistant's when any of its characters is, as in Transformers. Unless the template
    /// marks what the assistant says, so do the control token that closes its turn, and white space before
    /// that one: a model must learn to stop.
    public EncodedChat encode(Rendered rendered) {
        SpanEncoder.Encoded encoded = encoder.encode(rendered.text(), rendered.trusted());
        int[] ids = encoded.ids();
        boolean[] mask = mask(encoded, rendered.assistant());
        if (!rendered.marked()) {
            close(encoded, rendered, mask);
        }
        int skipped = leadingBos(ids);
        boolean add = addsBos && encoder.bos().isPresent() && skipped == 0;
        int kept = skipped > 0 ? skipped - 1 : 0; // of several, the last
        int[] all = new int[ids.length - kept + (add ? 1 : 0)];
        boolean[] marks = new boolean[all.length];
        if (add) {
            all[0] = encoder.bos().getAsInt();
        }
        System.arraycopy(ids, kept, all, add ? 1 : 0, ids.length - kept);
        System.arraycopy(mask, kept, marks, add ? 1 : 0, ids.length - kept);
        return new EncodedChat(all, marks);
    }

    /// How many BOS the ids begin with.
    private int leadingBos(int[] ids) {
        int count = 0;
        while (encoder.bos().isPresent()
                && count < ids.length
                && ids[count] == encoder.bos().getAsInt()) {
            count++;
        }
        return count;
    }

    /// Tokens that share a character with what the assistant said.
    private static boolean[] mask(SpanEncoder.Encoded encoded, BitSet assistant) {
        boolean[] mask = new boolean[encoded.ids().length];
        for (int t = 0; t < mask.length; t++) {
            int said = assistant.nextSetBit(encoded.starts()[t]);
            mask[t] = said >= 0 && said < encoded.ends()[t];
        }
        return mask;
    }

    /// Marks what closes each turn.
    private void close(SpanEncoder.Encoded encoded, Rendered rendered, boolean[] mask) {
        BitSet trusted = rendered.trusted();
        for (int t = 1; t < mask.length; t++) {
            if (!mask[t - 1] || mask[t]) {
                continue;
            }
            int end = t;
            while (end < mask.length && !encoder.isSpecial(encoded.ids()[end]) && isSpace(encoded, end, rendered)) {
                end++;
            }
            boolean written = end < mask.length
                    && trusted.nextClearBit(encoded.starts()[end]) >= encoded.ends()[end]
                    && !mask[end];
            if (written && encoder.isSpecial(encoded.ids()[end])) {
                Arrays.fill(mask, t, end + 1, true);
                t = end + 1; // what follows the closing token is another turn
            }
        }
    }

    private static boolean isSpace(SpanEncoder.Encoded encoded, int t, Rendered rendered) {
        return rendered.text().substring(encoded.starts()[t], encoded.ends()[t]).isBlank();
    }
}
