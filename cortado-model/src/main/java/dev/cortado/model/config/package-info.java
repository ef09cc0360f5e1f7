/// Reading and writing the small JSON files of a model folder. A wrong value is refused with the file and the key;
/// what is absent and what is null are the same.
/// What a model does not support is refused when its configuration is read, never ignored.
@NullMarked
package dev.cortado.model.config;

import org.jspecify.annotations.NullMarked;
