/// What a model is made of.
@NullMarked
package dev.cortado.model;

import org.jspecify.annotations.NullMarked;
