package dev.cortado.text.chat.jinja;

/// How white space around block tags is treated.
///
/// @param trimBlocks the first newline after a block tag is dropped
/// @param lstripBlocks white space between the start of a line and a block tag is dropped
public record Syntax(boolean trimBlocks, boolean lstripBlocks) {
    /// As Transformers renders chat templates.
    public static final Syntax CHAT = new Syntax(true, true);

    /// As Jinja does when nothing is set.
    public static final Syntax PLAIN = new Syntax(false, false);
}
