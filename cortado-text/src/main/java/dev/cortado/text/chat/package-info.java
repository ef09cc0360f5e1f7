/// Conversations: messages, chat templates, and the token ids they become.
///
/// A model was trained on conversations in one exact format, which its folder states as a template.
///
/// ```java
/// ChatTemplate template = ChatTemplate.find(folder).orElseThrow();
/// Rendered prompt = template.render(
///         List.of(Message.system("Be brief."), Message.user("What is the capital of France?")),
///         ChatOptions.prompt());
/// EncodedChat ids = ChatEncoder.of(Tokenizers.read(folder)).encode(prompt);
/// ```
///
/// Two facts are known of each character of a [dev.cortado.text.chat.Rendered] and follow it through everything a
/// template does. Whether it is trusted: written by the template or its special tokens, not by a message, tool,
/// document or variable; only trusted text becomes a control token, so no message can end its own turn and begin
/// another's. And whether the assistant said it, which is what training learns from: marked by the template with
/// `{% generation %}`, or else the content, reasoning and tool calls of the assistant's messages.
///
/// [dev.cortado.text.chat.Message] is a message, in Java or from the OpenAI API's JSON; the tokenizer is seen through
/// [dev.cortado.text.chat.SpanEncoder]; the template language is in the package `jinja`, which knows of no chats.
///
/// Sources: Hugging Face Transformers, *Chat templates*; OpenAI, *Chat completions* (messages).
@NullMarked
package dev.cortado.text.chat;

import org.jspecify.annotations.NullMarked;
