/// llama.cpp as an oracle: what files of ours mean to the rest of the world.
/// [dev.cortado.testkit.llamacpp.LlamaCppOracle] is a model as it sees it,
/// [dev.cortado.testkit.llamacpp.LlamaCppLibrary] its C interface.
@NullMarked
package dev.cortado.testkit.llamacpp;

import org.jspecify.annotations.NullMarked;
