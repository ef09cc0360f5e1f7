/// Files that come to be all at once, or not at all: [dev.cortado.text.file.PendingFile] writes under a hidden name,
/// forces to disk and renames; [dev.cortado.text.file.Content] is what is written when its turn comes, so that no
/// file has to fit into memory first.
@NullMarked
package dev.cortado.text.file;

import org.jspecify.annotations.NullMarked;
