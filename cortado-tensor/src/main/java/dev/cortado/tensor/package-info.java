/// The façade over LibTorch: about a hundred hand-written operations on [dev.cortado.tensor.Tensor], and nothing else
/// of the engine. No other package imports the binding.
///
/// Start with [dev.cortado.tensor.Scope]: native memory lives in scopes, and making a tensor outside of one is
/// refused. [dev.cortado.tensor.Tensors] makes tensors, [dev.cortado.tensor.Nn] holds the functions of neural
/// networks, [dev.cortado.tensor.Order] compares and sorts, [dev.cortado.tensor.InPlace] overwrites,
/// [dev.cortado.tensor.Grad] switches recording for gradients, and [dev.cortado.tensor.Differentiable]
/// makes new differentiable functions in Java. Precision ([dev.cortado.tensor.DType]), [dev.cortado.tensor.Device]
/// and randomness are arguments, never ambient.
///
/// ```java
/// try (var _ = Scope.open("line"); var _ = Grad.off()) {
///     Tensor x = Tensors.of(new float[] {1, 2, 3}, 3, 1);        // [N, 1]
///     Tensor weight = Tensors.of(new float[] {2}, 1, 1);         // [1, 1]
///     float[] y = Nn.linear(x, weight).toFloats();               // 2 4 6
/// }
/// ```
///
/// Tensors are touched by platform threads only: recording mode and the stack of scopes belong to a thread.
@NullMarked
package dev.cortado.tensor;

import org.jspecify.annotations.NullMarked;
