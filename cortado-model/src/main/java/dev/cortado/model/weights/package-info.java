/// Weights of models in files: reading them without trust, writing them without loss. Bytes, names and shapes
/// only; what a tensor is, how it is placed, cast or adapted, is the business of others.
///
/// | to … | use |
/// |---|---|
/// | read a model folder, sharded or not | [ModelWeights#open] |
/// | read one `.safetensors` file and its metadata | [Safetensors#open] |
/// | accept weights in any format | [WeightSource]: `names()`, `find(name)`, `close()` |
/// | write a model folder, sharded above 5 GB | [ModelWeightsWriter#write] |
/// | write one `.safetensors` file | [SafetensorsWriter#write] |
///
/// ```java
/// try (WeightSource weights = ModelWeights.open(Path.of("models/tiny"))) {
///     StoredTensor norm = weights.find("model.norm.weight").orElseThrow();
///     float first = norm.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
///     SafetensorsWriter.write(Path.of("norm.safetensors"), List.of(OutgoingTensor.of(norm)));
/// }
/// ```
///
/// **Reading.** A [StoredTensor] is a read-only view of the memory-mapped file. Opening reads and proves the
/// header (see [SafetensorsHeader]) and nothing else, so it takes milliseconds for files of any size; pages
/// come in as they are touched, and several processes share them. Views die with their source: a later access
/// throws.
///
/// A file is an untrusted input. Every claim that does not hold (sizes, ranges, names, dtypes, files of an
/// index) is an [IllegalArgumentException] of one line that names the file, the tensor and what is wrong; a
/// missing file is a [java.nio.file.NoSuchFileException].
///
/// **Writing.** An [OutgoingTensor] gives its bytes when it is asked to, so a model is never in memory twice.
/// Files are written under hidden names, forced to disk and renamed: after a failure what was there before is
/// there still.
@NullMarked
package dev.cortado.model.weights;

import org.jspecify.annotations.NullMarked;
