package dev.cortado.world;

import dev.cortado.world.Entity.Amount;
import dev.cortado.world.Entity.Pair;
import dev.cortado.world.Entity.Person;
import dev.cortado.world.Entity.Place;
import dev.cortado.world.Entity.Thing;
import dev.cortado.world.Entity.Word;
import dev.cortado.world.Phrases.Piece;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns patterns into running text: chooses names, descriptions and pronouns, inflects verbs, joins clauses.
///
/// The discourse model is small and strict. A pronoun may stand for an entity only if it was mentioned in this or the
/// previous sentence and nothing else that the same pronoun could mean was. What is not yet known is introduced with
/// "a"; a paragraph starts with names.
///
/// Slot forms: none = subject or definite mention, `o` object, `p` possessive, `r` reflexive, `n` name, `a` with
/// indefinite article, `d` definite and never a pronoun, `b` bare phrase, `k` noun, `c` adjective; places also `at` and
/// `to`; amounts also `num` and `one`.
final class Narrator {
    /// How a sentence continues the one before.
    enum Flow {
        /// Happens next: may open with "then".
        ACTION,
        /// Holds at the same time.
        STATE
    }

    private static final int JOIN_LIMIT = 60;

    private final Dice dice;
    private final Phrases phrases;
    private final English english;
    private final English.Tense tense;
    private final Map<Entity, Pronoun> perspective = new HashMap<>();
    private final boolean contracts;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder line = new StringBuilder();
    private final Set<Object> used = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Entity> known = new HashSet<>();
    private final Map<String, Integer> kinds = new HashMap<>();
    private Set<Entity> previous = new HashSet<>();
    private Set<Entity> current = new HashSet<>();
    private Optional<Entity> subject = Optional.empty();
    private boolean joinable;
    private boolean fresh = true;

    Narrator(Dice dice, Phrases phrases, English english, English.Tense tense) {
        this.dice = dice;
        this.phrases = phrases;
        this.english = english;
        this.tense = tense;
        this.contracts = dice.chance(60);
    }

    /// Lets a person be called "I" or "you" outside quotations.
    void call(Person person, Pronoun pronoun) {
        perspective.put(person, pronoun);
        know(person);
    }

    /// Treats an entity as already introduced.
    void know(Entity entity) {
        if (known.add(entity) && entity instanceof Person person) {
            kinds.merge(noun(person), 1, Integer::sum);
        }
    }

    /// Whether someone in it is "I" or "you".
    boolean personal() {
        return !perspective.isEmpty();
    }

    /// "boy" of a "little boy".
    private static String noun(Person person) {
        return person.kind().substring(person.kind().lastIndexOf(' ') + 1);
    }

    /// Whether the text so far speaks of it.
    boolean mentioned(Entity entity) {
        return known.contains(entity);
    }

    /// Whether a plain sentence can speak of it with a name or "the".
    boolean knows(Entity entity) {
        return known.contains(entity) || !(entity instanceof Person || entity instanceof Thing);
    }

    English.Tense tense() {
        return tense;
    }

    /// One or more sentences from a section; a clause without final stop may be joined to its neighbours.
    void say(String section, Map<String, Entity> slots, Flow flow) {
        List<Piece> pieces = phrases.expand(section, dice, used);
        Optional<Entity> first = leadingSubject(pieces, slots);
        if (joinable && first.isPresent() && line.length() < JOIN_LIMIT && first.equals(subject) && dice.chance(35)) {
            line.append(flow == Flow.ACTION && dice.chance(35) ? " and then " : " and ");
            pieces = pieces.subList(1, pieces.size());
            joinable = false;
        } else if (joinable && first.isPresent() && line.length() < JOIN_LIMIT && dice.chance(15)) {
            line.append(", and ");
            joinable = false;
        } else {
            stop();
            if (first.isPresent() && !fresh && flow == Flow.ACTION && dice.chance(24)) {
                List<Piece> opened = new ArrayList<>(phrases.expand("then", dice, new HashSet<>()));
                opened.add(new Phrases.Text(" "));
                opened.addAll(pieces);
                pieces = opened;
            }
            joinable = first.isPresent();
            subject = first;
        }
        for (Piece piece : pieces) {
            realise(piece, slots);
        }
        joinable &= line.indexOf("\"") < 0 && !line.isEmpty() && ".!?".indexOf(line.charAt(line.length() - 1)) < 0;
    }

    /// A finished sentence as it is, with what it mentions.
    void verbatim(String sentence, Iterable<Entity> mentions) {
        stop();
        joinable = false;
        line.append(sentence);
        mentions.forEach(this::mention);
        stop();
    }

    /// Ends the paragraph.
    void paragraph() {
        breakText("\n\n");
    }

    /// Ends the line, as in letters and dialogues.
    void lineBreak() {
        breakText("\n");
    }

    private void breakText(String separator) {
        stop();
        if (!fresh) {
            text.append(separator);
        }
        fresh = true;
        previous = new HashSet<>();
        current = new HashSet<>();
    }

    /// The whole text.
    String text() {
        stop();
        return text.toString().strip();
    }

    /// Ends the sentence under construction.
    private void stop() {
        if (line.isEmpty()) {
            return;
        }
        String sentence = English.articles(Spelling.clean(line.toString()));
        text.append(fresh ? "" : " ").append(contracts ? English.contract(sentence) : sentence);
        line.setLength(0);
        previous = current;
        current = new HashSet<>();
        subject = Optional.empty();
        joinable = false;
        fresh = false;
    }

    private static Optional<Entity> leadingSubject(List<Piece> pieces, Map<String, Entity> slots) {
        return pieces.getFirst() instanceof Phrases.Slot(var name, var form) && form.isEmpty()
                ? Optional.of(slot(name, slots))
                : Optional.empty();
    }

    private static Entity slot(String name, Map<String, Entity> slots) {
        Entity entity = slots.get(name);
        if (entity == null) {
            throw new IllegalStateException("no entity for slot {" + name + "}; there are " + slots.keySet());
        }
        return entity;
    }

    private void realise(Piece piece, Map<String, Entity> slots) {
        switch (piece) {
            case Phrases.Text(var words) -> line.append(words);
            case Phrases.Verb(var lemma, var participle) ->
                line.append(participle ? english.participle(lemma) : english.finite(lemma, tense, agreement()));
            case Phrases.BoundVerb(var name) ->
                line.append(english.finite(slot(name, slots).name(), tense, agreement()));
            case Phrases.Slot(var name, var form) -> refer(slot(name, slots), form);
            case Phrases.Break _ -> stop();
            default -> throw new IllegalStateException("not expanded: " + piece);
        }
    }

    private Pronoun agreement() {
        return subject.map(this::pronoun).orElse(Pronoun.IT);
    }

    private Pronoun pronoun(Entity entity) {
        if (entity instanceof Pair(var first, var second)) {
            boolean me = perspective.get(first) == Pronoun.I || perspective.get(second) == Pronoun.I;
            return me ? Pronoun.WE : entity.pronoun();
        }
        return perspective.getOrDefault(entity, entity.pronoun());
    }

    private boolean quoting() {
        boolean open = false;
        for (int i = 0; i < line.length(); i++) {
            open ^= line.charAt(i) == '"';
        }
        return open;
    }

    private void refer(Entity entity, String form) {
        if (form.isEmpty() || (form.equals("n") && !quoting())) {
            subject = Optional.of(entity);
        }
        line.append(
                switch (entity) {
                    case Person person -> person(person, form);
                    case Pair pair -> pair(pair, form);
                    case Thing thing -> thing(thing, form);
                    case Place place -> place(place, form);
                    case Amount amount -> amount(amount, form);
                    case Word word -> word.name();
                });
        mention(entity);
    }

    private void mention(Entity entity) {
        know(entity);
        current.add(entity);
        if (entity instanceof Pair(var first, var second)) {
            mention(first);
            mention(second);
        }
    }

    /// Whether the pronoun can mean nothing else here.
    private boolean clear(Entity entity) {
        if (quoting() && !(entity instanceof Thing)) {
            return false;
        }
        if (current.contains(entity)) {
            return !rival(entity, current);
        }
        return previous.contains(entity) && !rival(entity, current) && !rival(entity, previous);
    }

    private static boolean rival(Entity entity, Set<Entity> mentioned) {
        return mentioned.stream()
                .anyMatch(other -> !other.equals(entity)
                        && other.pronoun() == entity.pronoun()
                        && !(other instanceof Word)
                        && !(other instanceof Place && entity instanceof Thing));
    }

    private String person(Person person, String form) {
        Pronoun called = pronoun(person);
        boolean addressed = called != person.pronoun() && !quoting();
        return switch (form) {
            case "" ->
                addressed || (clear(person) && (current.contains(person) || dice.chance(80)))
                        ? called.subject()
                        : described(person);
            case "o" ->
                addressed || (clear(person) && (current.contains(person) || dice.chance(90)))
                        ? called.object()
                        : described(person);
            case "p" -> {
                boolean own = subject.equals(Optional.of(person)) && !rival(person, current) && !quoting();
                yield addressed || own || clear(person) ? called.possessive() : described(person) + "'s";
            }
            case "r" -> called.reflexive();
            case "a" -> "a " + person.traits().getFirst() + " " + person.kind();
            case "k" -> person.kind();
            case "name" -> person.name();
            case "c" -> person.traits().getFirst();
            default -> addressed ? called.subject() : named(person);
        };
    }

    private String named(Person person) {
        return person.relativeOf()
                .map(of -> possessor(of, person) + " " + person.kind())
                .orElse(person.name());
    }

    /// "his" in "his uncle": the uncle himself is no rival.
    private String possessor(Person owner, Person relative) {
        if (quoting()) {
            return owner.name() + "'s";
        }
        Pronoun called = pronoun(owner);
        boolean mentioned = current.contains(owner) || previous.contains(owner);
        boolean rivals =
                others(current, relative, owner) || (!current.contains(owner) && others(previous, relative, owner));
        boolean clear = called != owner.pronoun() || (mentioned && !rivals);
        current.add(owner);
        return clear ? called.possessive() : owner.name() + "'s";
    }

    private static boolean others(Set<Entity> mentioned, Person relative, Person owner) {
        Set<Entity> rest = new HashSet<>(mentioned);
        rest.remove(relative);
        return rival(owner, rest);
    }

    private String described(Person person) {
        if (quoting() || person.relativeOf().isPresent()) {
            return named(person);
        }
        if (!known.contains(person)) {
            return person(person, "a") + " named " + person.name();
        }
        boolean only = kinds.getOrDefault(noun(person), 0) == 1;
        return only && previous.contains(person) && dice.chance(14) ? "the " + person.kind() : person.name();
    }

    private String pair(Pair pair, String form) {
        Pronoun called = pronoun(pair);
        boolean recent = (current.contains(pair)
                        || previous.contains(pair)
                        || (previous.contains(pair.first()) && previous.contains(pair.second())))
                && !rival(pair, current)
                && !rival(pair, previous)
                && !quoting();
        boolean short_ = recent && dice.chance(75);
        String names = called == Pronoun.WE
                ? (perspective.get(pair.first()) == Pronoun.I ? described(pair.second()) : described(pair.first()))
                        + " and " + (form.equals("o") ? "me" : "I")
                : named(pair.first()) + " and " + named(pair.second());
        return switch (form) {
            case "o" -> short_ ? called.object() : names;
            case "p" -> short_ ? called.possessive() : names + "'s";
            default -> short_ ? called.subject() : names;
        };
    }

    private String thing(Thing thing, String form) {
        String full = thing.name();
        return switch (form) {
            case "a" -> "a " + full;
            case "b" -> dice.chance(50) || !known.contains(thing) ? full : thing.noun();
            case "k" -> thing.noun();
            case "c" -> thing.adjective();
            case "d" -> known.contains(thing) ? definite(thing) : "the " + full;
            default -> {
                if (!known.contains(thing)) {
                    yield "a " + full;
                }
                yield clear(thing) && dice.chance(60) ? "it" : definite(thing);
            }
        };
    }

    private String definite(Thing thing) {
        return "the " + (dice.chance(35) ? thing.name() : thing.noun());
    }

    private static String place(Place place, String form) {
        String phrase = place.proper() ? place.noun() : "the " + place.noun();
        return switch (form) {
            case "at" -> place.at() + " " + phrase;
            case "to" -> "to " + phrase;
            case "b" -> place.noun();
            default -> phrase;
        };
    }

    private String amount(Amount amount, String form) {
        return switch (form) {
            case "num" -> English.number(amount.count());
            case "k" -> amount.name();
            case "one" -> amount.goods().singular();
            case "many" -> amount.goods().plural();
            case "o" -> clear(amount) ? amount.pronoun().object() : "the " + amount.name();
            default -> English.number(amount.count()) + " " + amount.name();
        };
    }
}
