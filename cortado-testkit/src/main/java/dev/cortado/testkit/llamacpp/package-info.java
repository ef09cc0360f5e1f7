/// llama.cpp as an oracle: what files of ours mean to the rest of the world.
@NullMarked
package dev.cortado.testkit.llamacpp;

import org.jspecify.annotations.NullMarked;
