/// Checkpoints of Andrej Karpathy's llama2.c, small Llamas in one `.bin` file, as weights and numbers of a
/// [dev.cortado.model.arch.Llama].
///
/// ```java
/// try (Llama2c checkpoint = Llama2c.open(Path.of("stories260K.bin"))) {
///     LlamaSpec spec = checkpoint.spec();
///     StoredTensor q = checkpoint.find("model.layers.0.self_attn.q_proj.weight").orElseThrow();
/// }
/// ```
///
/// [dev.cortado.model.llama2c.Llama2cHeader] reads the numbers in front, from which
/// [dev.cortado.model.llama2c.Llama2cLayout] computes where each tensor lies; a file of any other size is refused.
/// The tokenizer beside a checkpoint (`tokenizer.bin`, `tok512.bin`) is read by
/// [dev.cortado.text.tokenizer.format.Llama2cTokenizer].
@NullMarked
package dev.cortado.model.llama2c;

import org.jspecify.annotations.NullMarked;
