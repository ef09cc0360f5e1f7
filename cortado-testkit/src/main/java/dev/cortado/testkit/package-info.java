/// What tests of every module share.
///
/// * [dev.cortado.testkit.StrictScopes]: each test runs inside a scope and fails when it leaks one tensor.
/// * [dev.cortado.testkit.TensorAssert]: tensors are close, equal, of a shape; a failure shows the worst element.
/// * [dev.cortado.testkit.Naive], [dev.cortado.testkit.NaiveLlama], [dev.cortado.testkit.NaiveGpt2],
///   [dev.cortado.testkit.NaiveMixing] and others: every formula once more in plain `double` loops, to be read beside
///   the paper. Fast paths must equal them.
/// * [dev.cortado.testkit.Gradients]: gradients by central differences, which know nothing of backward passes.
/// * [dev.cortado.testkit.Seeds]: repeats a property on random input, and says how to replay a failure.
/// * [dev.cortado.testkit.SharedData]: third-party files; a test that wants one is skipped when it is absent.
///
/// ```java
/// @ExtendWith(StrictScopes.class)
/// class SiluTest {
///     @Test
///     void equalsItsFormula() {
///         Seeds.repeat(20, random -> {
///             double[] x = Doubles.normal(random, 6);
///             double[] expected = Arrays.stream(x).map(Naive::silu).toArray();
///             assertTensor(Nn.silu(Doubles.tensor(x, DType.F32, 2, 3))).isCloseTo(expected, 1e-6, 1e-6);
///         });
///     }
/// }
/// ```
@NullMarked
package dev.cortado.testkit;

import org.jspecify.annotations.NullMarked;
