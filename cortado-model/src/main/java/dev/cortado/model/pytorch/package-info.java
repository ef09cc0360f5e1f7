/// State dicts of PyTorch as weights: `pytorch_model.bin` in one file or in shards, `.pt` and `.pth`.
///
/// | to … | use |
/// |---|---|
/// | read a model folder | [dev.cortado.model.pytorch.PyTorchWeights#open] |
/// | read one file | [dev.cortado.model.pytorch.PyTorchFile#open] |
///
/// ```java
/// try (PyTorchFile weights = PyTorchFile.open(Path.of("pytorch_model.bin"))) {
///     StoredTensor norm = weights.find("model.norm.weight").orElseThrow();
///     SequencedSet<String> passedOver = weights.ignored(); // optimizer, epoch, …
/// }
/// ```
///
/// Such a file is a program: a pickle says what Python has to import and call to make its objects again, and whoever
/// loads one with Python's own machine runs what its author chose. Here a pickle is read by a machine that makes data
/// only ([dev.cortado.model.pytorch.PickleMachine]); a fixed list ([dev.cortado.model.pytorch.TorchGlobals]) says
/// which names may occur, and a file with any other is refused by that name.
///
/// A file comes from [dev.cortado.model.pytorch.ZipContent] or [dev.cortado.model.pytorch.LegacyContent] as one value
/// and the storages it refers to; [dev.cortado.model.pytorch.StateDict] finds the tensors in it, and
/// [dev.cortado.model.pytorch.TensorLayout] where each one lies. What does not hold is an
/// [IllegalArgumentException] of one line that names the file.
@NullMarked
package dev.cortado.model.pytorch;

import org.jspecify.annotations.NullMarked;
