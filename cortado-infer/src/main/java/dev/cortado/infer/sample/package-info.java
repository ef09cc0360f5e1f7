/// Choosing the next token: [dev.cortado.infer.sample.Sampling] says how, [dev.cortado.infer.sample.Sampler] does it
/// for one text. Both know logits only.
/// The same seed and the same logits give the same tokens, on every machine.
@NullMarked
package dev.cortado.infer.sample;

import org.jspecify.annotations.NullMarked;
