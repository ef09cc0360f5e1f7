/// Conversations: messages, chat templates, and the token ids they become.
///
/// A model was trained on conversations in one exact format, which its folder states as a template. What a template
/// renders is text whose every character is known to be the template's or a message's own.
@NullMarked
package dev.cortado.text.chat;

import org.jspecify.annotations.NullMarked;
