/// Our own CPU kernels: one pass over memory where LibTorch's operations make many, written with the Vector API.
///
/// A kernel is a class of functions on [java.lang.foreign.MemorySegment]s: it knows shapes as numbers, and neither
/// tensors nor gradients. [dev.cortado.tensor.Fused] makes differentiable functions of tensors out of them and falls
/// back to LibTorch where they cannot serve: elements that are not F32 or BF16 ([Elements]), another device than the
/// CPU, or a JVM started without `--add-modules jdk.incubator.vector` ([Kernels#available]).
///
/// How a kernel works: [Workers#forRange] gives pieces of the rows to threads; a piece reads row by row into a
/// `float[]` padded to whole vectors with the neutral element of what comes next, computes there, in the first-level
/// cache, and writes the row back. So there is one form of each kernel for all element types and no code for what
/// remains behind the last whole vector.
///
/// Results do not depend on the number of threads nor on their timing: rows are independent, and sums over rows
/// are made of partial sums over blocks of a fixed number of rows, added up in order.
@NullMarked
package dev.cortado.tensor.kernel;

import org.jspecify.annotations.NullMarked;
