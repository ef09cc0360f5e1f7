/// Side-by-side benchmarks: what this machine can do at most, and how near we are; ours and the stock path in one
/// run.
///
/// Times on a shared machine vary by tens of percents, so medians and ratios within one run are what counts.
@NullMarked
package dev.cortado.bench;

import org.jspecify.annotations.NullMarked;
