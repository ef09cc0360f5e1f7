/// The part of the Jinja template language that chat templates are written in, with Python's data types and their
/// printed forms, in a sandbox: templates see plain data only, change none of it, and stop at stated limits.
///
/// ```java
/// Template template = Template.parse("Hello {{ name | title }}!", Syntax.CHAT, Limits.GENEROUS);
/// Text text = template.render(Map.of("name", Data.value("ada", Origin.data("user"))), Clock.systemUTC());
/// text.chars();          // Hello Ada!
/// text.originAt(6);      // Origin[trusted=false, source=user, …]
/// ```
///
/// What sets it apart is that every character of a [dev.cortado.text.chat.jinja.Text] knows whether the template's
/// author or the data wrote it, through all operators, filters and methods. Text of a control token counts as one only
/// where the template wrote it, so no message can forge the end of its own turn.
///
/// A template is read in three steps: [dev.cortado.text.chat.jinja.Lexer] cuts it into tokens,
/// [dev.cortado.text.chat.jinja.Parser] makes statements and expressions of them, and
/// [dev.cortado.text.chat.jinja.Interpreter] executes these.
///
/// Sources: the Jinja documentation, *Template Designer Documentation*, 3.1; Python's *Built-in Types* and *Format
/// Specification Mini-Language*; Hugging Face Transformers, *Chat templates*.
@NullMarked
package dev.cortado.text.chat.jinja;

import org.jspecify.annotations.NullMarked;
