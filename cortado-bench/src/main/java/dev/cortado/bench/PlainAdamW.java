package dev.cortado.bench;

import dev.cortado.model.Parameter;
import dev.cortado.model.ParameterSet;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.train.optim.AdamW;
import java.util.ArrayList;
import java.util.List;

/// AdamW and clipping line by line in LibTorch's operations: what [AdamW] is compared with.
final class PlainAdamW implements AutoCloseable {
    private final AdamW.Settings settings;
    private final List<AdamW.Moments> moments = new ArrayList<>();
    private long steps;

    PlainAdamW(ParameterSet parameters, AdamW.Settings settings) {
        this.settings = settings;
        try (var scope = Scope.open("plain AdamW")) {
            for (Parameter p : parameters) {
                Tensor like = p.tensor();
                moments.add(new AdamW.Moments(
                        p,
                        scope.own(Tensors.zeros(like.shape(), like.dtype(), like.device())),
                        scope.own(Tensors.zeros(like.shape(), like.dtype(), like.device()))));
            }
        }
    }

    /// Clips the gradients' common norm to `limit`, changes every parameter that has one, and forgets them.
    void step(double lr, double limit) {
        steps++;
        try (var _ = Scope.open("plain AdamW");
                var _ = Grad.off()) {
            double squares = 0;
            for (AdamW.Moments m : moments) {
                squares += m.parameter()
                        .tensor()
                        .grad()
                        .map(g -> g.square().sum().toDouble())
                        .orElse(0.0);
            }
            double factor = Math.min(1, limit / Math.sqrt(squares));
            for (AdamW.Moments m : moments) {
                Tensor weights = m.parameter().tensor();
                weights.grad().ifPresent(gradient -> update(m, gradient.mul(factor), lr));
                weights.clearGrad();
            }
        }
    }

    private void update(AdamW.Moments m, Tensor g, double lr) {
        double decay = m.parameter().decays() ? settings.weightDecay() : 0;
        m.first().mulInPlace(settings.beta1()).addInPlace(g.mul(1 - settings.beta1()));
        m.second().mulInPlace(settings.beta2()).addInPlace(g.square().mul(1 - settings.beta2()));
        Tensor mean = m.first().div(1 - Math.pow(settings.beta1(), (double) steps));
        Tensor spread =
                m.second().div(1 - Math.pow(settings.beta2(), (double) steps)).sqrt();
        Tensor weights = m.parameter().tensor();
        weights.addInPlace(
                mean.div(spread.add(settings.epsilon())).add(weights.mul(decay)).mul(-lr));
    }

    @Override
    public void close() {
        for (AdamW.Moments m : moments) {
            m.first().close();
            m.second().close();
        }
    }
}
