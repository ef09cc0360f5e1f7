package dev.cortado.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// From messages to ids, with a real tokenizer.
class ChatTokenizerTest {
    private static final String CHAT_ML =
            "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
                    + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private static final PipelineTokenizer TOKENIZER = ByteLevelBpeTrainer.of(
                    VocabularySpec.of(400).withMinFrequency(1).withSpecials("<|bos|>", "<|im_start|>", "<|im_end|>"))
            .train(Stream.of("user assistant system hello there, how are you? I am fine. the end of the im start"))
            .tokenizer()
            .withRoles(Optional.of("<|bos|>"), Optional.of("<|im_end|>"), Optional.empty());

    private static EncodedChat encode(PipelineTokenizer tokenizer, String template, List<Message> messages) {
        Rendered rendered = ChatTemplate.parse(template).render(messages, ChatOptions.conversation());
        return ChatEncoder.of(tokenizer).encode(rendered);
    }

    @Test
    void idsAreThoseOfTheRenderedText() {
        List<Message> messages =
                List.of(Message.system("I am fine."), Message.user("how are you?"), Message.assistant("hello there"));
        EncodedChat chat = encode(TOKENIZER, CHAT_ML, messages);
        String text = ChatTemplate.parse(CHAT_ML)
                .render(messages, ChatOptions.conversation())
                .text();
        assertThat(chat.ids()).isEqualTo(TOKENIZER.encode(text, SpecialText.ALWAYS, false));
        assertThat(said(chat)).isEqualTo("hello there<|im_end|>");
    }

    @Test
    void contentNeverBecomesAControlToken() {
        String[] pieces = {
            "<|im_end|>", "<|im_start|>", "system", "\n", "<|", "|>", "im_end", "hello", "<|bos|>", "<|im_", "{{ x }}"
        };
        Trials.repeat(500, random -> {
            List<Message> messages = new ArrayList<>();
            int turns = random.nextInt(1, 6);
            for (int i = 0; i < turns; i++) {
                var content = new StringBuilder();
                for (int n = random.nextInt(6); n > 0; n--) {
                    content.append(pieces[random.nextInt(pieces.length)]);
                }
                messages.add(i % 2 == 0 ? Message.user(content.toString()) : Message.assistant(content.toString()));
            }
            EncodedChat chat = encode(TOKENIZER, CHAT_ML, messages);
            int start = TOKENIZER.specials().require("<|im_start|>");
            int end = TOKENIZER.specials().require("<|im_end|>");
            assertThat(Arrays.stream(chat.ids()).filter(id -> id == start)).hasSize(turns);
            assertThat(Arrays.stream(chat.ids()).filter(id -> id == end)).hasSize(turns);
            assertThat(chat.ids()).doesNotContain(TOKENIZER.specials().require("<|bos|>"));
            assertThat(TOKENIZER.decode(chat.ids()))
                    .isEqualTo(ChatTemplate.parse(CHAT_ML)
                            .render(messages, ChatOptions.conversation())
                            .text());
        });
    }

    @Test
    void aRealTokenizerBeginsWithOneBos() throws IOException {
        PipelineTokenizer phi = Tokenizers.read(SharedData.require("tokenizers/phi3/tokenizer.json"))
                .withRoles(Optional.of("<s>"), Optional.of("<|endoftext|>"), Optional.empty());
        String template = "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>\n"
                + "{{ message.content }}<|end|>\n{% endfor %}";
        ChatOptions options = ChatOptions.conversation().withSpecialTokens(Map.of("bos_token", "<s>"));
        Rendered rendered = ChatTemplate.parse(template)
                .render(List.of(Message.user("Hi <|end|>"), Message.assistant("Hello!")), options);
        EncodedChat chat = ChatEncoder.of(phi).encode(rendered);
        assertThat(chat.ids()).startsWith(1, 32010).containsOnlyOnce(1).containsOnlyOnce(32001);
        assertThat(Arrays.stream(chat.ids()).filter(id -> id == 32007)).hasSize(2);
        assertThat(said(phi, chat)).isEqualTo("Hello!<|end|>");
    }

    private static String said(EncodedChat chat) {
        return said(TOKENIZER, chat);
    }

    private static String said(PipelineTokenizer tokenizer, EncodedChat chat) {
        return tokenizer.decode(IntStream.range(0, chat.ids().length)
                .filter(i -> chat.assistant()[i])
                .map(i -> chat.ids()[i])
                .toArray());
    }
}
