package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.AddedTokens.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The stages before the model: added tokens are found, the rest is normalized and cut into words.
final class Words {
    private static final char REPLACEMENT = '?';

    private final AddedTokens added;
    private final Optional<PreTokenizer> preTokenizer;

    Words(AddedTokens added, Optional<PreTokenizer> preTokenizer) {
        this.added = added;
        this.preTokenizer = preTokenizer;
    }

    /// The words and added tokens of a text, in order, none of them empty.
    List<Segment> of(String text, SpecialText special) {
        List<Segment> stretches = added.split(AlignedText.of(wellFormed(text)), special);
        if (preTokenizer.isEmpty()) {
            return stretches;
        }
        List<Segment> words = new ArrayList<>();
        for (Segment stretch : stretches) {
            if (stretch.token().isPresent()) {
                words.add(stretch);
            } else {
                for (AlignedText word : preTokenizer.get().split(stretch.text())) {
                    words.add(new Segment(word, Optional.empty()));
                }
            }
        }
        return words;
    }

    /// The text with `?` for each unpaired surrogate, which takes no more and no less room.
    private static String wellFormed(String text) {
        int good = 0;
        while (good < text.length() && !isUnpaired(text, good)) {
            good++;
        }
        if (good == text.length()) {
            return text;
        }
        char[] chars = text.toCharArray();
        for (int i = good; i < chars.length; i++) {
            if (isUnpaired(text, i)) {
                chars[i] = REPLACEMENT;
            }
        }
        return new String(chars);
    }

    private static boolean isUnpaired(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        return Character.isLowSurrogate(c) && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }
}
