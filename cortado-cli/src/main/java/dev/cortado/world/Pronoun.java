package dev.cortado.world;

/// The pronouns with their cases.
enum Pronoun {
    I("I", "me", "my", "myself", false),
    YOU("you", "you", "your", "yourself", true),
    HE("he", "him", "his", "himself", false),
    SHE("she", "her", "her", "herself", false),
    IT("it", "it", "its", "itself", false),
    THEY("they", "them", "their", "themselves", true),
    WE("we", "us", "our", "ourselves", true);

    private final String subject;
    private final String object;
    private final String possessive;
    private final String reflexive;
    private final boolean plural;

    Pronoun(String subject, String object, String possessive, String reflexive, boolean plural) {
        this.subject = subject;
        this.object = object;
        this.possessive = possessive;
        this.reflexive = reflexive;
        this.plural = plural;
    }

    String subject() {
        return subject;
    }

    String object() {
        return object;
    }

    String possessive() {
        return possessive;
    }

    String reflexive() {
        return reflexive;
    }

    /// Whether its verb takes the plural form ("they were", "you were").
    boolean plural() {
        return plural;
    }
}
