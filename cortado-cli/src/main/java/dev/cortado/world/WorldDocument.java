package dev.cortado.world;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One document with the facts behind it and what was derived from them; a line of `train.jsonl` or `heldout.jsonl`.
///
/// @param id split and running number
/// @param kind which plot or sort of document: "lost and found", "letter", "sums" and so on
/// @param summary one or two sentences
/// @param translation absent when the document has no plain sentence to translate
public record WorldDocument(
        String id,
        String kind,
        String text,
        Facts facts,
        List<Question> questions,
        String summary,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Translation> translation,
        List<Preference> preferences) {

    /// The tracked world behind a document.
    ///
    /// @param events in order, each with `event` and its participants (who, whom, what, where, count and others)
    public record Facts(
            List<EntityFacts> entities, State.Snapshot start, List<Map<String, Object>> events, State.Snapshot end) {}

    /// A person, thing, place or town with what holds throughout.
    public record EntityFacts(String name, String type, Map<String, String> attributes) {}

    /// A question about the facts.
    ///
    /// @param answer in a few words
    /// @param sentence the answer as a whole sentence
    /// @param wrong plausible answers that are false
    /// @param asks what is asked, for a program: `ask` (holder, place, count and so on) and its arguments
    public record Question(
            String question, String answer, String sentence, List<String> wrong, Map<String, String> asks) {}

    /// Sentences of the document and the same in the invented language (docs/world.md).
    public record Translation(String source, String target) {}

    /// Two answers to a question.
    ///
    /// @param flaw why the worse one is worse: wrong, irrelevant, ungrammatical
    public record Preference(String question, String better, String worse, String flaw) {}
}
