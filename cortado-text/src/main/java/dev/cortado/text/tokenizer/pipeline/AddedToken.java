package dev.cortado.text.tokenizer.pipeline;

/// A token that is looked for in the text before anything else is done to it.
///
/// @param content    the text it is
/// @param id         its id, inside the model's vocabulary or after it
/// @param special    whether it is structure, not text
/// @param normalized whether it is looked for in the normalized text instead of the original
/// @param lstrip     whether it swallows white space before it
/// @param rstrip     whether it swallows white space after it
/// @param singleWord whether it counts only when no letter touches it
public record AddedToken(
        String content,
        int id,
        boolean special,
        boolean normalized,
        boolean lstrip,
        boolean rstrip,
        boolean singleWord) {
    /// A special token found exactly as it is spelled.
    public static AddedToken special(String content, int id) {
        return new AddedToken(content, id, true, false, false, false, false);
    }

    /// The same token as structure, not text.
    AddedToken asSpecial() {
        return new AddedToken(content, id, true, normalized, lstrip, rstrip, singleWord);
    }
}
