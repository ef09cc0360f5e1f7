/// The tour: the whole life cycle on the embedded world, in minutes, as a list of stages.
///
/// Each stage is a class of its own that reads what earlier ones left in the run folder, says what it did and
/// learned, and notes its numbers for `tour.json`. To add a stage, write one and put it into the list in
/// [dev.cortado.cli.tour.Tour].
@NullMarked
package dev.cortado.cli.tour;

import org.jspecify.annotations.NullMarked;
