package dev.cortado.text.chat.jinja;

/// Where characters come from.
///
/// @param trusted the template's author, or who set its special tokens, wrote them; all else is data
/// @param source a name for the data, chosen by who passes it in; empty for the template itself
/// @param generated they were put out inside a `{% generation %}` block
public record Origin(boolean trusted, String source, boolean generated) {
    /// Written in the template.
    public static final Origin TEMPLATE = new Origin(true, "", false);

    /// The source of what was computed from several sources at once.
    public static final String SEVERAL = "several sources";

    /// Data from a source.
    public static Origin data(String source) {
        return new Origin(false, source, false);
    }

    /// The origin of what two origins had a part in: trusted only when both are.
    public Origin mix(Origin other) {
        if (equals(other)) {
            return this;
        }
        boolean both = generated && other.generated;
        if (trusted && other.trusted) {
            return new Origin(true, source.equals(other.source) ? source : "", both);
        }
        String mixed = trusted || source.equals(other.source) ? other.source : other.trusted ? source : SEVERAL;
        return new Origin(false, mixed, both);
    }

    Origin inGeneration() {
        return generated ? this : new Origin(trusted, source, true);
    }
}
