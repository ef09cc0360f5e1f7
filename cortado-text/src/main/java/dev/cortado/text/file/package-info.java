/// Files that come to be all at once, or not at all.
@NullMarked
package dev.cortado.text.file;

import org.jspecify.annotations.NullMarked;
