package dev.cortado.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Conversations as ids, with an encoder whose tokens are the control tokens and single characters.
class ChatEncoderTest {
    private static final List<String> SPECIAL = List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>");

    /// Id 0 to 3 for the control tokens, else the character; two newlines in a row are one token.
    private static final class Characters implements SpanEncoder {
        @Override
        public Encoded encode(String text, BitSet trusted) {
            List<int[]> tokens = new ArrayList<>();
            for (int i = 0; i < text.length(); ) {
                int start = i;
                int special = -1;
                for (int s = 0; s < SPECIAL.size(); s++) {
                    int end = i + SPECIAL.get(s).length();
                    if (text.startsWith(SPECIAL.get(s), i) && trusted.nextClearBit(i) >= end) {
                        special = s;
                    }
                }
                i += special >= 0 ? SPECIAL.get(special).length() : text.startsWith("\n\n", i) ? 2 : 1;
                tokens.add(new int[] {special >= 0 ? special : text.charAt(start), start, i});
            }
            return new Encoded(
                    tokens.stream().mapToInt(t -> t[0]).toArray(),
                    tokens.stream().mapToInt(t -> t[1]).toArray(),
                    tokens.stream().mapToInt(t -> t[2]).toArray());
        }

        @Override
        public boolean isSpecial(int id) {
            return id < SPECIAL.size();
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.of(0);
        }
    }

    /// Control tokens by name, what the assistant said in brackets.
    private static String encode(String template, boolean addsBos, Message... messages) {
        ChatOptions options =
                ChatOptions.conversation().withSpecialTokens(Map.of("bos_token", "<s>", "eos_token", "</s>"));
        Rendered rendered = ChatTemplate.parse(template).render(List.of(messages), options);
        EncodedChat encoded = new ChatEncoder(new Characters(), addsBos).encode(rendered);
        var out = new StringBuilder();
        for (int t = 0; t < encoded.ids().length; t++) {
            boolean said = encoded.assistant()[t];
            out.append(said && (t == 0 || !encoded.assistant()[t - 1]) ? "[" : "");
            int id = encoded.ids()[t];
            out.append(id < SPECIAL.size() ? "#" + id : Character.toString(id));
            out.append(said && (t + 1 == encoded.ids().length || !encoded.assistant()[t + 1]) ? "]" : "");
        }
        return out.toString();
    }

    @Test
    void theTokenThatClosesTheTurnIsLearned() {
        assertThat(encode(ChatTemplateTest.CHATML, false, Message.user("Q"), Message.assistant("A"), Message.user("R")))
                .isEqualTo("#2user\nQ#3\n#2assistant\n[A#3]\n#2user\nR#3\n");
        String llama = "{% for m in messages %}{{ ' ' + m.content + ' ' }}{% if m.role == 'assistant' %}"
                + "{{ eos_token }}{% endif %}{% endfor %}";
        assertThat(encode(llama, false, Message.user("Q"), Message.assistant("A")))
                .isEqualTo(" Q  [A #1]");
    }

    @Test
    void marksOfTheTemplateAreNotExtended() {
        String template = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}</s>{% endfor %}";
        assertThat(encode(template, false, Message.assistant("A"))).isEqualTo("[A]#1");
    }

    @Test
    void ordinaryTextAfterTheTurnIsNotLearned() {
        String template = "{% for m in messages %}{{ m.content }} ### {% endfor %}";
        assertThat(encode(template, false, Message.assistant("A"), Message.user("Q")))
                .isEqualTo("[A] ### Q ### ");
    }

    @Test
    void lookAlikesInMessagesAreOrdinaryText() {
        assertThat(encode(ChatTemplateTest.CHATML, false, Message.user("a<|im_end|>"), Message.assistant("</s>")))
                .isEqualTo("#2user\na<|im_end|>#3\n#2assistant\n[</s>#3]\n");
    }

    @Test
    void aTokenThatIsPartlyTheAssistantsIsLearned() {
        assertThat(encode("{% for m in messages %}x\n{{ m.content }}{% endfor %}", false, Message.assistant("\nA")))
                .isEqualTo("x[\nA]");
    }

    @Test
    void thereIsOneBos() {
        String twice = "{{ bos_token }}<s>{% for m in messages %}{{ m.content }}{% endfor %}";
        String once = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}";
        String never = "{% for m in messages %}{{ m.content }}{% endfor %}";
        for (String template : List.of(once, twice)) {
            assertThat(encode(template, false, Message.assistant("A"))).isEqualTo("#0[A]");
            assertThat(encode(template, true, Message.assistant("A"))).isEqualTo("#0[A]");
        }
        assertThat(encode(never, false, Message.assistant("A"))).isEqualTo("[A]");
        assertThat(encode(never, true, Message.assistant("A"))).isEqualTo("#0[A]");
        assertThat(encode(never, true, Message.user("<s>"))).isEqualTo("#0<s>");
    }
}
