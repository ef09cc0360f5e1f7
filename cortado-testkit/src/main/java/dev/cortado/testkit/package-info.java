/// What tests of every module share.
@NullMarked
package dev.cortado.testkit;

import org.jspecify.annotations.NullMarked;
