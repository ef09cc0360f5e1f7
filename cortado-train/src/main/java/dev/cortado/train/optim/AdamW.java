package dev.cortado.train.optim;

import dev.cortado.model.Parameter;
import dev.cortado.model.ParameterSet;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.tensor.kernel.AdamWKernel;
import java.util.ArrayList;
import java.util.List;

/// AdamW (Kingma & Ba 2014, arXiv:1412.6980; decoupled decay: Loshchilov & Hutter 2017, arXiv:1711.05101, algorithm
/// 2):
///
/// m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  θ ← θ − lr·( m̂/(√v̂ + ε) + λθ ),  m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ).
///
/// λ is 0 for vectors: norms and biases do not decay.
public final class AdamW implements AutoCloseable {
    private final ParameterSet parameters;
    private final Settings settings;
    private final List<Moments> moments = new ArrayList<>();
    private long steps;

    /// @param weightDecay λ, applied to matrices only
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new IllegalArgumentException(
                        "betas " + beta1 + " and " + beta2 + " must be at least 0 and below 1");
            }
            if (!(epsilon > 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "epsilon " + epsilon + " must be above 0, weight decay " + weightDecay + " at least 0");
            }
        }
    }

    /// Running means of a parameter's gradient and of its square, in its shape, F32.
    public record Moments(Parameter parameter, Tensor first, Tensor second) {}

    public AdamW(ParameterSet parameters, Settings settings) {
        this.parameters = parameters;
        this.settings = settings;
        try (var scope = Scope.open("AdamW")) {
            for (Parameter p : parameters) {
                Tensor like = p.tensor();
                moments.add(new Moments(
                        p,
                        scope.own(Tensors.zeros(like.shape(), like.dtype(), like.device())),
                        scope.own(Tensors.zeros(like.shape(), like.dtype(), like.device()))));
            }
        }
    }

    /// Changes every parameter by its gradient, which is forgotten. A parameter without one stays as it is.
    public void step(double lr) {
        steps++;
        for (Moments m : moments) {
            try (var _ = Scope.open("AdamW " + m.parameter().name())) {
                Tensor weights = m.parameter().tensor();
                var change = new AdamWKernel.Step(
                        lr,
                        settings.beta1(),
                        settings.beta2(),
                        settings.epsilon(),
                        m.parameter().decays() ? settings.weightDecay() : 0,
                        1 - Math.pow(settings.beta1(), (double) steps),
                        1 - Math.pow(settings.beta2(), (double) steps),
                        1);
                weights.grad().ifPresent(gradient -> Fused.adamW(weights, gradient, m.first(), m.second(), change));
                weights.clearGrad();
            }
        }
    }

    /// Scales all gradients so that their common Euclidean norm is at most `limit`; the norm before
    /// (Pascanu et al. 2012, arXiv:1211.5063).
    public double clip(double limit) {
        double squares = 0;
        for (Parameter p : parameters) {
            try (var _ = Scope.open("clip")) {
                squares += p.tensor().grad().map(Fused::sumOfSquares).orElse(0.0);
            }
        }
        double norm = Math.sqrt(squares);
        if (norm > limit) {
            for (Parameter p : parameters) {
                try (var _ = Scope.open("clip")) {
                    p.tensor().grad().ifPresent(gradient -> gradient.mulInPlace(limit / norm));
                }
            }
        }
        return norm;
    }

    /// Steps taken.
    public long steps() {
        return steps;
    }

    /// What has been gathered per parameter, to be saved or overwritten.
    public List<Moments> moments() {
        return List.copyOf(moments);
    }

    /// Goes on as after `taken` steps, with moments the caller has put in place.
    public void resume(long taken) {
        steps = taken;
    }

    @Override
    public void close() {
        for (Moments m : moments) {
            m.first().close();
            m.second().close();
        }
    }
}
