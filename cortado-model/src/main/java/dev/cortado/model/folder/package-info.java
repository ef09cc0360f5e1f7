/// Whole models in folders of the Hugging Face layout: the one place that knows which architecture a `config.json`
/// names. Reading is strict: a tensor that is missing, unused or of another shape is an error that names it.
/// Writing replaces files one by one, each atomically, and the configuration last.
@NullMarked
package dev.cortado.model.folder;

import org.jspecify.annotations.NullMarked;
