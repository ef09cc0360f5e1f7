/// GGUF files as models: one file in, a model out; and the way back.
///
/// | to … | use |
/// |---|---|
/// | read a model | [GgufModelFile#open(java.nio.file.Path, dev.cortado.tensor.Device, dev.cortado.model.Storage)] |
/// | know its numbers, read its tensors under Hugging Face's names | [GgufModelFile#open(java.nio.file.Path)] |
/// | write one, in any of the number formats | [GgufModelWriter] |
///
/// ```java
/// try (Model model = GgufModelFile.open(Path.of("tiny.gguf"), Device.CPU, Storage.MAPPED)) { … }
/// ```
///
/// llama.cpp names tensors and numbers in its own way, and lays some tensors out in another order than Hugging Face.
/// All of that is in three places: [Families] says which numbers and names an architecture has, [NameTable] holds the
/// tables of names, [Arrangement] the orders of elements. Numbers pass through the spelling of `config.json`, which
/// every architecture reads already; so this package knows no model.
///
/// A number format is a matter of storage: matrices in blocks are computed with as they lie in the mapped file
/// ([dev.cortado.model.Storage#MAPPED]), or decoded when they are read.
@NullMarked
package dev.cortado.model.gguf;

import org.jspecify.annotations.NullMarked;
