/// Benchmarks.
@NullMarked
package dev.cortado.bench;

import org.jspecify.annotations.NullMarked;
