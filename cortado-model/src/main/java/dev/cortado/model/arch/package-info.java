/// Architectures: one file each, that reads like its paper, beside the record of its numbers.
///
/// The descendants of [dev.cortado.model.arch.Llama] share [dev.cortado.model.arch.DecoderSizes]; which of their
/// layers look back a window only says [dev.cortado.model.arch.SlidingLayers], and what a family means where a
/// configuration says nothing stands in its reader (`XConfig`).
///
/// To add one: write the spec record, the class and the reader of its `config.json`, and add the line that names it
/// to `Architectures` in [dev.cortado.model.folder].
@NullMarked
package dev.cortado.model.arch;

import org.jspecify.annotations.NullMarked;
