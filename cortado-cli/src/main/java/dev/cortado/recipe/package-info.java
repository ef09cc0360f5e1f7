/// Recipes: YAML files read strictly into records.
///
/// A recipe says everything that a run needs; nothing in it is guessed and nothing in it is ignored. The shape of a
/// recipe *is* a record, so the same recipe can be written in Java:
/// ```java
/// record Optimizer(double lr, Optional<Double> weightDecay) {
///     Optimizer {
///         if (lr <= 0) throw new IllegalArgumentException("lr must be above 0, got " + lr);
///         weightDecay = weightDecay.or(() -> Optional.of(0.1));    // the default is part of the record
///     }
/// }
/// record Recipe(int steps, Optimizer optimizer) {}
///
/// Recipe recipe = RecipeReader.read(Path.of("tiny.yaml"), List.of("optimizer.lr=1e-4"), Recipe.class);
/// ```
/// ```yaml
/// steps: 200
/// optimizer:
///   lr: 3e-4
/// ```
/// The rules, all held by [RecipeReader]:
/// - A key is spelled as the record component is. An unknown key is refused, with the nearest known one.
/// - **A component of type [java.util.Optional] may be left out (or left empty); every other key must be there.**
///   A default is given in the compact constructor, as above.
/// - Types are strict: `"3"` is not a number, `3.5` is not a whole number, `5` is not text. Constants of an enum are
///   written in any case.
/// - A choice is a sealed interface annotated `@JsonTypeInfo(use = NAME, property = "type")` whose records carry
///   `@JsonTypeName`; the key `type` picks one.
/// - A record refuses bad values with [IllegalArgumentException]; the message reaches the user behind the section's
/// path.
/// - Duplicate keys, aliases and several documents in one file are refused.
/// - `--set path=value` replaces one value of the tree before it is bound, and meets the same rules.
@NullMarked
package dev.cortado.recipe;

import org.jspecify.annotations.NullMarked;
