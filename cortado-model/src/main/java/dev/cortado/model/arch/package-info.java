/// Architectures: one file each, that reads like its paper, beside the record of its numbers.
///
/// To add one: write the spec record and the class, and teach [dev.cortado.model.folder.ModelFolder] to read and
/// write its `config.json`.
@NullMarked
package dev.cortado.model.arch;

import org.jspecify.annotations.NullMarked;
