/// Objectives: what a model is trained to do, each a formula in a file of its own. To add one, implement
/// [dev.cortado.train.objective.Objective]; the loop needs nothing else.
///
/// | objective | for | predicts |
/// |---|---|---|
/// | [CausalObjective][dev.cortado.train.objective.CausalObjective] | decoders | the next token |
/// | [MaskedObjective][dev.cortado.train.objective.MaskedObjective] | encoders | masked tokens |
/// | [SpanCorruption][dev.cortado.train.objective.SpanCorruption] | encoder–decoders | the spans cut out of a text |
///
/// A loss is a sum over targets; the loop divides it, by the targets of the whole optimizer step.
@NullMarked
package dev.cortado.train.objective;

import org.jspecify.annotations.NullMarked;
