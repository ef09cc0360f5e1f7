package dev.cortado.cli.tour;

/// One stop of the tour. To add one, implement this and put it into [Tour]'s list; what earlier stops left is in the
/// [Trip].
interface Stage {
    /// What is shown above it, such as `pre-training`.
    String title();

    /// Does the work and tells what it did and learned through `trip.say`.
    void run(Trip trip) throws Exception;
}
