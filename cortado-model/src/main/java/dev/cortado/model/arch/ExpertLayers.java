package dev.cortado.model.arch;

import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.SparseMlp;
import java.util.ArrayList;
import java.util.List;

/// A mixture of experts under the names that OLMoE and the Qwens share: `gate` and `experts.N.gate_proj`, ….
final class ExpertLayers {
    private ExpertLayers() {}

    static SparseMlp of(Params mlp, int width, Experts numbers) {
        Projection router = mlp.projection("gate", width, numbers.count());
        List<GatedMlp> experts = new ArrayList<>();
        for (int e = 0; e < numbers.count(); e++) {
            experts.add(GatedMlp.of(mlp.at("experts").at(e), width, numbers.hiddenWidth(), Activation.SILU, false));
        }
        return new SparseMlp(router, experts, numbers.chosen(), numbers.normalised());
    }
}
