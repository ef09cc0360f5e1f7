package dev.cortado.cli.tour;

import dev.cortado.world.WorldFiles;

/// Text: the embedded world.
final class WorldStage implements Stage {
    @Override
    public String title() {
        return "text: a made-up world, told in simple English";
    }

    @Override
    public void run(Trip trip) throws Exception {
        var options =
                new WorldFiles.Options(trip.plan().megabytes(), trip.plan().seed(), false);
        WorldFiles.Written written = WorldFiles.write(trip.run().path().resolve("world"), options, (_, _) -> {});
        trip.say(
                "%,d documents to learn from (%.1f MB of text), %,d kept for the test, with %,d questions whose answers are known"
                        .formatted(
                                written.train().documents(),
                                written.train().bytes() / 1e6,
                                written.heldOut().documents(),
                                written.heldOut().questions()));
        trip.found("trainingBytes", written.train().bytes());
        trip.found("heldOutBytes", written.heldOut().bytes());
    }
}
