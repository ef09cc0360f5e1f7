/// The embedded world: a generator of unlimited simple English about a small world whose facts are known.
///
/// Every document is told from a [State] that is changed by [Event]s: who has what, who is where, who feels how, how
/// many apples are left. The text is only one of the products; the facts behind it are kept beside it, and questions
/// with answers, a summary, a translation into an invented language and pairs of better and worse answers are derived
/// from those facts, never from the text.
///
/// The way of a document: [World] rolls its [Dice] from (seed, split, index); a [Plot] puts a cast on a [Stage] and
/// lets events happen; the [Narrator] words each event with a pattern of [Phrases], choosing names and pronouns by
/// what was mentioned last, and [English] inflects; [Questions] asks the facts. [WorldFiles] writes the lot.
///
/// Words and patterns are text resources beside this package; `docs/world.md` describes formats and the invented
/// language.
@NullMarked
package dev.cortado.world;

import org.jspecify.annotations.NullMarked;
