package dev.cortado.cli.tour;

import dev.cortado.recipe.Pretraining;
import dev.cortado.recipe.RecipeReader;
import dev.cortado.recipe.TrainRecipe;
import java.util.List;
import java.util.Locale;

/// Tokenizer and model, learned from the world's text.
final class PretrainingStage implements Stage {
    @Override
    public String title() {
        return "tokenizer and pre-training: a Llama that has read nothing else";
    }

    @Override
    public void run(Trip trip) throws Exception {
        Tour.Plan plan = trip.plan();
        String yaml = """
            seed: %d
            data:
              path: "%s"
              heldOut: { path: "%s" }
            tokenizer: { vocabSize: %d }
            model: { depth: %d, contextLength: 256 }
            training: { minutes: %s, batchRows: 16, evaluateEvery: 250, evaluateRows: 128, checkpointEvery: 500 }
            optimizer: { lr: 0.003 }
            """.formatted(
                        plan.seed(),
                        escaped(trip.trainText().toString()),
                        escaped(trip.heldOutText().toString()),
                        plan.vocabSize(),
                        plan.depth(),
                        String.format(Locale.ROOT, "%.3f", plan.minutes()));
        TrainRecipe recipe = RecipeReader.parse("tour", yaml, List.of(), TrainRecipe.class);
        trip.run().write("recipe.yaml", yaml);
        Pretraining.Result result =
                new Pretraining(recipe, trip.run(), trip.console()).run(trip.environment(), false, trip.stop());
        trip.trained(result);
        trip.say("%,d steps, %,d tokens, %,.0f tokens a second; held-out perplexity %.2f a token"
                .formatted(
                        result.outcome().steps(),
                        result.outcome().tokens(),
                        result.outcome().tokens() / result.outcome().seconds(),
                        result.heldOut().perplexity()));
        trip.found("parameters", result.parameters());
        trip.found("steps", result.outcome().steps());
        trip.found("tokens", result.outcome().tokens());
        trip.found(
                "tokensPerSecond", result.outcome().tokens() / result.outcome().seconds());
        trip.found("heldOutPerplexity", result.heldOut().perplexity());
        trip.found("heldOutBitsPerByte", result.heldOut().bitsPerByte());
    }

    private static String escaped(String path) {
        return path.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
